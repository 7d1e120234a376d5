"""Pictures as people send them, made on the spot: nobody's face is kept in the tests."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

Size = tuple[int, int]
RED, BLUE = (200, 30, 30), (30, 30, 200)


def sent(content: bytes, name: str = "vacances-a-quimper.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    answer = io.BytesIO()
    image.save(answer, kind, **options)
    return answer.getvalue()


def picture(size: Size = (400, 300), kind: str = "JPEG", **options: Any) -> bytes:
    return encoded(Image.new("RGB", size, RED), kind, **options)


def red_above_blue(size: Size = (300, 400)) -> Image.Image:
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0], size[1] // 2))
    return image


def exif_of_a_phone(orientation: int = 1) -> Image.Exif:
    """Where it was taken, with what, and how the phone was held."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Model] = "Appareil de Léa"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (47.0, 12.0, 51.0)
    return exif
