"""From a file of any supported format to its items: unpacking, telling the format, choosing the reader.

The content decides what a file is; its name only where the content does not show it. Banks name files as they
like: OFX as ``.txt``, MT940 as ``.940`` or ``.sta``, web pages as ``.xls``.
"""

import re
from collections.abc import Callable, Iterator

from reconciliation.parsers import camt, csv_reading, mt940, ofx, qif
from reconciliation.parsers.archives import unpacked
from reconciliation.parsers.csv_mapping import Mapping
from reconciliation.parsers.items import Item, Unreadable

MOST_BYTES = 100 * 2**20

_Reader = Callable[[bytes], Iterator[Item]]

_ENDINGS = {
    "csv": "csv", "tsv": "csv",
    "ofx": "ofx", "qfx": "ofx", "qbo": "ofx", "ofc": "ofx",
    "qif": "qif",
    "mt940": "mt940", "mt942": "mt940", "sta": "mt940", "940": "mt940", "942": "mt940", "swi": "mt940",
    "camt": "camt", "xml": "camt", "c52": "camt", "c53": "camt", "c54": "camt",
    "camt.052": "camt", "camt.053": "camt", "camt.054": "camt",
}  # fmt: skip
_HEAD = 1 << 16  # bytes that show what a file is

_OFX = re.compile(r"OFXHEADER|<\?OFX\b|<OFX[\s>]|<OFC>|<STMTTRN>", re.IGNORECASE)
_WEB_PAGE = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|table|div|script)\b", re.IGNORECASE)
_SHEET = re.compile(r'<\?mso-application[^>]{1,99}progid="Excel', re.IGNORECASE)
_XML = re.compile(r"\s*<[?!A-Za-z_]")
_QIF = re.compile(r"^[ \t]{0,9}!(?:Type|Account|Option|Clear)\b", re.IGNORECASE | re.MULTILINE)
_MT940 = re.compile(r"^[\x01-\x1f]?(?::(?:20|25|28C?|60[FM]|61):|\{1:F[0-9]{2})", re.MULTILINE)
_FOREIGN = (
    ((b"%PDF-",), "pdf_not_readable", "The file is a PDF; export the statement from the bank as CAMT, OFX or CSV."),
    (
        (b"\xd0\xcf\x11\xe0",),
        "spreadsheet_not_readable",
        "The file is a document of an office program; open it there and save the sheet as CSV.",
    ),
    (
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"),
        "picture_not_readable",
        "The file is a picture; export the statement from the bank as CAMT, OFX or CSV.",
    ),
    (
        (b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ"),
        "archive_not_readable",
        "The file is an archive of a kind that is not read; unpack it, and import the statement itself.",
    ),
)


def _readers(mapping: Mapping | None = None, currency: str = "") -> dict[str, _Reader]:
    """The reader of each format."""
    mapping = mapping or Mapping()
    return {
        "csv": lambda data: csv_reading.read(data, mapping, currency),
        "ofx": ofx.read,
        "qif": lambda data: qif.read(data, mapping.date_format, mapping.decimal),
        "mt940": mt940.read,
        "camt": camt.read,
    }


FORMATS = tuple(_readers())


def read(
    data: bytes,
    *,
    file_name: str = "",
    format: str = "",
    mapping: Mapping | None = None,
    currency: str = "",
    max_bytes: int = MOST_BYTES,
) -> tuple[str, Iterator[Item]]:
    """The name of the file's format and its items; a ZIP or gzip with one file in it is unpacked.

    ``format`` decides instead of the content, by its name or an ending ("qfx"). ``mapping`` says what CSV and QIF leave
    open, ``currency`` is the account's. Raises Unreadable with code format_unknown, file_too_large,
    archive_not_readable, or those of ``detect``; iterating raises what the reader raises.
    """
    if format and format.casefold() not in _ENDINGS:
        raise Unreadable("format_unknown", f"There is no format {format[:40]!r}; there are: {', '.join(FORMATS)}.")
    _refuse_too_large(data, max_bytes)
    data, file_name = unpacked(data, file_name, max_bytes)
    _refuse_foreign(data)
    name = _ENDINGS[format.casefold()] if format else detect(data, file_name)
    return name, _readers(mapping, currency)[name](data)


def detect(data: bytes, file_name: str = "") -> str:
    """The format that the content shows, else that of the name's ending, else "csv", which has no marks of its own.

    Raises Unreadable where the content is known to be no statement: pdf_not_readable, spreadsheet_not_readable,
    picture_not_readable, web_page_not_readable, archive_not_readable, or file_empty.
    """
    _refuse_foreign(data)
    head = _shown(data)
    if _WEB_PAGE.match(head):
        message = "The file is a web page, often a login page or a sheet in disguise; export the statement as CSV."
        raise Unreadable("web_page_not_readable", message)
    if _OFX.search(head):
        return "ofx"
    if _SHEET.search(head):
        raise Unreadable("spreadsheet_not_readable", "The file is a sheet in XML; open it, and save it as CSV.")
    if _XML.match(head):
        return "camt"
    if _QIF.search(head):
        return "qif"
    if _MT940.search(head):
        return "mt940"
    return _ENDINGS.get(file_name.rpartition(".")[2].casefold(), "csv")


def _shown(data: bytes) -> str:
    """The beginning as text in which marks can be found, whatever the encoding is."""
    head = data[:_HEAD]
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    text = head.removeprefix(b"\xef\xbb\xbf").decode(encoding, errors="ignore").replace("\0", "")
    return text.replace("\r", "\n")


def _refuse_too_large(data: bytes, max_bytes: int) -> None:
    if len(data) > max_bytes:
        message = f"The file has more than {max_bytes} bytes; export a shorter period from the bank."
        raise Unreadable("file_too_large", message)


def _refuse_foreign(data: bytes) -> None:
    if not data.strip():
        raise Unreadable("file_empty", "The file is empty; export the statement from the bank again.")
    for marks, code, message in _FOREIGN:
        if data.startswith(marks):
            raise Unreadable(code, message)
