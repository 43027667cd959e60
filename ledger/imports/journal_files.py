"""Journals and charts of accounts in CSV form, read whole and checked row by row.

The journal has one row per entry. Rows with one value of ``transaction`` are one
transaction; they stand together, and the value is unique in the file. Columns:
``transaction,date,description,reference,account_code,debit,credit,currency`` and, where
wanted, ``currency_rate,memo,contact,type``. The accounts file has
``code,name,type,parent_code,currency``; a parent may stand after its child.

Every function here returns what it read and a list of all problems, in line order.
What was read is for use only if there are none.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.accounts.numbering import ACCOUNT_TYPES, valid_code
from ledger.imports.csv_tables import Problem, Row, Table
from ledger.journal.drafts import TYPES
from organizations.clock import FIRST_DAY, LAST_DAY
from organizations.money import MoneyError, add_up, read_amount, read_rate

JOURNAL_COLUMNS = ("transaction", "date", "description", "reference", "account_code", "debit", "credit", "currency")
JOURNAL_EXTRAS = ("currency_rate", "memo", "contact", "type")
ACCOUNT_COLUMNS = ("code", "name", "type", "parent_code", "currency")

# The most characters of a text, by column.
LONGEST = {"transaction": 255, "description": 2000, "reference": 100, "memo": 2000, "contact": 200, "name": 200}

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

DecimalsOf = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One row: a positive amount in ``currency`` on one side (``debit`` or ``credit``) of an account."""

    line: int
    account_code: str
    entry_type: str
    amount: Decimal
    currency: str
    currency_rate: Decimal | None
    reference: str
    memo: str

    @property
    def signed_amount(self) -> Decimal:
        """The amount with its sign: debit +, credit −."""
        return self.amount if self.entry_type == "debit" else -self.amount


@dataclass(frozen=True, slots=True)
class JournalTransaction:
    """One transaction of the file; ``external_id`` is its value in the column ``transaction``."""

    line: int
    external_id: str
    date: datetime.date
    description: str
    reference: str
    type: str
    contact: str
    entries: tuple[JournalEntry, ...]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account to open; ``parent_code`` is "" at the top of the tree."""

    line: int
    code: str
    name: str
    type: str
    parent_code: str
    currency: str


def read_journal(
    data: bytes, *, decimals_of: DecimalsOf, max_lines: int = 1_000_000
) -> tuple[list[JournalTransaction], list[Problem]]:
    """The transactions of a journal file and everything that is wrong with it.

    ``decimals_of`` gives the minor unit of a currency code, None for an unknown one.
    Whether accounts exist, are active, and whether amounts in several currencies balance
    in base currency, only posting can tell.
    """
    table = Table(data, JOURNAL_COLUMNS, JOURNAL_EXTRAS, max_lines)
    return _JournalReader(table, decimals_of).read(), sorted(table.problems)


def read_accounts(
    data: bytes, *, decimals_of: DecimalsOf, max_lines: int = 100_000
) -> tuple[list[AccountRow], list[Problem]]:
    """The accounts of a chart file and everything that is wrong with it.

    A parent that is not in the file may exist already, so it is not looked for here.
    """
    table = Table(data, ACCOUNT_COLUMNS, max_lines=max_lines)
    cells = _Cells(table, decimals_of)
    accounts: dict[str, AccountRow] = {}
    for row in table.rows():
        if row.torn:
            continue
        code = cells.account_code(row, "code")
        parent_code = cells.account_code(row, "parent_code") if row["parent_code"] else ""
        type = cells.choice(row, "type", ACCOUNT_TYPES)
        account = AccountRow(
            row.line, code, cells.text(row, "name", needed=True), type, parent_code, cells.currency(row)[0]
        )
        if code in accounts:
            message = f"The code {code!r} is already used on line {accounts[code].line}."
            table.report(row.line, "code", "code_twice", message)
        elif code:
            accounts[code] = account
    _check_parents(accounts, table)
    return list(accounts.values()), sorted(table.problems)


def _check_parents(accounts: dict[str, AccountRow], table: Table) -> None:
    """A parent has its child's type, and no account is its own ancestor."""
    seen: set[str] = set()
    for account in accounts.values():
        parent = accounts.get(account.parent_code)
        if parent and parent.type and account.type and parent.type != account.type:
            message = f"The parent {parent.code!r} is of type {parent.type}, the account of type {account.type}."
            table.report(account.line, "parent_code", "parent_of_other_type", message)
        path: set[str] = set()
        above: AccountRow | None = account
        while above and above.code not in seen:
            seen.add(above.code)
            path.add(above.code)
            above = accounts.get(above.parent_code)
        if above and above.code in path:
            message = f"The account {above.code!r} is its own parent, or below itself."
            table.report(above.line, "parent_code", "parent_circular", message)


