"""What a file really is, by its content and not by what its sender says. Pure: no Django, no storage.

The type is read from the first bytes (and, of an office document, from the names within its
archive); the name must not claim another one. What could run in a browser or in an office
program (HTML, SVG, macros) is none of the types. OWASP ASVS 5.0, 5.2.
"""

import hashlib
import io
import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass

LONGEST_NAME = 120
MOST_PARTS = 10_000  # of an office document; more is no letter that anybody wrote

#: Each type that is accepted, and the endings that its files have.
TYPES: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/tiff": ("tif", "tiff"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/xml": ("xml",),
    "text/csv": ("csv",),
    "text/plain": ("txt", "md", "log"),
}
SHEET, LETTER = "xl/workbook.xml", "word/document.xml"
KNOWN_ENDINGS = {ending: kind for kind, endings in TYPES.items() for ending in endings}

_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ACTIVE = re.compile(r"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed)\b|<\?xml-stylesheet", re.IGNORECASE)
_UNFIT = re.compile(r'[<>:"/\\|?*]')


class Unacceptable(ValueError):
    """Why a file cannot be an attachment, in a sentence."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file that was looked at: the name that it is shown by, what it is, and its SHA-256 in hexadecimal."""

    name: str
    content_type: str
    size: int
    sha256: str


def examine(name: str, content: bytes) -> Content:
    """Look at a file. Raises Unacceptable for a type that is not accepted, or that its name does not have.

    A name without an ending gets the one of its type, so that people can open what they load down.
    """
    clean = clean_name(name)
    ending = _ending_of(clean)
    kind = _type_of(content, ending)
    if kind is None or (ending and ending not in KNOWN_ENDINGS):
        raise Unacceptable(f"Accepted are {accepted()}.")
    if ending and KNOWN_ENDINGS[ending] != kind:
        raise Unacceptable(f"The name ends in .{ending}, but the content is {kind}.")
    shown = clean if ending else clean_name(f"{clean}.{TYPES[kind][0]}")
    return Content(shown, kind, len(content), hashlib.sha256(content).hexdigest())


def _ending_of(name: str) -> str:
    """What a name says of its type; "Receipt no. 5" says nothing."""
    written = re.search(r"[^.]\.([A-Za-z0-9]{1,10})$", name)
    return "" if written is None or written[1].isdigit() else written[1].lower()


def accepted() -> str:
    """The endings of accepted files, for people."""
    return ", ".join(endings[0].upper() for endings in TYPES.values())


def clean_name(name: str) -> str:
    """The last part of a name as people may safely see it: no folders, no control or direction characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    text = " ".join(_UNFIT.sub("_", visible).split()).lstrip(".").strip()
    if len(text) > LONGEST_NAME:
        stem, dot, ending = text.rpartition(".")
        keeps = dot and len(ending) <= 10
        text = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if keeps else text[:LONGEST_NAME]
    return text or "file"


def _type_of(content: bytes, ending: str) -> str | None:
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return _text_type(content, ending)


def _office_type(content: bytes) -> str | None:
    """An office document by the names in its archive; nothing of it is unpacked. With macros it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()[: MOST_PARTS + 1]}
    except (zipfile.BadZipFile, struct.error, ArithmeticError, LookupError, OSError, RuntimeError, ValueError):
        return None
    if len(names) > MOST_PARTS or "[content_types].xml" not in names:
        return None
    if any(name.endswith((".bin", ".exe", ".dll", ".js", ".vbs")) and "printersettings" not in name for name in names):
        return None
    kinds = [kind for part, kind in ((SHEET, KNOWN_ENDINGS["xlsx"]), (LETTER, KNOWN_ENDINGS["docx"])) if part in names]
    return kinds[0] if len(kinds) == 1 else None


def _text_type(content: bytes, ending: str) -> str | None:
    """Text in UTF-8 that no browser would take for a page."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if not text.strip() or _CONTROLS.search(text) or _ACTIVE.search(text):
        return None
    if text.lstrip().startswith("<?xml"):
        return "application/xml"
    return "text/csv" if ending == "csv" else "text/plain"
