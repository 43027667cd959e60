"""CSV files as tables with named columns, read strictly and without ever failing.

Whatever is wrong with a file becomes a ``Problem`` with its line, and reading goes on
where that makes sense, so that the user can mend everything at once. The format is
RFC 4180 with a header row, in UTF-8 with or without byte order mark.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LONGEST_LINE = 1_000_000  # bytes; a longer one is no line of a journal


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend in a file.

    ``line`` counts physical lines from 1 and is where the row begins; ``column`` is ""
    where no single column is to blame. ``code`` is stable, ``message`` is for people.
    """

    line: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: cells by column name, without surrounding blanks.

    A ``torn`` row could not be read, or has another number of cells than the header, so
    nobody knows which cell belongs to which column; it holds no cells.
    """

    line: int
    cells: dict[str, str]
    torn: bool = False

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(slots=True)
class Table:
    """A CSV file in memory; iterating over ``rows()`` fills ``problems``.

    ``cut_off`` tells that reading stopped at a limit, before the end of the file.
    """

    data: bytes
    required: Sequence[str]
    optional: Sequence[str] = ()
    max_lines: int = 1_000_000
    problems: list[Problem] = field(default_factory=list)
    cut_off: bool = False

    def report(self, line: int, column: str, code: str, message: str) -> None:
        self.problems.append(Problem(line, column, code, message))

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank, in file order; none if the columns cannot be told."""
        columns, empty = None, True
        for line, cells in self._records():
            if cells is None:
                yield Row(line, {}, torn=True)
                continue
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if columns is None:
                columns = self._columns(line, cells)
                if columns is None:
                    return
                continue
            empty = False
            if len(cells) != len(columns):
                message = f"The row has {len(cells)} cells, the header {len(columns)}."
                self.report(line, "", "wrong_number_of_cells", message)
                yield Row(line, {}, torn=True)
            else:
                yield Row(line, dict(zip(columns, cells, strict=True)))
        if empty and not self.problems:
            self.report(1, "", "file_empty", "The file has no rows.")

    def _columns(self, line: int, cells: list[str]) -> list[str] | None:
        """The column names of the header row, or None where a needed one is missing."""
        if len(cells) == 1 and (";" in cells[0] or "\t" in cells[0]):
            self.report(line, "", "wrong_separator", "Columns must be separated by commas.")
            return None
        columns = [cell.lower() for cell in cells]
        for place, name in enumerate(columns):
            if name in columns[:place]:
                self.report(line, name, "column_twice", f"The column {name!r} stands twice in the header.")
            elif name not in self.required and name not in self.optional:
                allowed = ", ".join([*self.required, *self.optional])
                self.report(line, name, "column_unknown", f"There is no column {name!r}; there are: {allowed}.")
        missing = [name for name in self.required if name not in columns]
        for name in missing:
            self.report(line, name, "column_missing", f"The column {name!r} is missing from the header.")
        return None if missing else columns

    def _records(self) -> Iterator[tuple[int, list[str] | None]]:
        """The line each record begins on, and its cells: None where it cannot be read."""
        reader = csv.reader(self._lines(), strict=True)
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.report(line, "", "malformed_csv", f"The row is no valid CSV: {error}.")
                yield line, None

    def _lines(self) -> Iterator[str]:
        """The physical lines as text. The first trouble with the encoding is named, the rest read around it."""
        if self.data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in self.data[:2]:
            self.report(1, "", "not_utf8", "The file is in UTF-16; save it as UTF-8.")
            return
        data = self.data.removeprefix(b"\xef\xbb\xbf")
        if b"\n" not in data:  # the line ends of old Macs
            data = data.replace(b"\r", b"\n")
        utf8 = True
        for number, raw in enumerate(io.BytesIO(data), start=1):
            if number > self.max_lines or len(raw) > LONGEST_LINE:
                self.cut_off = True
                if number > self.max_lines:
                    self.report(number, "", "too_many_lines", f"The file has more than {self.max_lines} lines.")
                else:
                    self.report(number, "", "line_too_long", f"The line is longer than {LONGEST_LINE} bytes.")
                return
            if b"\0" in raw:
                self.report(number, "", "nul_character", "The line contains a NUL character.")
            try:
                yield raw.decode()
            except UnicodeDecodeError:
                if utf8:
                    utf8 = False
                    message = "The file is not in UTF-8 (it may be Windows-1252); save it as UTF-8."
                    self.report(number, "", "not_utf8", message)
                yield raw.decode(errors="replace")
