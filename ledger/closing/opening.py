"""Opening balances: the books of before, brought in as one transaction and proved by a trial balance."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.accounts.models import Account
from ledger.balances.totals import NOTHING, totals
from ledger.errors import OpeningBalancesDiffer, TrialBalanceDiffers
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import Plan, refuse_obstacles, write
from ledger.journal.rating import rates_for
from ledger.journal.weighing import Weighed, sides_of, weigh
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, Refusal
from organizations.money import MoneyError, add_up, exact, read_amount
from organizations.tenants.models import Organization

MOST_LINES = 10_000
DIFFERENCE = "difference_account_id"


@dataclass(frozen=True, slots=True)
class Balance:
    """One line as written: an account by id or by code, and a debit or a credit."""

    account_id: int | None = None
    account_code: str | None = None
    debit: Any = None
    credit: Any = None
    currency_rate: Any = None
    description: str = ""


@transaction.atomic
def record_opening_balances(
    *,
    actor: Actor,
    organization: Organization,
    as_of: datetime.date,
    lines: list[Balance],
    expected: list[Balance] | None = None,
    difference_account_id: int | None = None,
    description: str = "Opening balances",
) -> Plan:
    """Post opening balances as one transaction of type ``opening``; lines of zero are left out.

    Amounts are in each account's currency. A difference goes to ``difference_account_id``, an
    account in base currency, if it is named, and is refused otherwise. With ``expected``, a
    trial balance in base currency, every account must have that balance at the end of
    ``as_of`` once this is posted, and those that it does not list must have none; the account of
    the difference need not be listed.

    Raises Invalid, OpeningBalancesDiffer, TrialBalanceDiffers, and what posting raises.
    """
    chart = _Chart(organization)
    found = chart.read(lines, "lines")
    draft = Draft(
        lines=[line for _, line in found.values()],
        type="opening",
        date=as_of,
        description=description,
    )
    with _named_as_asked([place for place, _ in found.values()]):
        rates = rates_for(organization, [draft], chart.by_id, as_of)
        weighed = weigh(draft, chart.by_id, organization, as_of, rates=rates)
        _settle(weighed, chart, organization, difference_account_id)
        if len(weighed.lines) < 2:
            raise Invalid(fields={"lines": "At least two balances that are not zero."})
        plan = Plan(weighed, True)
        refuse_obstacles(plan, organization)
    write(actor=actor, organization=organization, plans=[plan])
    if expected is not None:
        tie_out(organization, as_of, chart, expected, spare=difference_account_id)
    return plan


class _Chart:
    """The accounts of an organization, by id and by code."""

    def __init__(self, organization: Organization):
        self.by_id: dict[int, Account] = {each.pk: each for each in Account.objects.of(organization)}
        self.by_code = {each.code: each for each in self.by_id.values()}
        self.base = organization.base_currency_id

    def account(self, wish: Balance) -> Account | None:
        """The account that a line names."""
        if wish.account_id is not None:
            return self.by_id.get(wish.account_id)
        return self.by_code.get(wish.account_code)

    def read(self, wishes: list[Balance], name: str, *, in_base: bool = False) -> dict[int, tuple[int, Line]]:
        """Lines by account, each with its place; Invalid with every problem."""
        problems: dict[str, str] = {}
        found: dict[int, tuple[int, Line]] = {}
        seen: set[int] = set()
        for place, wish in enumerate(wishes):
            where = f"{name}[{place}]"
            account = self.account(wish)
            if (wish.account_id is None) == (wish.account_code is None):
                problems[where] = "Either account_id or account_code."
            elif account is None:
                problems[f"{where}.{'account_id' if wish.account_id else 'account_code'}"] = "There is no such account."
            elif account.pk in seen:
                problems[where] = f"Account {account.code} is named twice."
            else:
                seen.add(account.pk)
                line = self._line(account, wish, where, problems, self.base if in_base else account.currency_id)
                if line is not None:
                    found[account.pk] = (place, line)
        if problems:
            raise Invalid(fields=problems)
        return found

    def _line(self, account: Account, wish: Balance, where: str, problems: dict[str, str], code: str) -> Line | None:
        amounts = {}
        for side in ("debit", "credit"):
            value = getattr(wish, side)
            try:
                amounts[side] = (
                    Decimal(0) if value is None else read_amount(value, decimals=decimals_of(code), allow_zero=True)
                )
            except MoneyError as problem:
                problems[f"{where}.{side}"] = problem.message
        if len(amounts) < 2:
            return None
        if wish.debit is None and wish.credit is None:
            problems[where] = "A debit or a credit."
        if amounts["debit"] and amounts["credit"]:
            problems[where] = "A debit or a credit, not both."
        side = "debit" if amounts["debit"] else "credit"
        if not amounts[side]:
            return None
        return Line(account.pk, side, amounts[side], rate=wish.currency_rate, description=wish.description)


@contextmanager
def _named_as_asked(places: list[int]) -> Iterator[None]:
    """What is wrong with an entry is wrong with the line that it is made of, named by its place in the request.

    The entry after those of the lines is the difference.
    """
    try:
        yield
    except Refusal as refusal:
        if "fields" in refusal.details:
            fields = refusal.details["fields"]
            refusal.details["fields"] = {_as_asked(path, places): said for path, said in fields.items()}
        raise


def _as_asked(path: str, places: list[int]) -> str:
    start, _, rest = path.removeprefix("entries[").partition("]")
    if not start.isdigit():
        return "as_of" if path == "transaction_date" else path
    return f"lines[{places[int(start)]}]{rest}" if int(start) < len(places) else DIFFERENCE


def _settle(weighed: Weighed, chart: _Chart, organization: Organization, account_id: int | None) -> None:
    """Put the difference on the account that is named for it. Raises OpeningBalancesDiffer where none is."""
    base = organization.base_currency_id
    account = None
    if account_id is not None:
        account = chart.by_id.get(account_id)
        if account is None or account.currency_id != base:
            problem = "There is no such account." if account is None else f"The account is not in {base}."
            raise Invalid(fields={DIFFERENCE: problem})
    difference = exact(weighed.difference, decimals_of(base))
    if not difference or any(line.rate is None for line in weighed.lines):
        return
    if account is None:
        raise OpeningBalancesDiffer(
            details={
                "reason": "Name a difference_account_id to let the difference stand there.",
                "total_debits": weighed.total_debits,
                "total_credits": weighed.total_credits,
                "difference": difference,
            }
        )
    side = "credit" if difference > 0 else "debit"
    line = Line(account.pk, side, abs(difference), description="Difference of the opening balances")
    weighed.draft.lines.append(line)
    try:
        added = weigh(Draft([line]), chart.by_id, organization, weighed.date)
    except Invalid as refusal:
        said = [each for problems in refusal.details["fields"].values() for each in problems]
        raise Invalid(fields={DIFFERENCE: said}) from refusal
    weighed.lines += added.lines
    weighed.total_debits, weighed.total_credits = sides_of(weighed.lines, base)
    weighed.amount = max(weighed.total_debits, weighed.total_credits)


def tie_out(
    organization: Organization, as_of: datetime.date, chart: _Chart, expected: list[Balance], *, spare: int | None
) -> None:
    """Compare every account's balance with a trial balance. Raises TrialBalanceDiffers with all that differ."""
    listed = chart.read(expected, "expected_trial_balance", in_base=True)
    named = {account.pk for wish in expected if (account := chart.account(wish)) is not None}
    decimals = decimals_of(organization.base_currency_id)
    actual = totals(organization.pk, as_of=as_of)
    differing = []
    for number, account in sorted(chart.by_id.items(), key=lambda item: item[1].code):
        wanted = Decimal(0)
        if number in listed:
            line = listed[number][1]
            wanted = line.amount if line.entry_type == "debit" else -line.amount
        balance = actual.get(number, NOTHING).base_balance
        if balance == wanted or (number == spare and number not in named):
            continue
        differing.append(
            {
                "account_id": account.public_id,
                "account_code": account.code,
                "expected": exact(wanted, decimals),
                "actual": exact(balance, decimals),
                "difference": exact(add_up([balance, -wanted]), decimals),
            }
        )
    if differing:
        codes = ", ".join(each["account_code"] for each in differing[:10])
        raise TrialBalanceDiffers(
            details={"reason": f"{len(differing)} accounts differ: {codes}.", "accounts": differing}
        )
