"""Where the table is in a file: what separates its cells, which row is its header, where its movements begin."""

from reconciliation.parsers.csv_amounts import is_amount
from reconciliation.parsers.csv_columns import is_movement
from reconciliation.parsers.csv_dates import is_date
from reconciliation.parsers.csv_headings import roles_of
from reconciliation.parsers.csv_mapping import COLUMN_FIELDS, Mapping
from reconciliation.parsers.csv_records import Row, Table
from reconciliation.parsers.csv_words import plain
from reconciliation.parsers.items import Unreadable

_DELIMITERS = ",;\t|"
_TRIED = 200  # rows
_MONEY = {"amount", "debit", "credit", "balance"}
_FOOTNOTES = 6  # rows below a header that no movement follows
_FEWEST = 50  # one row in so many must be a movement, or the file is no statement


def delimiter_of(data: bytes, encoding: str, skip: int) -> str:
    """The delimiter that makes most rows into a date, an amount and more; else that which shows a header."""
    scores, refused = {}, None
    for delimiter in _DELIMITERS:
        try:
            rows = [row for _, row in Table(data, encoding, delimiter, skip).head(_TRIED)]
        except Unreadable as problem:
            refused = refused or problem
            continue
        widths = [len(row) for row in rows if len(row) > 1]
        common = max(set(widths), key=widths.count) if widths else 0
        best = max(map(_header_score, rows), default=0)
        scores[delimiter] = sum(map(is_movement, rows)), best, widths.count(common) * common
    best = max(scores, key=scores.__getitem__, default="")
    if refused and not (best and any(scores[best][:2])):
        raise refused
    return best


def find_header(rows: list[Row], given: Mapping) -> int | None:
    """The index of the header row; None where there is none.

    Raises Unreadable column_not_found where a mapping names headings that no row has.
    """
    if given.header is False:
        return None
    wanted = _named_columns(given)
    first = next((place for place, row in enumerate(rows) if is_movement(row)), len(rows))
    best = max(range(first), key=lambda place: _header_score(rows[place]), default=None)
    if best is not None and not _header_score(rows[best]):
        best = first - 1 if _may_be_header(rows, first) else None
    if wanted and (best is None or not wanted <= _headings(rows[best])):
        found = next((place for place, row in enumerate(rows) if wanted <= _headings(row)), None)
        if found is None:
            raise _not_found(wanted, rows[best] if best is not None else [])
        return found
    if best is None and given.header:
        return next((place for place, row in enumerate(rows) if any(row)), None)
    return best


def _named_columns(given: Mapping) -> set[str]:
    """The headings that a mapping names, as they are compared."""
    columns = [getattr(given, name) for name in COLUMN_FIELDS] + list(given.description)
    return {_comparable(column) for column in columns if isinstance(column, str)}


def place_of(column: str | int, header: Row) -> int:
    """The place of a column in a row, from 0. Raises Unreadable column_not_found."""
    if isinstance(column, int):
        return column - 1
    headings = [_comparable(cell) for cell in header]
    if _comparable(column) not in headings:
        raise _not_found({_comparable(column)}, header)
    return headings.index(_comparable(column))


def check_statement(rows: list[Row], header: int | None) -> None:
    """Refuse what is no statement: hardly a row has a date and an amount. Raises Unreadable no_statement."""
    filled = sum(any(row) for row in rows)
    movements = sum(map(is_movement, rows))
    if movements * _FEWEST >= filled and movements:
        return
    if header is not None and _header_score(rows[header]) and not movements and filled - header <= _FOOTNOTES:
        return  # nothing was booked in the period
    raise Unreadable(
        "no_statement",
        "No rows with a date and an amount are found. Export the statement as CSV, or say by a mapping which columns"
        ' they are in, such as {"date": 1, "amount": 3}.',
    )


def _header_score(row: Row) -> int:
    """How many cells are known headings, if a date and an amount are among them, and nothing else."""
    if len(row) < 2 or any(is_date(cell) or is_amount(cell) for cell in row):
        return 0
    roles = [roles_of(cell) for cell in row]
    dated = any(found.keys() & {"date", "value_date"} for found in roles)
    moneyed = any(found.keys() & _MONEY for found in roles)
    return sum(map(bool, roles)) if dated and moneyed else 0


def _may_be_header(rows: list[Row], first: int) -> bool:
    """Whether the row above the first movement is as wide as it, and all words."""
    if not 0 < first < len(rows):
        return False
    cells = [cell for cell in rows[first - 1] if cell.strip()]
    typed = any(is_date(cell) or is_amount(cell) for cell in cells)
    return len(cells) >= 2 and len(cells) * 2 >= len(rows[first]) and not typed


def _comparable(heading: str) -> str:
    return plain(heading) or heading.strip()


def _headings(row: Row) -> set[str]:
    return {_comparable(cell) for cell in row}


def _not_found(wanted: set[str], header: Row) -> Unreadable:
    missing = ", ".join(repr(name[:60]) for name in sorted(wanted - _headings(header)))
    there = ", ".join(cell.strip()[:60] for cell in header if cell.strip()) or "none"
    return Unreadable("column_not_found", f"The mapping names columns that the file lacks: {missing}. It has: {there}.")
