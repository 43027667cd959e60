"""Whether a file can be a logo, found out by drawing it. Pure: no Django."""

import io
import warnings

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

LARGEST = 1024 * 1024  # bytes
MOST_PIXELS, LONGEST_SIDE = 4_000_000, 4000
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}


class Unfit(ValueError):
    """Why a file cannot be a logo, in a sentence."""


def content_type_of(content: bytes) -> str:
    """The type of a picture that can be drawn: image/png or image/jpeg. Raises Unfit.

    Its size is read from its head, before any pixel is unpacked: a small file may unpack to gigabytes.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(TYPES)) as picture:
                kind, (wide, high) = picture.format, picture.size
    except Exception as problem:  # a broken file raises whatever the decoder stumbles over
        raise Unfit("A PNG or JPEG.") from problem
    if max(wide, high) > LONGEST_SIDE or wide * high > MOST_PIXELS:
        raise Unfit(f"At most {LONGEST_SIDE:,} pixels a side, and {MOST_PIXELS:,} in all.")
    try:
        canvas = Canvas(io.BytesIO(), invariant=1)
        canvas.drawImage(ImageReader(io.BytesIO(content)), 0, 0, 100, 100, mask="auto")
        canvas.save()
    except Exception as problem:
        raise Unfit("The picture cannot be read to its end.") from problem
    return TYPES[kind]
