"""Pictures to upload."""

import io

from PIL import Image


def picture(size: tuple[int, int] = (60, 20), kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A picture of one colour."""
    kept = io.BytesIO()
    Image.new(mode, size).save(kept, kind)
    return kept.getvalue()
