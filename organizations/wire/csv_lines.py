"""Writing CSV (RFC 4180): UTF-8, commas, lines that end in CR LF, amounts digit by digit.

A spreadsheet takes a text that begins with ``=`` or its like for a formula and runs it, so
such a text gets an apostrophe in front, which spreadsheets show as text (OWASP ASVS 5.0,
1.2.10). Numbers are numbers: ``-5.00`` stays as it is.
"""

import csv
import datetime
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

#: What begins a formula, also in its full-width form, or hides one (tab, CR, LF).
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
PIECE = 64 * 1024


def cell(value) -> str:
    """One value as it stands in a file. Raises TypeError for what has no exact form."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in CSV")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(columns: Sequence[str], rows: Iterable[Sequence]) -> Iterator[bytes]:
    """A header line and the rows, in pieces of some thousand characters: nobody holds the whole."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield writer.writerow(columns).encode()
    waiting, length = [], 0
    for row in rows:
        line = writer.writerow([cell(value) for value in row])
        waiting.append(line)
        length += len(line)
        if length >= PIECE:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    if waiting:
        yield "".join(waiting).encode()
