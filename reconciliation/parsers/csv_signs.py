"""From the cells of a row to one signed amount: positive is money in, however the bank writes it.

In a column of its own a debit is mostly written without a sign, and a minus there takes it back; where most
debits have one, the minus is the debit's own. The same goes for credits.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from reconciliation.parsers.csv_amounts import MoneyColumns, Unusable, amount_reader, is_blank
from reconciliation.parsers.csv_balances import Movement, proves
from reconciliation.parsers.csv_columns import Columns, Profile, money_candidates, unnamed_flags
from reconciliation.parsers.csv_records import Row
from reconciliation.parsers.csv_words import IN, OUT, plain
from reconciliation.parsers.items import Unreadable

Reader = Callable[[str], Decimal]
RowReader = Callable[[Row], Decimal]
_MOST_CANDIDATES = 5


def fitted(row: Row, width: int) -> Row:
    """The row with empty cells where it ends too early."""
    return row + [""] * (width - len(row)) if len(row) < width else row


def amount_of_row(columns: Columns, read: Reader, rows: Sequence[Row], *, negate: bool) -> RowReader:
    """What gives the signed amount of a row. ``rows`` show how debits and credits are written.

    It raises Unusable: as ``read`` does, or with code debit_and_credit or flag_unknown.
    """
    if columns.amount is not None and columns.flag is not None:
        signed = _flagged(columns.amount, columns.flag, read)
    elif columns.amount is not None:
        place = columns.amount
        if not negate:
            return lambda row: read(row[place])
        return lambda row: read(row[place]).copy_negate()
    else:
        signed = _two_sided(columns, read, rows)
    return (lambda row: signed(row).copy_negate()) if negate else signed


def _flagged(amount: int, flag: int, read: Reader) -> RowReader:
    known: dict[str, bool] = {}

    def signed(row: Row) -> Decimal:
        mark = row[flag]
        out = known.get(mark)
        if out is None:
            out = known[mark] = _is_out(mark)
        value = read(row[amount]).copy_abs()
        return value.copy_negate() if out and value else value

    return signed


def _is_out(mark: str) -> bool:
    word = plain(mark)
    if word in OUT or mark.strip() == "-":
        return True
    if word in IN or mark.strip() == "+":
        return False
    raise Unusable("flag_unknown", f"{mark.strip()[:40]!r} does not tell whether money came in or went out.")


def _two_sided(columns: Columns, read: Reader, rows: Sequence[Row]) -> RowReader:
    debit, credit = columns.debit, columns.credit
    turn_debit = debit is not None and not _mostly_negative(debit, read, rows)
    turn_credit = credit is not None and _mostly_negative(credit, read, rows)

    def signed(row: Row) -> Decimal:
        out = row[debit] if debit is not None else ""
        back = row[credit] if credit is not None else ""
        sides = []
        if out and not is_blank(out):
            value = read(out)
            sides.append(value.copy_negate() if turn_debit and value else value)
        if back and not is_blank(back):
            value = read(back)
            sides.append(value.copy_negate() if turn_credit and value else value)
        if len(sides) == 2:  # a zero beside an amount only fills the cell
            sides = [value for value in sides if value] or sides[:1]
        if len(sides) == 1:
            return sides[0]
        if sides:
            raise Unusable("debit_and_credit", "The row has both a debit and a credit.")
        raise Unusable("amount_missing", "The row has neither a debit nor a credit.")

    return signed


def _mostly_negative(place: int, read: Reader, rows: Iterable[Row]) -> bool:
    negative = positive = 0
    for row in rows:
        value = read_or_none(read, row[place]) if place < len(row) else None
        if value:
            negative += value < 0
            positive += value > 0
    return negative > positive


def read_or_none(read: Reader, cell: str) -> Decimal | None:
    """The amount of a cell; None where it is blank or unreadable."""
    try:
        return read(cell) if cell else None
    except Unusable:
        return None


def unnamed_money(columns: Columns, of: list[Profile], currency: str, none: set[str]) -> Columns:
    """Columns of amounts that no heading explains: the only one there is, or those that a running balance proves.

    Raises Unreadable columns_unclear.
    """
    candidates = money_candidates(columns, of)
    if len(candidates) == 1:
        columns = replace(columns, amount=candidates[0])
        flags = unnamed_flags(columns, of) if columns.flag is None and "flag" not in none else []
        return replace(columns, flag=flags[0]) if flags else columns
    if 1 < len(candidates) <= _MOST_CANDIDATES:
        proven = _proven(columns, of, candidates, currency)
        if proven is not None:
            return proven
    places = ", ".join(str(place + 1) for place in candidates[:10])
    which = f"Columns {places} may all be the amounts" if candidates else "No column of amounts is found"
    raise Unreadable("columns_unclear", f'{which}; say which it is by a mapping, such as {{"amount": 3}}.')


def _proven(columns: Columns, of: list[Profile], candidates: list[int], currency: str) -> Columns | None:
    """The one reading in which amounts and balances add up at every row."""
    money = MoneyColumns()
    for place in candidates:
        money.add(of[place].cells)
    read = amount_reader(money.decimal_sign(currency) or ".", currency)
    values = {place: [read_or_none(read, cell) for cell in of[place].cells] for place in candidates}
    found = [
        replace(columns, amount=amount, balance=balance)
        for amount, balance in permutations(candidates, 2)
        if proves(_movements([values[amount]], values[balance]))
    ]
    found += [
        replace(columns, debit=debit, credit=credit, balance=balance)
        for debit, credit, balance in permutations(candidates, 3)
        if proves(_movements([values[credit], _turned(values[debit])], values[balance]))
    ]
    return found[0] if len(found) == 1 else None


def _movements(sides: list[list[Decimal | None]], balances: list[Decimal | None]) -> list[Movement]:
    """Rows by amount and balance; a row in which not exactly one side is filled is none."""
    rows = []
    for amounts, balance in zip(zip(*sides, strict=True), balances, strict=True):
        filled = [amount for amount in amounts if amount is not None]
        rows.append((filled[0] if len(filled) == 1 else None, balance))
    return rows


def _turned(values: list[Decimal | None]) -> list[Decimal | None]:
    return [None if value is None else value.copy_negate() for value in values]
