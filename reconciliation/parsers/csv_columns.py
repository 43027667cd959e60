"""Which column of a file is what: by its heading, checked against its cells; without headings, by the cells alone."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace

from reconciliation.parsers.csv_amounts import is_amount, is_blank
from reconciliation.parsers.csv_dates import is_date
from reconciliation.parsers.csv_headings import heading_currency, roles_of
from reconciliation.parsers.csv_mapping import MOST_JOINED
from reconciliation.parsers.csv_records import Row
from reconciliation.parsers.csv_words import IN, OUT, currency_of, is_currency, plain


@dataclass(frozen=True, slots=True)
class Columns:
    """The place of each column in a row, from 0; None where there is none."""

    date: int | None = None
    value_date: int | None = None
    amount: int | None = None
    flag: int | None = None
    debit: int | None = None
    credit: int | None = None
    balance: int | None = None
    description: tuple[int, ...] = ()
    counterparty: int | None = None
    counterparty_account: int | None = None
    reference: int | None = None
    bank_id: int | None = None
    kind: int | None = None
    currency: int | None = None
    status: int | None = None
    account: int | None = None

    def taken(self) -> set[int]:
        """All places that have a meaning."""
        single = [getattr(self, field.name) for field in fields(self) if field.name != "description"]
        return {place for place in [*single, *self.description] if place is not None}

    def money(self) -> list[int]:
        """The places of what moved and what was left."""
        return [place for place in (self.amount, self.debit, self.credit, self.balance) if place is not None]


class Profile:
    """What the cells of one column are, over the rows that are movements."""

    def __init__(self, heading: str, cells: list[str]):
        self.heading = heading
        self.roles = roles_of(heading) if heading else {}
        self.cells = [cell.strip() for cell in cells]
        self.rows = len(cells)
        self.filled = [cell for cell in self.cells if not is_blank(cell)]
        self.dates = sum(map(is_date, self.filled))
        self.amounts = sum(is_amount(cell) and not is_date(cell) for cell in self.filled)
        self.letters = sum(any(map(str.isalpha, cell)) for cell in self.filled)

    def mostly(self, count: int) -> bool:
        """Whether nearly all cells that hold something are of a sort."""
        return bool(self.filled) and count * 5 >= len(self.filled) * 4

    def chiefly(self, count: int) -> bool:
        """Whether more than half of the cells that hold something are of a sort: enough where the heading says so."""
        return count * 2 > len(self.filled)

    def share(self, tenths: int) -> bool:
        """Whether at least so many tenths of the rows have a cell here."""
        return len(self.filled) * 10 >= self.rows * tenths

    @property
    def is_money(self) -> bool:
        """Amounts rather than numbers: with a decimal sign, a sign, or anything that only money has."""
        if not self.mostly(self.amounts) or self.dates:
            return False
        return any(not cell.isdigit() for cell in self.filled) or all(len(cell) <= 7 for cell in self.filled)

    @property
    def has_negatives(self) -> bool:
        return any("-" in cell or "(" in cell or "\u2212" in cell for cell in self.filled)


def profiles(header: Row, rows: list[Row], width: int) -> list[Profile]:
    """One per column of the table; rows may be of any length."""
    return [
        Profile(
            header[place] if place < len(header) else "",
            [row[place] if place < len(row) else "" for row in rows],
        )
        for place in range(width)
    ]


def is_movement(row: Row) -> bool:
    """Whether a row has a date and an amount, each filling a cell."""
    dates = sum(is_date(cell) for cell in row)
    return dates > 0 and any(is_amount(cell) and not is_date(cell) for cell in row)


_FLAGS = OUT | IN


def _fits(role: str) -> Callable[[Profile], bool]:
    """What the cells of a role must be. A file without movements is judged by its headings."""
    checks: dict[str, Callable[[Profile], bool]] = {
        "date": lambda p: p.chiefly(p.dates) and p.share(5),
        "value_date": lambda p: p.chiefly(p.dates),
        "amount": lambda p: p.chiefly(p.amounts) and p.share(3),
        "debit": lambda p: not p.filled or p.chiefly(p.amounts),
        "credit": lambda p: not p.filled or p.chiefly(p.amounts),
        "balance": lambda p: p.chiefly(p.amounts),
        "flag": lambda p: sum(plain(cell) in _FLAGS or cell in ("+", "-") for cell in p.cells) * 5 >= p.rows * 4,
        "currency": lambda p: p.mostly(sum(bool(currency_of(cell)) or len(cell) <= 3 for cell in p.filled)),
        "status": lambda p: not p.filled or p.letters > 0,
        "bank_id": lambda p: p.share(8) and len(set(p.filled)) == len(p.filled),
        "counterparty_account": lambda p: p.mostly(sum(map(_is_account, p.filled))),
        "account": lambda p: p.share(5) and not p.dates,
        "counterparty": lambda p: p.mostly(p.letters),
        "reference": lambda p: p.filled and not p.dates,
    }
    check = checks.get(role, lambda p: bool(p.filled))
    return lambda profile: not profile.rows or bool(check(profile))


def _is_account(cell: str) -> bool:
    """An IBAN or account number: mostly figures, no words."""
    figures = sum(map(str.isdigit, cell))
    return figures >= 4 and sum(map(str.isalpha, cell)) <= max(6, figures) and len(cell.split()) <= 9


_IN_TURN = (
    *("amount", "debit", "credit", "balance", "flag", "currency", "value_date", "status", "bank_id"),
    *("account", "counterparty_account", "counterparty", "reference", "kind"),
)


def with_date(columns: Columns, of: list[Profile], none: set[str]) -> Columns:
    """The column of dates: by its heading, else (some statements have no other) the value date, else by its cells."""
    if columns.date is not None:
        return columns
    taken = columns.taken()
    named = [place for role in ("date", "value_date") for place in _candidates(role, of) if place not in taken]
    if named:
        return replace(columns, date=named[0])
    dates = [p for p in range(len(of)) if p not in taken and of[p].mostly(of[p].dates) and of[p].share(8)]
    if len(dates) > 1 and columns.value_date is None and "value_date" not in none:
        columns = replace(columns, value_date=dates[1])
    return replace(columns, date=dates[0]) if dates else columns


def by_heading(columns: Columns, of: list[Profile], currency: str, none: set[str]) -> Columns:
    """The columns that headings name, added to those that are known. ``none`` are roles that no column is to get."""
    for role in _IN_TURN:
        if getattr(columns, role) is not None or role in none:
            continue
        candidates = [place for place in _candidates(role, of) if place not in columns.taken()]
        if role == "flag" and not candidates and columns.amount is not None:
            candidates = unnamed_flags(columns, of)
        if role == "amount":
            candidates.sort(key=lambda place: _currency_rank(of[place], currency))
        if role in ("account", "counterparty_account"):
            candidates = [place for place in candidates if _is_own(place, of, columns) == (role == "account")]
        if candidates:
            columns = replace(columns, **{role: candidates[0]})
    if not columns.description and "description" not in none:
        named = [p for p in range(len(of)) if p not in columns.taken() and "description" in of[p].roles]
        if any(of[place].filled or not of[place].rows for place in named):
            columns = replace(columns, description=tuple(named[:MOST_JOINED]))
    return columns


def _candidates(role: str, of: list[Profile]) -> list[int]:
    fits = _fits(role)
    named = [(profile.roles[role], place) for place, profile in enumerate(of) if role in profile.roles]
    return [place for _, place in sorted(named) if fits(of[place])]


def unnamed_flags(columns: Columns, of: list[Profile]) -> list[int]:
    """Columns of kinds, or without a heading, that say debit and credit only, where no amount has its own sign."""
    if of[columns.amount].has_negatives:
        return []
    fits = _fits("flag")
    return [p for p in _left(columns, of) if ("kind" in of[p].roles or not of[p].heading) and fits(of[p])]


def _currency_rank(profile: Profile, currency: str) -> int:
    """Of several amounts, the one in the account's currency comes first."""
    stated = heading_currency(profile.heading)
    if not stated:
        return 1
    return 0 if not currency or stated == currency else 2


