"""The letters of a CSV file: which encoding it is in, and that it can be read in it from end to end.

A byte order mark decides; then UTF-16 shows by its NUL bytes, UTF-8 by being valid. What is left is a code page
of Windows: 1250 where bytes stand together as only Czech, Polish, Hungarian and their neighbours write them, else 1252.
"""

import codecs
import re

from reconciliation.parsers.items import Unreadable

ENCODINGS = frozenset(
    (
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be"),
        *(f"iso-8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
        *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
        *("cp437", "cp850", "cp852", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman"),
        *("cp932", "shift-jis", "euc-jp", "gb18030", "gbk", "big5", "euc-kr"),
    )
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PART = 1 << 20
_SHOWN = 1 << 18  # bytes that are looked at to tell one code page from the other

# Bytes that cp1250 and cp1252 read as different letters, and that say which of the two it is.
_CENTRAL = re.compile(
    rb"[\x8a\x8d-\x8f\x9a\x9d-\x9f]"  # š ť ž ź: outside French and Finnish, 1252 has nothing of the kind
    rb"|(?<=[A-Za-z])[\xb3\xb9\xbf](?=[A-Za-z])"  # ł ą ż within a word, where 1252 has ³ ¹ ¿
    rb"|[\xec\xf2\xf9](?=[a-z])"  # ě ň ů going on; Italian and French have ì ò ù at the end of words
    rb"|[\xe0-\xe6\xe8-\xfe](?=[\xc8\xcc\xcf\xd2\xd8\xe8\xec\xef\xf2\xf8\xf9])"  # úč, čí, ář: accents side by side
    rb"|[\xc8\xcc\xcf\xd2\xd8\xe8\xec\xef\xf2\xf8\xf9](?=[\xe0-\xe6\xe8-\xfe])"
    rb"|[\xd5\xf5](?![aeEA])"  # ő; the õ of Portuguese stands before an e
)
_WESTERN = re.compile(rb"[\xe7\xc7\xe5\xc5\xe3\xc3\xe0\xc0]|\xea(?=[a-z])|[\xe6\xf8](?=[a-z])")


def encoding_of(data: bytes) -> str:
    """The encoding that the bytes show; "" where all are ASCII and nothing has to be decided.

    Raises Unreadable nul_character for NUL bytes in anything but UTF-16.
    """
    marked = marked_encoding(data)
    if marked:
        return marked
    if b"\0" in data:
        return _unmarked_utf16(data)
    if data.isascii():
        return ""
    if _is(data, "utf-8"):
        return "utf-8"
    shown = data[:_SHOWN]
    central, western = len(_CENTRAL.findall(shown)), len(_WESTERN.findall(shown))
    return "cp1250" if central > western else "cp1252"


def marked_encoding(data: bytes) -> str:
    """The encoding of the byte order mark, or ""."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def check_encoding(data: bytes, encoding: str) -> None:
    """Refuse bytes that are not in the encoding they are said to be in, before anything is read from them.

    Only the Unicode encodings can be wrong; in the others every byte is some letter, or is shown as �.
    Raises Unreadable wrong_encoding or nul_character.
    """
    if encoding.startswith("utf") and not _is(data, encoding):
        raise Unreadable("wrong_encoding", f"The file is not in {encoding}; save it as UTF-8 and import it again.")
    if not encoding.startswith("utf-16") and b"\0" in data:
        raise _nul_character()


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without its mark: in Latin text every other byte is NUL."""
    even, odd = data[0:8192:2], data[1:8192:2]
    if odd.count(0) * 2 > len(odd) and even.count(0) * 10 < len(even):
        return "utf-16-le"
    if even.count(0) * 2 > len(even) and odd.count(0) * 10 < len(odd):
        return "utf-16-be"
    raise _nul_character()


def _nul_character() -> Unreadable:
    return Unreadable("nul_character", "The file contains NUL characters, so it is no text; export it as CSV again.")


def _is(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(data), _PART):
            decoder.decode(data[start : start + _PART])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
