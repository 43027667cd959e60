"""A sheet as CSV: a line for each line, the kind first, so that a reader can leave out totals."""

from collections.abc import Iterator

from organizations.wire.csv_lines import lines
from reports.sheets import Sheet


def csv_file(sheet: Sheet) -> bytes:
    """The bytes of the file."""
    columns = ["kind", "code", "name", "level", *sheet.columns]
    return b"".join(lines(columns, _rows(sheet)))


def _rows(sheet: Sheet) -> Iterator[list]:
    for line in sheet.lines:
        amounts = line.amounts or (None,) * len(sheet.columns)
        yield [line.kind, line.code, line.text, line.level, *amounts]
