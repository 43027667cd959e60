"""Text as banks send it, made fit for a database, a comparison and a page."""

import re

LONGEST = 4_000  # characters of one text; what a bank says about one movement is shorter by far
MOST_PARTS = 200  # of a text put together; the rest is left out

# Tabs and their like divide words; the other control characters stand for nothing.
_CONTROL = dict.fromkeys([*range(32), *range(127, 160)]) | dict.fromkeys([9, 10, 11, 12, 13, 0x85], " ")
_NOTHING = {"NONREF", "NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NOREF", "NONE", "N/A"}
_MEANINGFUL = re.compile(r"[^\W_0]")


def decoded(raw: bytes) -> str:
    """The text of one line: UTF-8, else Windows-1252, else Latin-1, which any byte fits."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def printable(text: str) -> str:
    """The text without control characters, its blanks as they were."""
    return text if text.isprintable() else text.translate(_CONTROL)


def tidy(text: str | None) -> str:
    """The text in one line, blanks and control characters reduced to single blanks, at most ``LONGEST`` characters."""
    return " ".join(printable(text[: 4 * LONGEST]).split())[:LONGEST].rstrip() if text else ""


def named(text: str | None) -> str:
    """A reference, or "" where what stands in its place says that there is none: NONREF, NOTPROVIDED, zeros."""
    reference = tidy(text)
    return reference if _MEANINGFUL.search(reference) and reference.upper() not in _NOTHING else ""


def together(*parts: str) -> str:
    """One text of several parts, leaving out the empty ones and those already said by an earlier part."""
    said: list[str] = []
    for part in parts[:MOST_PARTS]:
        if part and not any(f" {part} " in f" {earlier} " for earlier in said):
            said.append(part)
    return tidy(" ".join(said))