class _Cells:
    """Reads one cell at a time; what is wrong with it becomes a problem and an empty value."""

    def __init__(self, table: Table, decimals_of: DecimalsOf):
        self.table = table
        self.decimals_of = decimals_of
        self.known: dict[str, int | None] = {}

    def text(self, row: Row, column: str, *, needed: bool = False) -> str:
        text = row[column]
        if needed and not text:
            self.table.report(row.line, column, f"{column}_missing", f"The {column} is missing.")
        if len(text) > LONGEST[column]:
            message = f"The {column} is longer than {LONGEST[column]} characters."
            self.table.report(row.line, column, "text_too_long", message)
        return text

    def account_code(self, row: Row, column: str) -> str:
        code = row[column]
        if valid_code(code):
            return code
        message = f"{code!r} is no account code: 1 to 32 of the characters A-Z a-z 0-9 . - _ /"
        self.table.report(row.line, column, "code_invalid", message)
        return ""

    def choice(self, row: Row, column: str, choices: tuple[str, ...]) -> str:
        chosen = row[column].lower()
        if chosen in choices:
            return chosen
        message = f"{row[column]!r} is none of: {', '.join(choices)}."
        self.table.report(row.line, column, f"{column}_unknown", message)
        return ""

    def date(self, row: Row) -> datetime.date | None:
        try:
            day = datetime.date.fromisoformat(row["date"]) if _DATE.fullmatch(row["date"]) else None
        except ValueError:
            day = None
        if day is None:
            self.table.report(row.line, "date", "date_invalid", f"{row['date']!r} is no date of the form YYYY-MM-DD.")
        elif not FIRST_DAY <= day <= LAST_DAY:
            self.table.report(row.line, "date", "date_out_of_range", f"{day} is not between 1900 and 2200.")
        return day

    def currency(self, row: Row) -> tuple[str, int | None]:
        """The currency's code and its number of decimals; ("", None) where it is unknown."""
        code = row["currency"].upper()
        if code not in self.known:
            self.known[code] = self.decimals_of(code) if code else None
        decimals = self.known[code]
        if decimals is None:
            message = f"{row['currency']!r} is no currency code of ISO 4217."
            self.table.report(row.line, "currency", "currency_unknown", message)
            return "", None
        return code, decimals

    def rate(self, row: Row) -> Decimal | None:
        try:
            return read_rate(row["currency_rate"]) if row["currency_rate"] else None
        except MoneyError as error:
            self.table.report(row.line, "currency_rate", error.code, error.message)
            return None

    def amount(self, row: Row, decimals: int | None) -> tuple[str, Decimal | None]:
        """The side and the amount: exactly one of the columns debit and credit is filled."""
        sides = [side for side in ("debit", "credit") if row[side]]
        if len(sides) != 1:
            code, found = ("debit_and_credit", "Both are") if sides else ("amount_missing", "Neither is")
            message = f"{found} filled; a row has either a debit or a credit."
            self.table.report(row.line, "debit", code, message)
        amount = None
        for side in sides:
            try:
                # Without a known currency the number can still be looked at.
                amount = read_amount(row[side], decimals=8 if decimals is None else decimals)
            except MoneyError as error:
                self.table.report(row.line, side, error.code, error.message)
        if len(sides) == 1 and decimals is not None and amount is not None:
            return sides[0], amount
        return "", None


@dataclass(slots=True)
class _Group:
    """The rows of one transaction so far. ``torn``: a row that may be its own could not be read."""

    line: int
    date: datetime.date | None = None
    texts: dict[str, str] = field(default_factory=dict)
    entries: list[JournalEntry] = field(default_factory=list)
    rows: int = 0
    torn: bool = False


