"""A CSV file as rows of cells, one after the other, with the physical line each begins on.

Lines end in LF, CRLF or a lone CR. Quotation marks are read by RFC 4180 as far as that goes; where a row breaks its
rules, each of the row's lines is read for itself, as well as can be, so that one stray mark swallows nothing.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from reconciliation.parsers.items import Unreadable

MOST_ROWS = 500_000
MOST_COLUMNS = 200
LONGEST_FIELD = 100_000  # characters

Row = list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The bytes, and how they become cells. The first ``skip`` physical lines are passed over."""

    data: bytes
    encoding: str
    delimiter: str
    skip: int = 0

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row with its line, counted from 1; an empty line is a row without cells.

        Raises Unreadable too_many_rows, too_many_columns, field_too_long or nul_character.
        """
        lines = _Lines(self)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)
        place, count = self.skip + 1, 0
        while True:
            try:
                for row in reader:
                    count += 1
                    if count > MOST_ROWS or len(row) > MOST_COLUMNS or sum(map(len, row)) > LONGEST_FIELD:
                        _check_size(place, count, row)
                    yield place, row
                    lines.taken.clear()
                    place = reader.line_num + self.skip + 1
                return
            except csv.Error as error:
                if "field larger" in str(error):
                    raise _field_too_long(place) from None
                torn = list(lines.taken)
                lines.taken.clear()
            for row in map(self._read_alone, torn):
                count += 1
                _check_size(place, count, row)
                yield place, row
                place += 1

    def head(self, count: int) -> list[tuple[int, Row]]:
        """The first rows."""
        return list(islice(self.rows(), count))

    def _read_alone(self, line: str) -> Row:
        try:
            return next(csv.reader([line.rstrip("\n")], delimiter=self.delimiter, skipinitialspace=True), [])
        except csv.Error:
            return [line]


class _Lines:
    """The physical lines as text; ``taken`` are those of the row that is being read."""

    def __init__(self, table: Table):
        data, wide = table.data, table.encoding.startswith("utf-16")
        if not wide and b"\r\r\n" in data:  # a CRLF file that went through another conversion to CRLF
            data = data.replace(b"\r\r\n", b"\r\n")
        self.taken: list[str] = []
        text = io.TextIOWrapper(io.BytesIO(data), encoding=table.encoding, errors="replace", newline=None)
        self._text = islice(_without_nul(text) if wide else text, table.skip, None)

    def __iter__(self) -> Iterator[str]:
        taken = self.taken
        for line in self._text:
            taken.append(line)
            yield line


def _without_nul(lines: io.TextIOWrapper) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise Unreadable("nul_character", "The file contains NUL characters; export it as CSV again.")
        yield line


def _check_size(place: int, count: int, row: Row) -> None:
    if count > MOST_ROWS:
        raise Unreadable("too_many_rows", f"The file has more than {MOST_ROWS} rows; divide it and import the parts.")
    if len(row) > MOST_COLUMNS:
        message = f"Line {place} has {len(row)} columns; no more than {MOST_COLUMNS} can be read."
        raise Unreadable("too_many_columns", message)
    if any(len(cell) > LONGEST_FIELD for cell in row):
        raise _field_too_long(place)


def _field_too_long(place: int) -> Unreadable:
    return Unreadable(
        "field_too_long",
        f"A cell in line {place} has more than {LONGEST_FIELD} characters. Is a quotation mark never closed there?"
        " Mend it and import the file again.",
    )
