"""Pictures of people: opened with care, cut square, and written anew without anything but pixels.

What a camera writes into a picture (place, moment, device) never reaches the disk: each size is
painted on a new canvas, and the file that was sent is thrown away.
"""

import io
import struct
import zlib
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from essaim.core import documents
from essaim.core.documents import JPEG, PNG, WEBP, Purpose, UploadedFile
from essaim.core.refusals import Refusal

if TYPE_CHECKING:
    from PIL import Image

# What 200 MB of memory can open: a JPEG is decoded at an eighth of its size, the others whole.
MAX_MEGAPIXELS = {JPEG: 50, PNG: 25, WEBP: 12}
# A progressive JPEG is gathered whole, pass after pass, before any of it is made smaller.
MAX_PROGRESSIVE = 20
MIN_SIDE = 96
QUALITY = 82
# What Pillow raises on files that are cut short or that lie, whichever decoder meets them.
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


class PictureUnreadable(Refusal):
    message = _("This picture cannot be read: the file is damaged. Choose another one.")


class PictureTooLarge(Refusal):
    text = _(
        "This picture has more than %(limit)d million points. Make it smaller, or take a "
        "screenshot of it."
    )


class PictureTooSmall(Refusal):
    message = _("This picture is too small: it needs at least 96 points on each side.")


class PictureMoves(Refusal):
    message = _("This picture moves. Choose one that stays still.")


def squares(upload: UploadedFile, purpose: Purpose, sides: tuple[int, ...]) -> list[bytes]:
    """One WebP per side; raises a refusal that says what is wrong with the file."""
    content_type = documents.check(upload, purpose)
    upload.seek(0)
    opened = _opened(upload, content_type)
    _check(opened, content_type)
    try:
        upright = _upright(opened, max(sides))
    except UNREADABLE as broken:
        raise PictureUnreadable from broken
    return [_square(upright, side) for side in sides]


def _opened(upload: UploadedFile, content_type: str) -> "Image.Image":
    # 6 MB of memory that only the process of somebody who changes a photo needs.
    from PIL import Image

    try:
        # Its first bytes said what it is: no other decoder is given a chance.
        return Image.open(upload, formats=(documents.NAMES[content_type].upper(),))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_large(MAX_MEGAPIXELS[content_type]) from bomb
    except UNREADABLE as broken:
        raise PictureUnreadable from broken


def _check(picture: "Image.Image", content_type: str) -> None:
    """By its header alone: nothing was decoded yet."""
    width, height = picture.size
    limit = MAX_MEGAPIXELS[content_type]
    if picture.info.get("progressive"):
        limit = min(limit, MAX_PROGRESSIVE)
    if width * height > limit * 1_000_000:
        raise _too_large(limit)
    if min(width, height) < MIN_SIDE:
        raise PictureTooSmall
    # A JPEG of some phones holds a second picture (depth, light): it does not move for that.
    if content_type != JPEG and getattr(picture, "is_animated", False):
        raise PictureMoves


def _too_large(limit: int) -> PictureTooLarge:
    return PictureTooLarge(str(PictureTooLarge.text % {"limit": limit}))


def _upright(picture: "Image.Image", side: int) -> "Image.Image":
    """Decoded, turned as the camera was held, transparency over white."""
    from PIL import Image, ImageOps

    picture.draft("RGB", (2 * side, 2 * side))
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    layer = picture if picture.mode == mode else picture.convert(mode)
    # Small before anything is copied.
    layer = layer.reduce(max(1, min(layer.size) // (2 * side)))
    turned = ImageOps.exif_transpose(layer)
    canvas = Image.new("RGB", turned.size, "white")
    canvas.paste(turned, mask=turned if mode == "RGBA" else None)
    return canvas


def _square(picture: "Image.Image", side: int) -> bytes:
    """The middle of the picture; never made larger than it was."""
    from PIL import ImageOps

    side = min(side, *picture.size)
    answer = io.BytesIO()
    ImageOps.fit(picture, (side, side)).save(answer, "WEBP", quality=QUALITY, method=4)
    return answer.getvalue()
