"""Whether words can be read: contrast of colours by WCAG 2.2 (§1.4.3: 4.5 to 1 for text). Pure: no Django."""

import re

ENOUGH = 4.5
WHITE, BLACK, INK = "#ffffff", "#000000", "#20242b"
_WRITTEN = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether a text is a colour such as ``#1f4e79``."""
    return _WRITTEN.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def on(colour: str) -> str:
    """What can be read on a colour: white, ink, or where neither can, black."""
    return next((each for each in (WHITE, INK) if contrast(each, colour) >= ENOUGH), BLACK)


def as_text(colour: str) -> str:
    """The colour for words on white: darkened as far as it must be."""
    shade = _parts(colour)
    while contrast(_written(shade), WHITE) < ENOUGH:
        shade = [part * 9 // 10 for part in shade]
    return _written(shade)


def _parts(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _written(parts: list[int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