_SURELY_OWN = 7  # the first phrases of "account" in csv_headings mean nothing else


def _is_own(place: int, of: list[Profile], columns: Columns) -> bool:
    """Whether a column of account numbers is the statement's own: named so, left of the date, or always the same."""
    profile = of[place]
    if profile.roles.get("account", 1000) < _SURELY_OWN:
        return True
    if "account" not in profile.roles:
        return False
    if columns.date is not None and place < columns.date:
        return True
    only = "counterparty_account" not in profile.roles
    return profile.share(10) and (only or (profile.rows >= 3 and len(set(profile.cells)) == 1))


def one_way_to_tell_signs(columns: Columns, of: list[Profile], given: set[str]) -> Columns:
    """Keep one of: signed amounts, debit and credit, amounts with a flag. What a person gave always stays."""
    sides = [place for place in (columns.debit, columns.credit) if place is not None]
    if given & {"debit", "credit"}:
        return replace(columns, amount=None, flag=None)
    if columns.amount is None:
        return replace(columns, flag=None)
    amount = of[columns.amount]
    both = bool(sides) and "amount" not in given
    if both and _complete(of, sides) and not (amount.has_negatives and amount.share(9)):
        return replace(columns, amount=None, flag=None)
    columns = replace(columns, debit=None, credit=None)
    if columns.flag is None or "flag" in given:
        return columns
    return replace(columns, flag=None) if _signs_agree(amount, of[columns.flag]) else columns


