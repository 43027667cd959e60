"""Bank statements as CSV: any bank's, by what the file itself shows or by a mapping that says how it is to be read.

Each row becomes a line or a problem. Left out are only rows that are no movement: blank ones, a repeated header, rows
without date and amount before the first movement and after the last (titles, footnotes), and totals. A row
with nothing but text below a movement continues its description, as some banks write it.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from operator import itemgetter

from reconciliation.parsers.csv_amounts import Unusable, is_amount
from reconciliation.parsers.csv_balances import RunningBalance
from reconciliation.parsers.csv_columns import Columns
from reconciliation.parsers.csv_dates import date_reader
from reconciliation.parsers.csv_guessing import Layout, lay_out
from reconciliation.parsers.csv_mapping import Mapping
from reconciliation.parsers.csv_records import Row
from reconciliation.parsers.csv_signs import fitted, read_or_none
from reconciliation.parsers.csv_words import currency_of, is_total, restates_balance, status_of
from reconciliation.parsers.items import Balance, Item, Line, Problem, Section

_LONGEST_FOOTER = 200  # rows; more than these at the end of a file are no footnotes


def read(data: bytes, mapping: Mapping | None = None, currency: str = "") -> Iterator[Item]:
    """The items of a statement, in the order of the file.

    ``mapping`` decides what it says, the file the rest. ``currency`` is that of the account, an ISO code: rows in
    another become problems.

    Raises Unreadable with code file_empty, nul_character, wrong_encoding, no_statement, columns_unclear,
    column_not_found, date_order_unclear, decimal_sign_unclear, other_currency, too_many_rows, too_many_columns or
    field_too_long. Problems have code date_missing, date_unreadable, date_does_not_exist, amount_missing,
    amount_unreadable, amount_out_of_range, debit_and_credit, flag_unknown, other_currency, pending, declined,
    row_unreadable, too_many_cells, balance_restated, balance_unreadable or balance_does_not_add_up.
    """
    yield from _Reading(lay_out(data, mapping or Mapping(), currency), currency).items()


class _Reading:
    """One pass over the rows. ``held`` is the last line, until it is clear that no row below continues it."""

    def __init__(self, layout: Layout, currency: str):
        self.layout = layout
        self.columns = layout.columns
        self.currency = currency
        self.titles = [title for title in layout.header if title]
        self.read_date = date_reader(layout.mapping.date_format or "DMY")
        self.texts = _texts_of(layout.columns)
        self.checked: dict[tuple[str, str], Unusable | None] = {}
        self.held: list[Item] = []
        self.notes: list[Problem] = []  # rows that are footnotes if no movement follows
        self.started = False
        self.continues = False
        self.account: str | None = None
        self.running: RunningBalance | None = None
        self.first_date = self.last_date = None

    def items(self) -> Iterator[Item]:
        layout, columns = self.layout, self.columns
        read_date, amount_of, width, date_place = self.read_date, layout.amount_of, layout.width, columns.date
        account = columns.account
        checks = columns.status is not None or (columns.currency is not None and bool(self.currency))
        if account is None:
            yield self._open("")
        for place, row in layout.table.rows():
            try:
                if len(row) != width:
                    row = _fitted(row, width)
                date = read_date(row[date_place])
                if len(row) != width:
                    raise Unusable("too_many_cells", f"The row has {len(row)} cells, the others have {width}.")
                amount = amount_of(row)
                if checks:
                    self._check(row)
            except Unusable as problem:
                yield from self._odd(place, row, problem)
                continue
            if account is not None and row[account] != self.account:
                yield from self._turn_to(row[account])
            yield from self.held
            if self.notes:
                yield from self._take_notes()
            self.held = self._line(place, row, date, amount)
        yield from self.held
        if self.account is None:
            yield self._open("")
        yield from self._close()

    def _open(self, account: str) -> Section:
        """A section begins, and with it a balance of its own."""
        self.account = account
        self.first_date = self.last_date = None
        newest_first = self.layout.newest_first
        self.running = None if newest_first is None else RunningBalance(newest_first)
        return Section(account=_account(account), currency=self.layout.currency)

    def _turn_to(self, account: str) -> Iterator[Item]:
        """The next row is of another account, if it names one."""
        if self.account is None:
            yield self._open(account)
        elif _account(account) not in ("", _account(self.account)):
            yield from self._flush()
            yield from self._close()
            yield self._open(account)

    def _close(self) -> Iterator[Balance]:
        running = self.running
        if running is not None and running.closing is not None and self.first_date is not None:
            dates = sorted((self.first_date, self.last_date))
            if running.opening is not None:
                yield Balance("opening", running.opening, dates[0])
            yield Balance("closing", running.closing, dates[1])

    def _flush(self) -> Iterator[Item]:
        yield from self.held
        self.held = []
        yield from self._take_notes()

    def _take_notes(self) -> Iterator[Problem]:
        """A movement follows, so what was below the last one is no footnote."""
        if self.started:
            yield from self.notes
        self.notes = []

    def _line(self, place: int, row: Row, date: datetime.date, amount: Decimal) -> list[Item]:
        """The line of a row, and what is wrong with its balance."""
        columns, running = self.columns, self.running
        self.started, self.continues = True, False
        if self.first_date is None:
            self.first_date = date
        self.last_date = date
        description, counterparty, counterparty_account, reference, bank_id, kind = self.texts(row)
        if restates_balance(description or reference):
            restated = self._restated(place, row, amount)
            if restated is not None:
                return restated
        value_date = None if columns.value_date is None else self._value_date(row[columns.value_date])
        if running is None:
            stated, problems = None, ()
        else:
            stated, problems = self._balance(place, row[columns.balance], amount)
        self.continues = True
        parties = counterparty, counterparty_account
        line = Line(place, date, amount, description, *parties, reference, bank_id, kind, value_date, stated)
        return [line, *problems]

    def _value_date(self, cell: str) -> datetime.date | None:
        try:
            return self.read_date(cell)
        except Unusable:
            return None

    def _balance(self, place: int, cell: str, amount: Decimal) -> tuple[Decimal | None, tuple[Problem, ...]]:
        """The balance that a row states, and whether it follows from the one before."""
        stated, problems = None, ()
        try:
            stated = self.layout.read_balance(cell) if cell else None
        except Unusable as problem:
            if problem.code != "amount_missing":
                problems = (Problem(place, "balance_unreadable", f"The balance {cell.strip()[:40]!r} is no amount."),)
        expected = self.running.expected(amount)
        if self.running.take(amount, stated) is False:
            message = f"The balance is {stated}; with the row before it would be {expected}. Rows may be missing here."
            problems = (Problem(place, "balance_does_not_add_up", message),)
        return stated, problems

    def _check(self, row: Row) -> None:
        """Raises Unusable for rows that are not booked, or in another currency."""
        columns = self.columns
        status = row[columns.status] if columns.status is not None else ""
        currency = row[columns.currency] if columns.currency is not None and self.currency else ""
        key = (status, currency)
        if key not in self.checked:
            if len(self.checked) > 1000:
                self.checked.clear()
            self.checked[key] = _objection(status, currency, self.currency)
        objection = self.checked[key]
        if objection is not None:
            raise objection

    def _odd(self, place: int, row: Row, problem: Unusable) -> Iterator[Item]:
        """A row that gives no line: a problem, unless it is no movement at all."""
        columns = self.columns
        cells = [cell.strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if not filled or filled == self.titles:
            self.continues = False
            return
        status = status_of(cells[columns.status]) if columns.status is not None else ""
        continues, self.continues = self.continues, False
        if status:
            problem = _OBJECTIONS[status]
        elif problem.code in ("date_missing", "date_unreadable") and not _DATED.match(cells[columns.date]):
            if is_total(filled[0]):
                return
            if continues and self._continue(cells):
                return
            if status := status_of(cells[columns.date]):
                problem = _OBJECTIONS[status]
            elif not any(is_amount(cells[column]) for column in columns.money()):
                yield from self._note(place, filled)
                return
        elif problem.code == "amount_missing" and is_total(self.texts(row)[0]):
            self._interrupt(row)
            return
        yield from self._flush()
        if self.account is None:
            yield self._open(row[columns.account])
        self.started = True
        self._interrupt(row)
        yield Problem(place, problem.code, problem.message)

    def _restated(self, place: int, row: Row, amount: Decimal) -> list[Item] | None:
        """What becomes of a row that is called an opening or closing balance; None where it moved money after all."""
        running = self.running
        if running is None:
            message = "The row seems to state a balance, not a movement. If it is one, enter it by hand."
            return [Problem(place, "balance_restated", message)]
        stated = read_or_none(self.layout.read_balance, row[self.columns.balance])
        if amount not in (0, stated) or (running.expected(amount) == stated and not running.newest_first):
            return None
        running.interrupt(stated)
        return []

    def _continue(self, cells: list[str]) -> bool:
        """Whether the row only goes on with the description of the line above; then that line gets it."""
        description = self.columns.description
        texts = [cells[place] for place in description if cells[place]]
        if len(texts) != sum(map(bool, cells)):
            return False
        line, self.continues = self.held[0], True
        self.held[0] = replace(line, description=" ".join(" ".join([line.description, *texts]).split()))
        return True

    def _note(self, place: int, filled: list[str]) -> Iterator[Problem]:
        """A row of text: a title above the first movement, a footnote below the last, else a problem."""
        if self.started:
            message = f"The row has neither a date nor an amount: {' '.join(filled)[:60]!r}."
            self.notes.append(Problem(place, "row_unreadable", message))
            if len(self.notes) > _LONGEST_FOOTER:
                yield from self._flush()

    def _interrupt(self, row: Row) -> None:
        if self.running is not None:
            self.running.interrupt(read_or_none(self.layout.read_balance, row[self.columns.balance]))


_DATED = re.compile(
    r"\s*[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}(?![0-9])|\s*[0-9]{1,2}[-./ ][A-Za-z]{3}[-./ ][0-9]{2}"
)
_OBJECTIONS = {
    "pending": Unusable("pending", "The movement is not booked yet; import it again when it is."),
    "declined": Unusable("declined", "The movement was declined or cancelled; the bank did not book it."),
}


def _account(cell: str) -> str:
    """The number of an account, without blanks around it and quotation marks that a bank forgot to close."""
    return " ".join(cell.strip(' "').split())


def _objection(status: str, stated: str, currency: str) -> Unusable | None:
    """Why a row is no line of the account, by what it says of its status and its currency."""
    if found := status_of(status):
        return _OBJECTIONS[found]
    code = currency_of(stated)
    if code and currency and code != currency:
        return Unusable("other_currency", f"The movement is in {code}, the account in {currency}.")
    return None


def _fitted(row: Row, width: int) -> Row:
    """The row with as many cells as the others, unless it has something in more."""
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        return row
    return fitted(row, width)[:width]


def _texts_of(columns: Columns) -> Callable[[Row], tuple[str, ...]]:
    """What gives description, counterparty, its account, reference, bank id and kind of a row, with single spaces."""
    singles = (columns.counterparty, columns.counterparty_account, columns.reference, columns.bank_id, columns.kind)
    places = [-1 if place is None else place for place in singles]
    cells_of, joined = itemgetter(*places), columns.description or (-1,)

    def texts(row: Row) -> tuple[str, ...]:
        row = [*row, ""]  # what a missing column holds
        description = " ".join(" ".join([row[place] for place in joined]).split())
        return description, *[cell and " ".join(cell.split()) for cell in cells_of(row)]

    return texts
