"""Decides how a CSV file is to be read, out of the file itself; what a person or a saved mapping says goes before."""

from dataclasses import dataclass, replace
from itertools import islice

from organizations.currencies.iso import decimals_of
from reconciliation.parsers import csv_columns
from reconciliation.parsers.csv_amounts import MoneyColumns, Unusable, amount_reader, is_amount
from reconciliation.parsers.csv_balances import Course, course
from reconciliation.parsers.csv_columns import Columns, Profile, is_movement
from reconciliation.parsers.csv_dates import DateColumn, date_reader, is_date
from reconciliation.parsers.csv_encodings import check_encoding, encoding_of, marked_encoding
from reconciliation.parsers.csv_finding import check_statement, delimiter_of, find_header, place_of
from reconciliation.parsers.csv_headings import heading_currency
from reconciliation.parsers.csv_mapping import COLUMN_FIELDS, NO_COLUMN, Mapping
from reconciliation.parsers.csv_records import Row, Table
from reconciliation.parsers.csv_signs import Reader, RowReader, amount_of_row, fitted, read_or_none, unnamed_money
from reconciliation.parsers.csv_words import currency_of, status_of
from reconciliation.parsers.items import Unreadable

_HEAD = 1000  # rows that are looked at to tell the columns
_CHUNK = 2000  # rows that are looked at at a time to tell the order of dates and the decimal sign


@dataclass(frozen=True, slots=True)
class Layout:
    """A mapping made ready for one file. ``table`` begins with the header, or with the first row where it has none.

    ``amount_of`` gives the signed amount of a row and ``read_balance`` the amount in a cell of balances; both may
    raise Unusable. ``newest_first`` is None where no running
    balance is to be followed. ``currency`` is that of the lines, "" where it is not known.
    """

    mapping: Mapping
    table: Table
    header: Row
    columns: Columns
    width: int
    currency: str
    amount_of: RowReader
    read_balance: Reader
    newest_first: bool | None


def guess(data: bytes, given: Mapping | None = None, currency: str = "") -> Mapping:
    """The mapping by which these bytes are read; what ``given`` says stays.

    ``currency`` is that of the account. Raises Unreadable, as ``csv_reading.read`` does.
    """
    return lay_out(data, given or Mapping(), currency).mapping


def lay_out(data: bytes, given: Mapping, currency: str) -> Layout:
    """Decide everything that is still open. Raises Unreadable; ``csv_reading.read`` lists the codes."""
    encoding, table = _open(data, given)
    head = table.head(_HEAD)
    rows = [row for _, row in head]
    at = find_header(rows, given)
    if given.date is None:
        check_statement(rows, at)
    header = [cell.strip() for cell in rows[at]] if at is not None else []
    body = rows if at is None else rows[at + 1 :]
    widest = max(map(len, [header, *body]))
    of = csv_columns.profiles(header, [row for row in body if is_movement(row)], widest)
    columns = _columns(given, header, of, currency)
    currency_of_lines = _currency(columns, of, currency)
    if given.currency is None and _money_heading(columns, of):
        columns = replace(columns, currency=None)  # it belongs to another column of amounts
    first = at if at is not None else _first_row(body, columns)
    table = replace(table, skip=head[first][0] - 1) if head else table
    date_format, decimal, decimal_of_balance = _formats(table, columns, given, currency_of_lines)
    width = _width(header, body, columns)
    rows = [fitted(row, width) for row in body]
    read, read_balance = amount_reader(decimal or ".", currency), amount_reader(decimal_of_balance or ".", currency)
    amount_of = amount_of_row(columns, read, rows, negate=bool(given.negate))
    found = _course(columns, amount_of, read_balance, rows, date_format, given)
    negate = (found.negate or None) if given.negate is None else given.negate  # without proof the next file may decide
    if found.newest_first is None and given.balance is None:
        columns = replace(columns, balance=None)
    mapping = replace(
        _named(given, columns, header),
        encoding=given.encoding or encoding,
        delimiter=table.delimiter,
        header=at is not None,
        date_format=date_format,
        decimal=decimal,
        negate=negate,
    )
    amount_of = amount_of_row(columns, read, rows, negate=bool(negate))
    return Layout(
        mapping, table, header, columns, width, currency_of_lines, amount_of, read_balance, found.newest_first
    )


def _open(data: bytes, given: Mapping) -> tuple[str, Table]:
    """The encoding ("" where it does not matter), and the table."""
    if not data or data.isspace():
        raise Unreadable("file_empty", "The file is empty; export the statement from the bank again.")
    said = given.encoding if given.encoding != "utf-16" else ""  # without a mark, the bytes must tell which of the two
    encoding = marked_encoding(data) or said or encoding_of(data)
    check_encoding(data, encoding)
    skip = given.skip or 0
    delimiter = given.delimiter or delimiter_of(data, encoding or "utf-8", skip)
    return encoding.removesuffix("-sig"), Table(data, encoding or "utf-8", delimiter, skip)