def _complete(of: list[Profile], sides: list[int]) -> bool:
    """Whether nearly every row has something in one of the columns."""
    rows = list(zip(*(of[place].cells for place in sides), strict=True))
    return sum(any(not is_blank(cell) for cell in row) for row in rows) * 10 >= len(rows) * 9 > 0


def _signs_agree(amount: Profile, flag: Profile) -> bool:
    """Whether the amounts are signed already, exactly as the flags would have it."""
    pairs = [
        ("-" in value or "(" in value or "\u2212" in value, plain(mark) in OUT or mark == "-")
        for value, mark in zip(amount.cells, flag.cells, strict=True)
        if not is_blank(value)
    ]
    return any(negative for negative, _ in pairs) and all(negative == out for negative, out in pairs)


def texts_by_cells(columns: Columns, of: list[Profile], none: set[str]) -> Columns:
    """Where no heading tells them: the currency, and as description the reference, the other party or what is left."""
    for place in _left(columns, of):
        codes = 0 if of[place].heading else sum(map(is_currency, of[place].filled))
        if columns.currency is None and "currency" not in none and of[place].mostly(codes):
            columns = replace(columns, currency=place)
    if columns.description or "description" in none:
        return columns
    for place in (columns.reference, columns.counterparty):
        if place is not None and of[place].mostly(of[place].letters):
            return replace(columns, description=(place,))
    texts = [place for place in _left(columns, of) if of[place].letters * 2 >= len(of[place].filled)]
    return replace(columns, description=tuple(texts[:MOST_JOINED]))


def _left(columns: Columns, of: list[Profile]) -> Iterator[int]:
    yield from [place for place in range(len(of)) if place not in columns.taken() and of[place].filled]


def money_candidates(columns: Columns, of: list[Profile]) -> list[int]:
    """Columns of amounts whose headings do not say what they are."""
    known = {"reference", "bank_id", "account", "counterparty_account", "status"}
    found = [place for place in _left(columns, of) if of[place].is_money and not known & of[place].roles.keys()]
    full = [place for place in found if of[place].share(10)]
    strays = [place for place in found if not of[place].share(1)]  # a few cells that slipped into another column
    return full if len(full) == 1 and len(full) + len(strays) == len(found) else found


def names(header: Row, columns: Iterable[int]) -> dict[int, str | int]:
    """How a mapping refers to columns: by heading where it has one of its own, else by number."""
    all_plain = [plain(cell) for cell in header]
    found: dict[int, str | int] = {}
    for place in columns:
        heading = header[place].strip() if place < len(header) else ""
        alone = bool(heading) and len(heading) <= 200 and all_plain.count(plain(heading)) == 1
        found[place] = heading if alone else place + 1
    return found
