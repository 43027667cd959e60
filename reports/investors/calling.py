"""Capital calls and distributions: money that investors put in and that is given back, posted to their accounts."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.accounts.models import Account
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import Plan, create_transaction
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.money import MoneyError, add_up, allocate, exact, read_amount
from organizations.tenants.models import Organization
from reports.errors import CommitmentExceeded, NothingToShareBy
from reports.investors.figures import flows_of
from reports.investors.models import Holding, Investor
from reports.investors.shares import NOBODY, share_out, standing

#: What is posted: its title, and the side of the capital account.
KINDS = {"capital_call": ("Capital call", "credit"), "distribution": ("Distribution", "debit")}


@dataclass(frozen=True, slots=True)
class Wish:
    """``amount`` is shared out, unless ``allocations`` name (investor, amount); ``account_id`` is that of the money."""

    account_id: int
    amount: Any = None
    allocations: Sequence[tuple[int, Any]] = ()
    date: datetime.date | None = None
    description: str = ""
    reference: str = ""
    external_id: str | None = None
    metadata: dict[str, str] | None = None


@transaction.atomic
def post_capital(
    *, actor: Actor, organization: Organization, kind: str, wish: Wish
) -> tuple[Plan, list[tuple[Investor, Decimal]]]:
    """Post a capital call or a distribution to all investors who take part, in one transaction.

    A call is shared by what is committed and not called yet, where anybody has committed; otherwise, and every
    distribution, by shares. Raises Invalid, NothingToShareBy, CommitmentExceeded, and what posting raises.
    """
    title, side = KINDS[kind]
    day = wish.date or clock.today(organization.time_zone)
    investors = {each.pk: each for each in Investor.objects.of(organization).select_for_update().order_by("pk")}
    account = _place_of_money(organization, investors, wish)
    holdings = list(Holding.objects.of(organization))
    parts = _named(organization, investors, wish) if wish.allocations else _shared(
        organization, investors, holdings, kind, wish, day)  # fmt: skip
    if kind == "capital_call":
        _refuse_beyond_commitments(organization, investors, holdings, parts, day)
    other = "debit" if side == "credit" else "credit"
    lines = [Line(account.pk, other, add_up(parts.values()), currency=organization.base_currency_id)]
    lines += [Line(investors[number].account_id, side, amount, description=investors[number].name)
              for number, amount in parts.items()]  # fmt: skip
    draft = Draft(
        lines=lines, date=day, description=wish.description or title, reference_number=wish.reference,
        external_id=wish.external_id, metadata={**(wish.metadata or {}), "capital": kind},
    )  # fmt: skip
    plan = create_transaction(actor=actor, organization=organization, draft=draft, auto_post=True)
    return plan, [(investors[number], amount) for number, amount in parts.items()]


def _place_of_money(organization: Organization, investors: dict[int, Investor], wish: Wish) -> Account:
    account = Account.objects.of(organization).filter(pk=wish.account_id).first()
    if account is None:
        raise Invalid(fields={"account_id": "There is no such account."})
    if account.type != "asset" or account.pk in {each.account_id for each in investors.values()}:
        raise Invalid(fields={"account_id": "An account of assets is needed: where the money arrives or leaves."})
    return account


def _named(organization: Organization, investors: dict[int, Investor], wish: Wish) -> dict[int, Decimal]:
    problems, parts = {}, {}
    for place, (number, amount) in enumerate(wish.allocations):
        if number not in investors or investors[number].status != "active":
            problems[f"allocations[{place}].investor_id"] = "There is no such active investor."
        elif number in parts:
            problems[f"allocations[{place}].investor_id"] = "Named twice."
        try:
            parts[number] = read_amount(amount, decimals=decimals_of(organization.base_currency_id))
        except MoneyError as problem:
            problems[f"allocations[{place}].amount"] = problem.message
    if problems:
        raise Invalid(fields=problems)
    return parts


def _shared(
    organization: Organization, investors: dict[int, Investor], holdings: list[Holding], kind: str, wish: Wish,
    day: datetime.date,
) -> dict[int, Decimal]:  # fmt: skip
    decimals = decimals_of(organization.base_currency_id)
    try:
        amount = read_amount(wish.amount, decimals=decimals)
    except MoneyError as problem:
        raise Invalid(fields={"amount": problem.message}) from problem
    uncalled = _uncalled(organization, investors, holdings, day) if kind == "capital_call" else {}
    if any(uncalled.values()):
        numbers = [number for number, left in uncalled.items() if left > 0]
        parts = dict(zip(numbers, allocate(amount, [uncalled[number] for number in numbers], decimals), strict=True))
    else:
        active = [row for row in holdings if investors[row.investor_id].status == "active"]
        parts = share_out(amount, active, day, decimals)
    if parts.get(NOBODY):
        raise NothingToShareBy(details={"date": day, "amount": parts[NOBODY]})
    return {number: part for number, part in parts.items() if part}


def _uncalled(
    organization: Organization, investors: dict[int, Investor], holdings: list[Holding], day: datetime.date
) -> dict[int, Decimal]:
    """What each has committed and not put in yet."""
    committed = {number: row.commitment for number, row in standing(holdings, day).items() if row.commitment}
    flows = flows_of(organization, {number: investors[number] for number in committed})
    called = {
        number: add_up(flow.amount for flow in own if flow.kind == "contribution") for number, own in flows.items()
    }
    decimals = decimals_of(organization.base_currency_id)
    return {number: exact(max(Decimal(0), whole - called[number]), decimals) for number, whole in committed.items()}


def _refuse_beyond_commitments(organization, investors, holdings, parts: dict[int, Decimal], day) -> None:
    left = _uncalled(organization, investors, holdings, day)
    beyond = {number: amount for number, amount in parts.items() if number in left and amount > left[number]}
    if beyond:
        number = next(iter(beyond))
        raise CommitmentExceeded(
            details={"investor_id": investors[number].public_id, "uncalled": left[number], "amount": beyond[number]}
        )
