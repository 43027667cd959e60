"""The fonts of documents, and text made fit for them. Pure: no Django.

Noto Sans writes Latin, Greek and Cyrillic; FiraGO helps out with Hebrew, Arabic, Georgian and Thai; Chinese, Japanese
and Korean are left to fonts that PDF readers bring along. A character that none of them has becomes a question mark:
it is seen, and nothing breaks. Letters are not joined, and lines that run from right to left are only turned round.
"""

import io
import itertools
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from xml.sax.saxutils import escape

import pymupdf_fonts
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "CraneNoto", "CraneNoto-Bold"
_FILES = {REGULAR: "notos", BOLD: "notosbo", "CraneFira": "figo", "CraneFira-Bold": "figbo"}
_SECOND = {REGULAR: "CraneFira", BOLD: "CraneFira-Bold"}
JAPANESE, KOREAN = "HeiseiKakuGo-W5", "HYGothic-Medium"

#: Wide signs of currencies, which CLDR has for Japan and Korea, as our own font has them.
_NARROW = str.maketrans("￥￦￡￠", "¥₩£¢")

Runs = list[tuple[str, str]]


@cache
def fonts() -> dict[str, frozenset[int]]:
    """Make the fonts known; the characters that each has."""
    found = {}
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(pymupdf_fonts.myfont(file))))
        found[name] = frozenset(pdfmetrics.getFont(name).face.charToGlyph)
    for name in (JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return found


@lru_cache(maxsize=4096)
def _font_for(letter: str, font: str) -> str | None:
    code = ord(letter)
    for name in (font, _SECOND[font]):
        if code in fonts()[name]:
            return name
    if 0xAC00 <= code <= 0xD7A3 or 0x1100 <= code <= 0x11FF:
        return KOREAN
    if 0x3000 <= code <= 0x30FF or 0x4E00 <= code <= 0x9FFF or 0xFF01 <= code <= 0xFFEE:
        return JAPANESE
    return None


def _clean(text: str) -> str:
    """Text in composed letters, without characters that only steer."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    composed = composed.translate(_NARROW)
    return "".join(letter for letter in composed if letter == "\n" or unicodedata.category(letter)[0] != "C")


def _turned(line: str) -> str:
    """A line with what runs from right to left turned round, so that it reads right when set from the left."""
    if not any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        return line
    parts = []
    for rightward, group in itertools.groupby(line.split(" "), lambda word: _is_rtl(word)):
        words = list(group)
        parts.append(" ".join(word[::-1] for word in reversed(words)) if rightward else " ".join(words))
    return " ".join(parts)


def _is_rtl(word: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in word)


def runs(line: str, font: str = REGULAR) -> Runs:
    """One line of text as stretches of one font each."""
    placed = []
    for letter in _turned(_clean(line).replace("\n", " ")):
        name = _font_for(letter, font)
        placed.append((name or font, letter if name else "?"))
    return [(name, "".join(part for _, part in group)) for name, group in itertools.groupby(placed, lambda p: p[0])]


def markup(text: str, font: str = REGULAR) -> str:
    """Text as reportlab's paragraphs read it: line breaks stay, nothing in it is taken for markup."""
    return "<br/>".join("".join(_tagged(line, font)) for line in _clean(text).split("\n"))


def _tagged(line: str, font: str) -> Iterator[str]:
    for name, part in runs(line, font):
        yield escape(part) if name == font else f'<font name="{name}">{escape(part)}</font>'


def width(line: str, font: str, size: int) -> int:
    """How wide a line is, in points."""
    return sum(pdfmetrics.stringWidth(part, name, size) for name, part in runs(line, font))


def draw(canvas, x, y, line: str, *, font: str = REGULAR, size: int = 8, align: str = "left") -> None:
    """Write one line on a canvas, beginning, centred or ending at ``x``."""
    start = x - {"left": 0, "centre": width(line, font, size) / 2, "right": width(line, font, size)}[align]
    text = canvas.beginText(start, y)
    for name, part in runs(line, font):
        text.setFont(name, size)
        text.textOut(part)
    canvas.drawText(text)
