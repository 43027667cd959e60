"""The bytes of a statement as text: what the bytes themselves say counts, not what the file claims about them.

Real files declare UTF-16 and are UTF-8, declare ASCII and are Latin-1. So: a byte order mark, then the zeros
of UTF-16, then whether the bytes are UTF-8. Only where all of that fails is the declared code page believed,
and Windows-1252 taken where none is declared.
"""

import html
import re

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"(?:CHARSET\s*:|encoding\s*=)\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_CODE_PAGE = re.compile(r"(?:windows-?|cp-?)?(125[0-8])")
_LATIN = re.compile(r"iso[-_]?8859[-_]?([0-9]{1,2})")
_HEAD = 1000  # bytes that are looked at for a declaration, and for the zeros of UTF-16
LONGEST = 4_000  # characters of one field; what a bank says about one movement is shorter by far
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});")


def encoding_of(data: bytes) -> str:
    """The codec to read the bytes with. It never raises; decode with ``errors="replace"``."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    head = data[:_HEAD]
    zeros = head[0::2].count(0), head[1::2].count(0)
    if max(zeros) > len(head) // 5 and min(zeros) < max(zeros) // 4:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as failure:
        # A file that was cut in the middle of a character is still UTF-8.
        return "utf-8" if failure.reason == "unexpected end of data" and failure.start else _declared(head)
    return "utf-8"


def _declared(head: bytes) -> str:
    for name in _DECLARED.findall(head):
        name = name.decode("ascii").lower()
        if page := _CODE_PAGE.fullmatch(name):
            return f"cp{page[1]}"
        if (part := _LATIN.fullmatch(name)) and part[1] in {"2", "5", "7", "9", "13", "15"}:
            return f"iso8859-{part[1]}"  # the others agree with Windows-1252 wherever they have a letter
    return "cp1252"


def tidy(text: str) -> str:
    """A field as people read it: entities decoded once, one space between words, no control characters, cut at LONGEST.

    NUL among them: no database takes it.
    """
    text = text[: 4 * LONGEST]
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    text = " ".join(text.split())[:LONGEST].rstrip()
    return text if text.isprintable() else _CONTROL.sub("", text)
