"""MT940 and MT942: the statements of SWIFT, as banks in half the world export them.

A message is a list of fields, ``:61:2001050105D801,55NIDBNONREF``, each going on until the next line that
begins with a tag. A page of a statement is a message of its own (``:60M:``, ``:62M:``) and becomes a section
of its own: its balances are what the account held at the page's ends. Sources: SWIFT Standards MT, category 9
(fields 60a, 61, 62a); the German Annex 3 of the DFÜ agreement, chapter 8; what banks really write.

- An entry is dated by its entry date (when it was booked), which has no year: it is the one nearest to the value date.
  Without an entry date the value date counts.
- ``RC`` is the reversal of a credit, money out; ``RD`` of a debit, money in. ``EC`` and ``ED`` (MT942) are expected
  only and become a ``Problem``.
- 29 and 30 February, where the year has none, are read as the month's last day: German banks count interest by
  30/360, where every month has thirty days, and date entries by it. Other days that do not exist are a ``Problem``.
- What the bank calls the entry (after ``//``) is its ``bank_id`` only where it looks unique and is no other entry's
  of the same day and amount; else it is a reference like another.
- Lines are UTF-8, or else Windows-1252. ``:64:``, ``:65:`` (available balances) and texts about the statement
  as a whole are left out.
"""

import calendar
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from organizations.money import MoneyError, add_up
from reconciliation.parsers.items import Balance, Item, Line, Problem, Section, Unreadable
from reconciliation.parsers.marked_amounts import read_marked
from reconciliation.parsers.mt940_fields import HEAD, Field, fields
from reconciliation.parsers.mt940_information import read_information
from reconciliation.parsers.texts import named, tidy

MOST_LINES = 1_000  # of the text of one entry; what comes after is not kept