class _JournalReader:
    """Gathers rows into transactions, then looks at each transaction as a whole."""

    def __init__(self, table: Table, decimals_of: DecimalsOf):
        self.table = table
        self.cells = _Cells(table, decimals_of)
        self.groups: dict[str, _Group] = {}

    def read(self) -> list[JournalTransaction]:
        current, torn = None, False
        for row in self.table.rows():
            group = None if row.torn else self._group(row, current)
            if group:
                current, group.torn, torn = group, group.torn or torn, False
                continue
            # The row may belong to the transaction before it or after it, so both stay unjudged.
            torn = True
            if current:
                current.torn = True
        if current and self.table.cut_off:
            current.torn = True
        closed = [self._close(key, group) for key, group in self.groups.items()]
        return [transaction for transaction in closed if transaction]

    def _group(self, row: Row, current: _Group | None) -> _Group | None:
        """The row's transaction with the row in it; None where the row does not say which."""
        key = self.cells.text(row, "transaction", needed=True)
        group = self.groups.setdefault(key, _Group(row.line)) if key else _Group(row.line)
        if group.rows and group is not current:
            message = f"Transaction {key!r} began on line {group.line}; its rows must stand together."
            self.table.report(row.line, "transaction", "transaction_apart", message)
        group.rows += 1
        self._read_head(row, key, group)
        entry = self._entry(row)
        if entry:
            group.entries.append(entry)
        return group if key else None

    def _read_head(self, row: Row, key: str, group: _Group) -> None:
        """What the rows of a transaction say in common: its date, description, contact and type."""
        date = self.cells.date(row)
        if date and group.date and date != group.date:
            message = f"Transaction {key!r} has the date {group.date} on an earlier row."
            self.table.report(row.line, "date", "date_differs", message)
        group.date = group.date or date
        said = {column: self.cells.text(row, column) for column in ("description", "contact")}
        said["type"] = self.cells.choice(row, "type", TYPES) if row["type"] else ""
        for column, text in said.items():
            # An empty cell says nothing: the transaction takes what its other rows say.
            if text and group.texts.setdefault(column, text) != text:
                message = f"Transaction {key!r} has another {column} on an earlier row."
                self.table.report(row.line, column, f"{column}_differs", message)

    def _entry(self, row: Row) -> JournalEntry | None:
        """The entry of a row, or None where its amount cannot be told."""
        account_code = self.cells.account_code(row, "account_code")
        currency, decimals = self.cells.currency(row)
        side, amount = self.cells.amount(row, decimals)
        rate = self.cells.rate(row)
        reference, memo = self.cells.text(row, "reference"), self.cells.text(row, "memo")
        if amount is None:
            return None
        return JournalEntry(row.line, account_code, side, amount, currency, rate, reference, memo)

    def _close(self, key: str, group: _Group) -> JournalTransaction | None:
        """A transaction has two entries or more, and balances. The rest is for posting to judge."""
        if not group.torn:
            if group.rows < 2:
                message = f"Transaction {key!r} has one entry; it takes at least two."
                self.table.report(group.line, "transaction", "too_few_entries", message)
            elif group.rows == len(group.entries):
                self._check_balance(key, group)
        if group.date is None:
            return None
        return JournalTransaction(
            line=group.line,
            external_id=key,
            date=group.date,
            description=group.texts.get("description", ""),
            reference=next((entry.reference for entry in group.entries if entry.reference), ""),
            type=group.texts.get("type", "journal"),
            contact=group.texts.get("contact", ""),
            entries=tuple(group.entries),
        )

    def _check_balance(self, key: str, group: _Group) -> None:
        """In one currency, debits equal credits to the last digit."""
        if len({entry.currency for entry in group.entries}) > 1:
            return
        debits = add_up(entry.amount for entry in group.entries if entry.entry_type == "debit")
        credits = add_up(entry.amount for entry in group.entries if entry.entry_type == "credit")
        if debits != credits:
            message = f"Transaction {key!r} does not balance: debits {debits}, credits {credits}."
            self.table.report(group.line, "", "transaction_does_not_balance", message)
