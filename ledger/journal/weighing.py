"""Weighing a transaction: amounts by the rules of each account's currency, and both sides in base currency.

A draft may be weighed however unfinished it is; ``obstacles`` are what posting would refuse.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from ledger import errors
from ledger.accounts.models import BALANCE_SHEET_TYPES, CLOSING_TYPES, RESULT_TYPES, Account
from ledger.journal.drafts import Draft, Line
from ledger.journal.evening import Bounds, evened
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, Refusal
from organizations.money import MoneyError, add_up, exact, plain_rate, read_amount, read_rate, to_base
from organizations.tenants.models import Organization

ONE = Decimal(1)

#: Rates into base currency that an organization knows, by currency and date, for lines that name none.
Rates = Mapping[tuple[str, datetime.date], Decimal]
NO_RATES: Rates = MappingProxyType({})


@dataclass(slots=True)
class WeighedLine:
    """A line with its account. Amounts are signed, debit positive; base amount and rate None where no rate is known.

    ``bounds`` are those of its condition on the account's balance, signed by the account's normal side.
    """

    line: Line
    account: Account
    amount: Decimal
    rate: Decimal | None
    base_amount: Decimal | None
    bounds: dict[str, Decimal] | None = None


@dataclass(slots=True)
class Weighed:
    """A draft with its accounts and totals in base currency (of the lines whose rate is known)."""

    draft: Draft
    date: datetime.date
    currency: str
    amount: Decimal
    total_debits: Decimal
    total_credits: Decimal
    lines: list[WeighedLine] = field(default_factory=list)

    @property
    def difference(self) -> Decimal:
        return add_up([self.total_debits, -self.total_credits])


def weigh(
    draft: Draft,
    accounts: dict[int, Account],
    organization: Organization,
    today: datetime.date,
    *,
    path: str = "",
    rates: Rates = NO_RATES,
) -> Weighed:
    """Read the amounts of a draft. ``accounts`` are those of the organization, by id; ``rates`` as ``rating`` has them.

    Each amount is converted for itself; only where that leaves the sides of lines in one currency at one rate apart
    by what was rounded, they are evened out. Raises AccountNotFound if an unknown account is all that is wrong, else
    Invalid with every field.
    """
    problems: dict[str, str] = {}
    missing: dict[str, str] = {}
    base = organization.base_currency_id
    lines = []
    date = draft.date or today
    for place, line in enumerate(draft.lines):
        where = f"{path}entries[{place}]"
        account = accounts.get(line.account_id)
        if account is None:
            missing[f"{where}.account_id"] = _no_account(line.account_id)
        else:
            known = rates.get((account.currency_id, date)) if rates else None
            lines.append(_weigh_line(line, account, base, known, where, problems))
    if draft.account_id is not None and draft.account_id not in accounts:
        missing[f"{path}account_id"] = _no_account(draft.account_id)
    currency = draft.currency or base
    sides = sides_of(lines, base)
    if sides[0] != sides[1] and not (problems or missing) and even_out(lines, base):
        sides = sides_of(lines, base)
    amount = _header_amount(draft, currency, lines, sides[0], base, path, problems) if not missing else None
    if problems or missing:
        if not problems:
            raise errors.AccountNotFound(fields=missing, details={"reason": next(iter(missing.values()))})
        raise Invalid(fields={**problems, **missing})
    return Weighed(draft, date, currency, amount, *sides, lines)


def _no_account(number: int) -> str:
    return f"Account {ids.encode('ACT', number)} does not exist"


def _weigh_line(
    line: Line, account: Account, base: str, known: Decimal | None, where: str, problems: dict[str, str]
) -> WeighedLine:
    code = account.currency_id
    amount, rate, base_amount = Decimal(0), None, None
    if line.currency is not None and line.currency != code:
        problems[f"{where}.currency_id"] = f"The account is in {code}."
    try:
        amount = read_amount(line.amount, decimals=decimals_of(code))
    except MoneyError as problem:
        problems[f"{where}.amount"] = problem.message
    try:
        # An entry in base currency always has rate 1; a rate given on it says nothing.
        rate = ONE if code == base else (known if line.rate is None else read_rate(line.rate))
        if rate is not None:
            base_amount = amount if code == base else to_base(amount, rate, decimals_of(base))
            if amount and not base_amount:
                problems[f"{where}.currency_rate"] = "At this rate the amount is nothing in base currency."
    except MoneyError as problem:
        problems[f"{where}.currency_rate"] = problem.message
    bounds = None if line.condition is None else _bounds(line.condition, code, where, problems)
    sign = 1 if line.entry_type == "debit" else -1
    return WeighedLine(line, account, amount * sign, rate, None if base_amount is None else base_amount * sign, bounds)


def _bounds(condition: dict, currency: str, where: str, problems: dict[str, str]) -> dict[str, Decimal]:
    bounds = {}
    for name, written in condition.items():
        try:
            bounds[name] = read_amount(written, decimals=decimals_of(currency), allow_zero=True, signed=True)
        except MoneyError as problem:
            problems[f"{where}.balance_condition.{name}"] = problem.message
    if "gte" in bounds and "lte" in bounds and bounds["gte"] > bounds["lte"]:
        problems[f"{where}.balance_condition"] = "No balance is at least gte and at most lte."
    return bounds


def sides_of(lines: list[WeighedLine], base: str) -> tuple[Decimal, Decimal]:
    """Debits and credits in base currency, both positive, of the lines whose rate is known."""
    known = [line.base_amount for line in lines if line.base_amount is not None]
    decimals = decimals_of(base)
    debits = exact(add_up(amount for amount in known if amount > 0), decimals)
    return debits, exact(abs(add_up(amount for amount in known if amount < 0)), decimals)


def even_out(lines: list[WeighedLine], base: str, bounds: list[Bounds] | None = None) -> bool:
    """Let lines that balance in their one currency, at one rate, balance in base currency too; whether they do now.

    Others stay as they are. ``bounds`` of their base amounts are as ``evened`` reads them.
    """
    kinds = {(line.account.currency_id, line.rate) for line in lines}
    if len(kinds) != 1 or add_up(line.amount for line in lines):
        return False
    ((currency, rate),) = kinds
    if currency == base or rate is None:
        return False
    found = evened([line.amount for line in lines], rate, decimals_of(base), bounds)
    for line, base_amount in zip(lines, found or (), strict=False):
        line.base_amount = base_amount
    return found is not None


def larger_side(lines: list[WeighedLine], currency: str) -> Decimal:
    """Debits or credits of the lines in one currency, whichever are more; positive."""
    own = [line.amount for line in lines if line.account.currency_id == currency]
    debits, credits = add_up(amount for amount in own if amount > 0), add_up(amount for amount in own if amount < 0)
    return exact(max(debits, abs(credits)), decimals_of(currency))


def _header_amount(draft, currency, lines, debits, base, path, problems) -> Decimal | None:
    """What the transaction is about, in its own currency: as given, or else its larger side; 0 as long as that needs
    a rate that nobody knows."""
    if draft.amount is None:
        if currency == base and any(line.rate is None for line in lines):
            return exact(Decimal(0), decimals_of(base))
        return debits if currency == base else larger_side(lines, currency)
    try:
        return read_amount(draft.amount, decimals=decimals_of(currency))
    except MoneyError as problem:
        problems[f"{path}amount"] = problem.message
        return None


def obstacles(
    weighed: Weighed, organization: Organization, *, path: str = "", reversing: bool = False, settling: bool = False
) -> list[Refusal]:
    """What posting would refuse, in the order in which it is checked; empty if it may be posted.

    A reversal passes the rule of its type and needs no contact: it undoes what had to follow them. ``settling`` a year,
    or undoing that, reaches suspended accounts of revenue and expense.
    """
    found: list[Refusal] = []
    no_rate = {
        f"{path}entries[{place}].currency_rate": f"A rate from {line.account.currency_id} is needed."
        for place, line in enumerate(weighed.lines)
        if line.rate is None
    }
    if no_rate:
        reason = "An exchange rate is missing."
        found.append(errors.ExchangeRateMissing(details={"reason": reason}, fields=no_rate))
    if not no_rate and not _balances(weighed):
        found.append(_out_of_balance(weighed, organization.base_currency_id))
    inactive = {
        f"{path}entries[{place}].account_id": f"Account {line.account.code} is {line.account.status}."
        for place, line in enumerate(weighed.lines)
        if line.account.status != "active" and not (settling and can_be_settled(line.account))
    }
    if inactive:
        found.append(errors.AccountInactive(fields=inactive))
    if not reversing and organization.require_contact_on_control_accounts and weighed.draft.contact_id is None:
        control = [line.account.code for line in weighed.lines if line.account.role in ("receivable", "payable")]
        if control:
            reason = f"An entry on account {control[0]} needs a contact."
            found.append(errors.ContactRequired(details={"reason": reason}, fields={f"{path}contact_id": reason}))
    rule = None if reversing else broken_type_rule(weighed)
    if rule is not None:
        found.append(errors.TypeRuleBroken(details={"reason": rule}, fields={f"{path}type": rule}))
    closed = organization.books_closed_through
    if closed is not None and weighed.date <= closed:
        reason = f"The books are closed through {closed}."
        found.append(
            errors.BooksClosed(
                details={"reason": reason, "books_closed_through": closed}, fields={f"{path}transaction_date": reason}
            )
        )
    return found


def can_be_settled(account: Account) -> bool:
    """Whether closing a year may bring an account of revenue or expense to zero: it may be suspended, not archived."""
    return account.type in RESULT_TYPES and account.status in ("active", "suspended")


def _balances(weighed: Weighed) -> bool:
    if weighed.difference:
        return False
    currencies = {line.account.currency_id for line in weighed.lines}
    return len(currencies) > 1 or not add_up(line.amount for line in weighed.lines)


def _out_of_balance(weighed: Weighed, base: str) -> Refusal:
    """Sides that differ; or, of what was computed, amounts of one foreign currency against which nothing stands,
    because they are nothing in base currency."""
    if not weighed.difference and not weighed.total_debits:
        line = weighed.lines[0]
        code = line.account.currency_id
        reason = f"{line.line.amount} {code} is nothing in {base} at the rate {plain_rate(line.rate)}: take a larger "
        reason += f"amount or another rate, or an account in {code} for the other side."
        return errors.NothingInBase(details={"reason": reason})
    sides = {"total_debits": weighed.total_debits, "total_credits": weighed.total_credits}
    return errors.TransactionDoesNotBalance(
        details=sides | {"difference": exact(weighed.difference, decimals_of(base))}
    )


def broken_type_rule(weighed: Weighed) -> str | None:
    """The rule of the transaction's type that it breaks, in words; None if it follows it."""
    sides = {(line.account.type, line.line.entry_type) for line in weighed.lines}
    match weighed.draft.type:
        case "income" if ("revenue", "credit") not in sides:
            return "An income transaction credits a revenue account."
        case "expense" if ("expense", "debit") not in sides:
            return "An expense transaction debits an expense account."
        case "transfer" if not {kind for kind, _ in sides} <= BALANCE_SHEET_TYPES:
            return "A transfer touches only asset, liability and equity accounts."
        case "depreciation" if not {("expense", "debit"), ("asset", "credit")} <= sides:
            return "A depreciation debits an expense account and credits an asset account."
        case "opening" if not {kind for kind, _ in sides} & BALANCE_SHEET_TYPES:
            return "Opening balances touch an asset, liability or equity account."
        case "closing" if not {kind for kind, _ in sides} <= CLOSING_TYPES:
            return "A closing touches only revenue, expense and equity accounts."
    return None