_ENTRY = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?\s?(?P<mark>R[CD]|E[CD]|[CD])[A-Z]?\s?(?P<amount>[0-9]+(?:[.,][0-9]*)?)"
    r"\s?(?P<kind>[NSF][A-Z0-9 ]{3})?(?P<owner>.*?)(?://(?P<bank>.*))?"
)
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})?([0-9]+(?:[.,][0-9]*)?)")
_FLOOR = re.compile(r"[A-Z]{3}(?=[CD]?[0-9])")
_DATED = re.compile(r"(?:19|20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}


def read(data: bytes) -> Iterator[Item]:
    """The items of an MT940 or MT942 file.

    Raises Unreadable with code file_empty, wrong_encoding (UTF-16), nul_character or not_mt940.
    """
    if not data.strip():
        raise Unreadable("file_empty", "The file is empty; export the statement from the bank again.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("wrong_encoding", "The file is in UTF-16; save it as UTF-8.")
    if b"\0" in data:
        raise Unreadable("nul_character", "The file contains NUL characters; save it as plain text in UTF-8.")
    statement, found = _Statement(), False
    for field in chain(fields(data), [None]):
        for item in statement.take(field):
            found = True
            yield item
    if not found:
        raise Unreadable("not_mt940", "The file has no fields of an MT940 statement; choose the format it really has.")


@dataclass(slots=True)
class _Entry:
    """An entry read from field 61, waiting for the texts that follow it."""

    place: int
    date: datetime.date
    value_date: datetime.date
    amount: Decimal
    kind: str
    owner: str
    bank: str
    details: str
    information: list[str]
    old_information: list[str]


class _Statement:
    """The statement being read; ``take`` gives the items that a field completes."""

    def __init__(self):
        self._begin()

    def _begin(self, account: str = "", number: str = "") -> None:
        self.account, self.number, self.currency = account, number, ""
        self.opening: Decimal | None = None
        self.total = Decimal(0)
        self.entry: _Entry | None = None
        self.place = 1
        self.announced = self.closed = False
        self.known: set[tuple[str, datetime.date, Decimal]] = set()

    def take(self, field: Field | None) -> Iterator[Item]:
        """The items that are complete with this field, or with the end of the message (None)."""
        tag = field.tag if field else "20"
        if self.entry and tag in ("86", "NS"):
            texts = self.entry.information if tag == "86" else self.entry.old_information
            texts += field.lines[: MOST_LINES - len(texts)]
            self.place = field.place
            return
        if self.entry:
            yield self._line()
        if tag in HEAD:
            yield from self._head(field)
        elif tag.startswith("60"):
            if self.announced:  # a page without a head of its own
                yield from self._end()
                self._begin(self.account, self.number)
            yield from self._opening(field)
        elif tag == "61":
            yield from self._announce()
            yield from self._entry(field)
        elif tag.startswith("62"):
            yield from self._announce()
            yield from self._closing(field)
        self.closed = self.closed or tag.startswith(("62", "64", "65", "90"))
        self.place = field.place if field else self.place

    def _announce(self) -> Iterator[Item]:
        if not self.announced:
            self.announced = True
            yield Section(self.account, self.currency, self.number)

    def _end(self) -> Iterator[Item]:
        if self.account:
            yield from self._announce()
        if self.opening is not None and not self.closed:
            message = f"Statement {self.number or '(no number)'} has no closing balance: the file may be cut off there."
            yield Problem(self.place, "closing_balance_missing", message)

    def _head(self, field: Field | None) -> Iterator[Item]:
        if field is None or field.tag == "20" or self.closed:
            yield from self._end()
            self._begin()
        if field is None:
            return
        text = tidy("".join(field.lines[:2]) if field.tag == "20" else field.lines[0])
        if self.announced:
            message = f"Field {field.tag} ({text[:40]!r}) stands among the entries; the bank's file is damaged there."
            yield Problem(field.place, "field_out_of_place", message)
        elif field.tag.startswith("25"):
            self.account = text
        elif field.tag.startswith("28"):
            self.number = text
        elif field.tag == "34F" and (currency := _FLOOR.match(text)):
            self.currency = currency[0]

    def _opening(self, field: Field) -> Iterator[Item]:
        balance, currency = self._balance(field)
        self.currency = currency or self.currency
        yield from self._announce()
        if isinstance(balance, Balance):
            self.opening = balance.amount
        yield balance

    def _closing(self, field: Field) -> Iterator[Item]:
        balance, currency = self._balance(field)
        if currency and self.currency and currency != self.currency:
            message = f"The closing balance is in {currency}, the statement in {self.currency}."
            balance = Problem(field.place, "other_currency", message)
        yield balance
        if isinstance(balance, Balance) and self.opening is not None:
            expected = add_up((self.opening, self.total))
            if expected != balance.amount:
                yield Problem(field.place, "balance_does_not_add_up", _difference(self, balance.amount, expected))

    def _balance(self, field: Field) -> tuple[Balance | Problem, str]:
        """The balance and its currency, "" where none is written."""
        kind = "opening" if field.tag.startswith("60") else "closing"
        text = "".join(field.lines[0].split())
        match = _BALANCE.fullmatch(text)
        day = _day(match[2]) if match else None
        if not match or not day:
            message = f"The {kind} balance {text[:40]!r} cannot be read: a mark, a date, a currency, an amount."
            return Problem(field.place, "balance_unreadable", message), ""
        currency = match[3] or self.currency
        try:
            amount = read_marked(match[4].replace(",", "."), currency, _SIGNS[match[1]])
        except MoneyError as error:
            return Problem(field.place, error.code, f"The {kind} balance: {error.message}"), currency
        return Balance(kind, amount, day), currency

    def _entry(self, field: Field) -> Iterator[Item]:
        """Reads field 61; what it says waits in ``self.entry`` for the texts about it."""
        first, details = field.lines[0], field.lines[1:]
        match = _ENTRY.fullmatch(first.lstrip())
        if not match and details:  # a line that was broken in the middle
            match = _ENTRY.fullmatch(first + details.pop(0))
        if not match:
            message = f"The entry {tidy(first)[:60]!r} cannot be read: a date, a mark C or D, an amount are needed."
            yield Problem(field.place, "entry_unreadable", message)
            return
        if match["mark"] not in _SIGNS:
            message = f"The entry over {match['amount']} is expected only; the bank has not booked it yet."
            yield Problem(field.place, "not_booked", message)
            return
        value_date = _day(match["value"])
        date = _entry_day(match["entry"], value_date) if match["entry"] and value_date else value_date
        if not date or not value_date:
            message = f"The date {match['value'] + (match['entry'] or '')!r} of the entry does not exist."
            yield Problem(field.place, "date_unreadable", message)
            return
        try:
            amount = read_marked(match["amount"].replace(",", "."), self.currency, _SIGNS[match["mark"]])
        except MoneyError as error:
            yield Problem(field.place, error.code, error.message)
            return
        self.total = add_up((self.total, amount))
        kind, bank = (match["kind"] or "").strip(), named(match["bank"])
        texts = (match["owner"].strip(), bank, " ".join(details))
        self.entry = _Entry(field.place, date, value_date, amount, kind, *texts, [], [])

    def _line(self) -> Line:
        """The line of the entry that waits."""
        entry, self.entry = self.entry, None
        said = read_information(entry.information, owner=entry.owner, details=entry.details, old=entry.old_information)
        mark = (entry.bank, entry.date, entry.amount)
        unique = _looks_unique(entry.bank) and mark not in self.known
        if unique:
            self.known.add(mark)
        return Line(
            place=entry.place,
            date=entry.date,
            amount=entry.amount,
            description=said.description,
            counterparty=said.counterparty,
            counterparty_account=said.account,
            reference=said.reference or ("" if unique else entry.bank),
            bank_id=entry.bank if unique else "",
            kind=said.kind or entry.kind,
            value_date=entry.value_date,
        )


def _difference(statement: _Statement, stated: Decimal, expected: Decimal) -> str:
    return (
        f"Opening balance and entries of statement {statement.number or '(no number)'} come to {expected:f}, "
        f"its closing balance is {stated:f}: the file lacks entries, or has some that are not its own."
    )


def _looks_unique(reference: str) -> bool:
    """Whether a reference can name one entry among all: long, with digits, and no mere date."""
    return (
        len(reference) >= 8
        and sum(map(str.isdigit, reference)) >= 4
        and len(set(reference)) > 2
        and not _DATED.fullmatch(reference)
    )


def _day(written: str) -> datetime.date | None:
    """The day of six digits, YYMMDD; None where there is no such day. From 80 on the years are 19YY."""
    short = int(written[:2])
    return _existing(short + (1900 if short >= 80 else 2000), int(written[2:4]), int(written[4:]))


def _entry_day(written: str, value_date: datetime.date) -> datetime.date | None:
    """The day of four digits, MMDD, in the year that brings it nearest to the value date."""
    month, day = int(written[:2]), int(written[2:])
    months_later = month - value_date.month
    return _existing(value_date.year + (months_later < -6) - (months_later > 6), month, day)


def _existing(year: int, month: int, day: int) -> datetime.date | None:
    """The day, 29 and 30 February drawn to the month's end; None where there is no such day."""
    if month == 2 and day in (29, 30):
        day = calendar.monthrange(year, month)[1]
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