def _columns(given: Mapping, header: Row, of: list[Profile], currency: str) -> Columns:
    """Where everything is. Raises Unreadable column_not_found or columns_unclear."""
    decided = {name: getattr(given, name) for name in COLUMN_FIELDS if getattr(given, name) is not None}
    none = {name for name, column in decided.items() if column == NO_COLUMN}
    places = {name: place_of(column, header) for name, column in decided.items() if name not in none}
    if given.description == (NO_COLUMN,):
        none.add("description")
    joined = tuple(place_of(column, header) for column in given.description if column != NO_COLUMN)
    for place in [*places.values(), *joined]:
        if place >= len(of):
            raise Unreadable("column_not_found", f"The mapping names column {place + 1}; there are only {len(of)}.")
    if places.keys() & {"debit", "credit"}:
        none |= {"amount", "flag"}
    elif "amount" in places:
        none |= {"debit", "credit"}
    columns = csv_columns.with_date(Columns(**places, description=joined), of, none)
    if columns.date is None:
        raise Unreadable("columns_unclear", 'No column of dates is found; say which by a mapping: {"date": 1}.')
    columns = csv_columns.by_heading(columns, of, currency, none)
    if columns.amount is None and columns.debit is None and columns.credit is None:
        columns = unnamed_money(columns, of, currency, none)
    columns = csv_columns.one_way_to_tell_signs(columns, of, set(places))
    columns = csv_columns.by_heading(columns, of, currency, none | {"amount", "debit", "credit", "flag"})
    return csv_columns.texts_by_cells(columns, of, none)


def _currency(columns: Columns, of: list[Profile], currency: str) -> str:
    """The account's currency: given, or that of all rows. Raises Unreadable other_currency."""
    in_heading = _money_heading(columns, of)
    if currency and in_heading not in ("", currency):
        raise Unreadable(
            "other_currency",
            f"The amounts are in {in_heading}, the account in {currency}; choose an account in {in_heading}.",
        )
    if currency or in_heading or columns.currency is None:
        return currency or in_heading
    stated = {currency_of(cell) for cell in of[columns.currency].filled}
    return stated.pop() if len(stated) == 1 and decimals_of(max(stated)) is not None else ""


def _money_heading(columns: Columns, of: list[Profile]) -> str:
    """The currency in the heading of the amounts."""
    places = (columns.amount, columns.debit, columns.credit)
    return next((code for place in places if place is not None and (code := heading_currency(of[place].heading))), "")


def _first_row(body: list[Row], columns: Columns) -> int:
    """Where there is no header: the first row with a date or an amount in its place."""
    for index, row in enumerate(body):
        dated = columns.date is not None and columns.date < len(row) and is_date(row[columns.date])
        if dated or any(place < len(row) and is_amount(row[place]) for place in columns.money()):
            return index
    return 0


def _width(header: Row, body: list[Row], columns: Columns) -> int:
    """How many cells a row has: as many as most of them, and as many as there are headings."""
    widths = [len(row) for row in body if is_movement(row)]
    common = max(set(widths), key=widths.count) if widths else 0
    return max(len(header), common, *(place + 1 for place in columns.taken()))


def _formats(table: Table, columns: Columns, given: Mapping, currency: str) -> tuple[str, str, str]:
    """The order of the dates, the decimal sign of amounts and that of balances; "" where the file leaves it open.

    Looks at rows until nothing more is to be learned, at all of them if need be.
    """
    dates, values, money, balances = DateColumn(), DateColumn(), MoneyColumns(), MoneyColumns()
    rows = (row for _, row in table.rows())
    while (
        (not given.date_format and not dates.settled)
        or (not given.decimal and not money.settled)
        or (columns.balance is not None and not balances.settled)
    ):
        chunk = list(islice(rows, _CHUNK))
        if not chunk:
            break
        if not given.date_format:
            dates.add(_cells(chunk, columns.date))
            values.add(_cells(chunk, columns.value_date))
        if not money.settled:
            for place in (columns.amount, columns.debit, columns.credit):
                money.add(_cells(chunk, place))
        if not balances.settled:
            balances.add(_cells(chunk, columns.balance))
    date_format = given.date_format or dates.proven or values.proven or dates.by_order()
    decimal = given.decimal or money.decimal_sign(currency, balances.evident)
    return date_format, decimal, balances.evident or decimal


def _cells(rows: list[Row], place: int | None) -> list[str]:
    return [] if place is None else [row[place] for row in rows if place < len(row)]


def _course(
    columns: Columns, amount_of: RowReader, read_balance: Reader, rows: list[Row], date_format: str, given: Mapping
) -> Course:
    """How the balances of the first rows run."""
    if columns.balance is None:
        return Course(None)
    read_date = date_reader(date_format or "DMY")
    movements, steps, last = [], 0, None
    for row in rows:
        stated = read_or_none(read_balance, row[columns.balance])
        try:
            date, amount = read_date(row[columns.date]), amount_of(row)
        except Unusable as problem:
            if stated is not None or not problem.code.startswith("date"):
                movements.append((None, stated))
            continue
        booked = columns.status is None or not status_of(row[columns.status])
        movements.append((amount if booked else None, stated))
        steps += (date > last) - (date < last) if last else 0
        last = date
    may_negate = columns.amount is not None and columns.flag is None and given.negate is None
    return course(movements, descending=steps < 0, may_negate=may_negate)


def _named(given: Mapping, columns: Columns, header: Row) -> Mapping:
    """The mapping that says where the columns are, by heading where that is possible."""
    names = csv_columns.names(header, columns.taken())
    places = {name: getattr(columns, name) for name in COLUMN_FIELDS}
    guessed = {name: names[place] for name, place in places.items() if place is not None}
    kept = {name: getattr(given, name) for name in COLUMN_FIELDS if getattr(given, name) is not None}
    description = given.description or tuple(names[place] for place in columns.description)
    return replace(given, **{**guessed, **kept}, description=description)
