"""A picture becomes squares of pixels and nothing else; what is not a still picture is refused."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from essaim.core import documents, pictures
from essaim.core.refusals import Refusal
from tests.pictures import RED, encoded, exif_of_a_phone, picture, red_above_blue, sent

PURPOSE = documents.Purpose(
    "face",
    (documents.JPEG, documents.PNG, documents.WEBP),
    1_000_000,
    may_read=lambda person, document: False,
)


def squares(content: bytes) -> list[Image.Image]:
    made = pictures.squares(sent(content), PURPOSE, (96, 320))
    return [Image.open(io.BytesIO(square)) for square in made]


def is_near(found: Any, wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 20 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_two_squares_in_webp(kind: str) -> None:
    made = squares(picture((700, 400), kind))

    assert [square.size for square in made] == [(96, 96), (320, 320)]
    assert {square.format for square in made} == {"WEBP"}


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "1", "CMYK", "I;16"])
def test_every_way_to_write_colours_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("RGB", (320, 320), RED).convert("I" if mode == "I;16" else mode)

    small, _big = squares(encoded(image.convert(mode), kind))

    assert (small.size, small.mode) == ((96, 96), "RGB")


def test_it_is_turned_as_the_camera_was_held() -> None:
    """Orientation 6: the top of the scene is on the right of the file."""
    lying = red_above_blue().transpose(Image.Transpose.ROTATE_90)

    _small, big = squares(encoded(lying, exif=exif_of_a_phone(orientation=6)))

    assert is_near(big.getpixel((150, 20)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_moment_and_device_are_dropped(kind: str) -> None:
    content = picture(kind=kind, exif=exif_of_a_phone(), xmp=b"<x>Quimper</x>", icc_profile=b"ICC")
    assert b"Appareil" in content

    for square in pictures.squares(sent(content), PURPOSE, (96, 320)):
        assert b"Appareil" not in square
        assert b"Quimper" not in square
        read = Image.open(io.BytesIO(square))
        assert dict(read.getexif()) == {}
        assert {"exif", "xmp", "icc_profile"} & set(read.info) == set()


def test_what_is_transparent_becomes_white() -> None:
    small, _big = squares(encoded(Image.new("RGBA", (320, 320), (0, 0, 0, 0)), "PNG"))

    assert is_near(small.getpixel((48, 48)), (255, 255, 255))


def test_a_small_picture_is_not_blown_up() -> None:
    assert [square.size for square in squares(picture((150, 120)))] == [(96, 96), (120, 120)]


def test_a_second_picture_inside_a_jpeg_is_no_movement() -> None:
    """Some phones add depth or light as a second picture (MPO)."""
    image = red_above_blue()

    assert len(squares(encoded(image, "MPO", save_all=True, append_images=[image]))) == 2


def test_a_jpeg_written_in_passes_is_read_and_one_written_at_once_may_be_larger() -> None:
    made = [squares(picture(progressive=True)), squares(picture((5_200, 4_000)))]

    assert [len(each) for each in made] == [2, 2]


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises more than any memory holds."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + picture(kind="PNG")[33:]


def moving(kind: str) -> bytes:
    return encoded(
        red_above_blue(), kind, save_all=True, append_images=[Image.new("RGB", (300, 400))]
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(6_000, 6_000), "plus de 25"),
        (bomb(12_000, 9_000), "plus de 25"),
        (bomb(60_000, 60_000), "plus de 25"),
        (picture((8_000, 6_400)), "plus de 50"),
        (picture((5_200, 4_000), progressive=True), "plus de 20"),
        (picture((95, 400)), "trop petite"),
        (moving("PNG"), "bouge"),
        (moving("WEBP"), "bouge"),
        (picture()[:400], "abîmé"),
        (b"\xff\xd8\xff" + bytes(500), "abîmé"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(500), "abîmé"),
        (b"GIF89a" + bytes(500), "Nous ne savons pas lire ce genre de fichier"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Ce fichier est un CSV"),
        (b"%PDF-1.7", "Ce fichier est un PDF"),
        (b"\xff\xd8\xff" + bytes(1_000_000), "trop lourd"),
        (b"", "vide"),
    ],
    ids=[
        *("many points", "alarming", "a bomb", "huge jpeg", "in passes"),
        *("tiny", "apng", "moving webp"),
        *("cut short", "noise", "sound", "gif", "svg", "pdf", "heavy", "empty"),
    ],
)
def test_what_is_not_a_still_picture_of_a_fair_size_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        squares(content)
