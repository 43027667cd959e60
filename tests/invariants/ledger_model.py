"""The books in plain dicts: what an accountant would keep on paper, for the state machine to compare with.

Nothing here is clever. A balance is the sum of all entries up to a day; a roll-up is the sum of the accounts below.
"""

import datetime
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

BASE = "USD"
UNITS = {"USD": Decimal("0.01"), "EUR": Decimal("0.01"), "JPY": Decimal("1")}
DEBIT_TYPES = ("asset", "expense")
BALANCE_SHEET = ("asset", "liability", "equity")


@dataclass(slots=True)
class ModelAccount:
    type: str
    currency: str
    parent: str | None = None
    status: str = "active"


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A line with a positive amount in the account's currency; ``rate`` None where nobody gave one.

    ``worth`` is the amount in base currency where it does not follow from the rate, as in a closing.
    """

    code: str
    side: str
    amount: Decimal
    rate: Decimal | None = None
    worth: Decimal | None = None

    def signed(self) -> Decimal:
        return self.amount if self.side == "debit" else -self.amount

    def mirrored(self, amount: Decimal | None = None) -> "ModelLine":
        """The line on the other side, of all or of some of its amount."""
        other = "credit" if self.side == "debit" else "debit"
        return replace(self, side=other, amount=self.amount if amount is None else amount)


@dataclass(slots=True)
class ModelTransaction:
    lines: list[ModelLine]
    type: str
    date: datetime.date
    status: str = "pending"
    original: int | None = None
    #: Of a reversal: the place of the line of its original that each of its lines undoes; None for all, in order.
    takes: tuple[int, ...] | None = None


@dataclass(slots=True)
class Figures:
    """What was posted to an account: debits and credits, in its currency and in base currency."""

    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    base_debit: Decimal = Decimal(0)
    base_credit: Decimal = Decimal(0)
    entries: int = 0


@dataclass(frozen=True, slots=True)
class ModelClosing:
    """A calendar year that is closed: what closed it, and how far the books were closed before."""

    year: int
    transactions: tuple[int, ...]
    closed_before: datetime.date | None

    @property
    def starts_on(self) -> datetime.date:
        return datetime.date(self.year, 1, 1)

    @property
    def ends_on(self) -> datetime.date:
        return datetime.date(self.year, 12, 31)


@dataclass(slots=True)
class Model:
    accounts: dict[str, ModelAccount] = field(default_factory=dict)
    transactions: dict[int, ModelTransaction] = field(default_factory=dict)
    closed: datetime.date | None = None
    closings: dict[int, ModelClosing] = field(default_factory=dict)
    reopenings: set[int] = field(default_factory=set)

    def base(self, line: ModelLine) -> Decimal:
        """The line's signed amount in base currency, rounded half away from zero."""
        if self.accounts[line.code].currency == BASE:
            return line.signed()
        worth = line.worth
        if worth is None:
            worth = (line.amount * line.rate).quantize(UNITS[BASE], rounding=ROUND_HALF_UP)
        return worth if line.side == "debit" else -worth

    # -- What must be refused -----------------------------------------------------------------------

    def obstacle(self, transaction: ModelTransaction) -> str | None:
        """The code of what stands in the way of posting; None if nothing does."""
        if transaction.original is not None and (refusal := self.irreversible(transaction.original)):
            return refusal
        if transaction.takes is not None:
            left = self.left(transaction.original)
            if any(line.amount > left[place] for line, place in zip(transaction.lines, transaction.takes, strict=True)):
                return "reversal_exceeds_remaining"
        if transaction.original is not None and self.too_early(transaction.original, transaction.date):
            return "reversal_before_original"
        held = [self.accounts[line.code] for line in transaction.lines]
        pairs = list(zip(transaction.lines, held, strict=True))
        if any(line.rate is None for line, account in pairs if account.currency != BASE):
            return "exchange_rate_missing"
        one_currency = len({account.currency for account in held}) == 1
        if sum(map(self.base, transaction.lines)) or (
            one_currency and sum(line.signed() for line in transaction.lines)
        ):
            return "transaction_does_not_balance"
        if any(account.status != "active" for account in held):
            return "account_inactive"
        if transaction.original is None and self.breaks_its_type(transaction):
            return "transaction_type_rule"
        if self.closed is not None and transaction.date <= self.closed:
            return "books_closed"
        closed_by = any(transaction.original in each.transactions for each in self.closings.values())
        if closed_by or transaction.original in self.reopenings:
            return "closing_transaction_stands"
        return None

    def unclosable(self, year: int, taker: str) -> str | None:
        """The code of why a calendar year cannot be closed into an account; None if it can."""
        if year in self.closings:
            return "fiscal_year_already_closed"
        if any(later > year for later in self.closings):
            return "fiscal_year_order"
        unsettled = self.unsettled(datetime.date(year, 12, 31))
        idle = any(self.unreachable(code) for code in (*unsettled, taker))
        return "fiscal_year_not_ready" if idle or self.unsettled(datetime.date(year - 1, 12, 31)) else None

    def unopenable(self, year: int) -> str | None:
        """The code of why a year cannot be reopened; None if it can."""
        if year not in self.closings:
            return "fiscal_year_not_closed"
        if max(self.closings) != year:
            return "fiscal_year_order"
        lines = [line for number in self.closings[year].transactions for line in self.transactions[number].lines]
        return "account_inactive" if any(self.unreachable(line.code) for line in lines) else None

    def unreachable(self, code: str) -> bool:
        """Whether closing and reopening a year cannot post to an account: revenue and expense may be suspended."""
        held = self.accounts[code]
        return held.status != "active" and not (held.status == "suspended" and held.type not in BALANCE_SHEET)

    def unsettled(self, as_of: datetime.date) -> list[str]:
        """Revenue and expense accounts with a balance, in their own or in base currency."""
        return [
            code
            for code, held in self.figures(as_of).items()
            if self.accounts[code].type not in BALANCE_SHEET
            and (held.debit != held.credit or held.base_debit != held.base_credit)
        ]

    def irreversible(self, number: int) -> str | None:
        """The code of why a transaction cannot be reversed; None if it can."""
        meant = self.transactions[number]
        if meant.status != "posted":
            return "transaction_not_posted"
        if meant.original is not None and self.transactions[meant.original].original is not None:
            return "reversal_too_deep"
        return "transaction_already_reversed" if self.reversed(number) else None

    def too_early(self, number: int, date: datetime.date) -> bool:
        """Whether a reversal of that day would undo a transaction before it happened."""
        return date < self.transactions[number].date

    def breaks_its_type(self, transaction: ModelTransaction) -> bool:
        sides = {(self.accounts[line.code].type, line.side) for line in transaction.lines}
        if transaction.type == "income":
            return ("revenue", "credit") not in sides
        if transaction.type == "expense":
            return ("expense", "debit") not in sides
        return transaction.type == "transfer" and any(kind not in BALANCE_SHEET for kind, _ in sides)

    def left(self, number: int) -> list[Decimal]:
        """What is left of each line; what reverses it may be undone itself, and then gives back."""
        lines = self.transactions[number].lines
        left = [line.amount for line in lines]
        for key, each in self.transactions.items():
            if each.original == number and each.status == "posted":
                for place, taken in zip(each.takes or range(len(lines)), self.left(key), strict=True):
                    left[place] -= taken
        return left

    def reversed(self, number: int) -> bool:
        """Whether nothing is left of a posted transaction."""
        return self.transactions[number].status == "posted" and not any(self.left(number))

    def below(self, code: str | None, ancestor: str) -> bool:
        """Whether an account is another or stands below it."""
        while code is not None and code != ancestor:
            code = self.accounts[code].parent
        return code is not None

    # -- What the books say -------------------------------------------------------------------------

    def figures(self, as_of: datetime.date | None = None) -> dict[str, Figures]:
        """The figures of every account with entries, now or at the end of a day."""
        found: dict[str, Figures] = {}
        for transaction in self.transactions.values():
            if transaction.status != "posted" or (as_of is not None and transaction.date > as_of):
                continue
            for line in transaction.lines:
                held, worth = found.setdefault(line.code, Figures()), abs(self.base(line))
                held.entries += 1
                if line.side == "debit":
                    held.debit += line.amount
                    held.base_debit += worth
                else:
                    held.credit += line.amount
                    held.base_credit += worth
        return found

    def base_balances(self, as_of: datetime.date | None = None) -> dict[str, Decimal]:
        """Every account's own balance in base currency, debit positive."""
        found = self.figures(as_of)
        nothing = Figures()
        return {
            code: found.get(code, nothing).base_debit - found.get(code, nothing).base_credit for code in self.accounts
        }

    def roll_ups(self, as_of: datetime.date | None = None) -> dict[str, Decimal]:
        """Every account's balance with all that stands below it."""
        own = self.base_balances(as_of)
        return {
            code: sum((own[each] for each in self.accounts if self.below(each, code)), Decimal(0))
            for code in self.accounts
        }
