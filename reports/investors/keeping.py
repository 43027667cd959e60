"""Taking up investors, and what they have from which day on."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.accounts.models import Account
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.money import MoneyError, add_up, plain_rate, read_amount
from organizations.tenants.models import Organization
from reports.errors import HoldingsExceedWhole, InvestorAccountTaken, InvestorHasFlows
from reports.investors.answers import investor_answer
from reports.investors.figures import flows_of
from reports.investors.models import Holding, Investor
from reports.investors.shares import standing

CREATED = event("investor.created")
UPDATED = event("investor.updated")
HOLDING_CHANGED = event("investor.holding_changed")
WHOLE = Decimal(100)
UNIT_DECIMALS, PERCENT_DECIMALS = 8, 6


@transaction.atomic
def create_investor(*, actor: Actor, organization: Organization, fields: dict[str, Any]) -> Investor:
    """Take up an investor; ``holding`` is what they begin with. Raises Invalid, InvestorAccountTaken."""
    columns = _columns(organization, fields)
    investor = Investor(organization=organization, **columns)
    investor.save()
    investor.refresh_from_db()
    if fields.get("holding"):
        _write(organization, investor, fields["holding"], "holding.")
    record(CREATED, actor=actor, organization_id=organization.pk, entity_id=investor.public_id,
           after=investor_answer(investor, organization))  # fmt: skip
    return investor


@transaction.atomic
def update_investor(*, actor: Actor, organization: Organization, investor_id: int, changes: dict[str, Any]) -> Investor:
    """Change an investor; the account only until something was put in. Raises NotFound, Invalid, InvestorAccountTaken,
    InvestorHasFlows.
    """
    investor = held(organization, investor_id)
    before = investor_answer(investor, organization)
    columns = _columns(organization, changes, but=investor.pk)
    moves = columns.get("account_id", investor.account_id) != investor.account_id
    if moves and flows_of(organization, {investor.pk: investor})[investor.pk]:
        raise InvestorHasFlows(fields={"capital_account_id": InvestorHasFlows.message})
    if columns:
        Investor.objects.of(organization).filter(pk=investor.pk).update(**columns)
    investor = investor_of(organization, investor_id)
    after = investor_answer(investor, organization)
    if after | {"updated_at": None} != before | {"updated_at": None}:
        record(UPDATED, actor=actor, organization_id=organization.pk, entity_id=investor.public_id,
               before=before, after=after)  # fmt: skip
    return investor


@transaction.atomic
def set_holding(*, actor: Actor, organization: Organization, investor_id: int, fields: dict[str, Any]) -> Investor:
    """Say what an investor has from a day on; what was said for that day is replaced.

    With neither units nor percentage the investor has nothing from then on; what is committed stays unless it is said.
    Raises NotFound, Invalid, HoldingsExceedWhole.
    """
    investor = held(organization, investor_id)
    before = investor_answer(investor, organization)
    _write(organization, investor, fields)
    record(HOLDING_CHANGED, actor=actor, organization_id=organization.pk, entity_id=investor.public_id,
           before=before, after=investor_answer(investor, organization))  # fmt: skip
    return investor


def held(organization: Organization, investor_id: int) -> Investor:
    """An investor of the organization, locked until the end. Raises NotFound."""
    found = Investor.objects.of(organization).select_for_update().filter(pk=investor_id).first()
    if found is None:
        raise NotFound()
    return found


def investor_of(organization: Organization, investor_id: int) -> Investor:
    """An investor of the organization. Raises NotFound."""
    found = Investor.objects.of(organization).filter(pk=investor_id).first()
    if found is None:
        raise NotFound()
    return found


def _columns(organization: Organization, fields: dict[str, Any], *, but: int | None = None) -> dict[str, Any]:
    columns = {name: fields[name] for name in ("email", "reference", "status", "metadata") if name in fields}
    if "name" in fields:
        columns["name"] = " ".join(fields["name"].split())
        if not columns["name"]:
            raise Invalid(fields={"name": "A name is needed."})
    if "preferred_return_rate" in fields:
        columns["preferred_return_rate"] = _number(fields, "preferred_return_rate", PERCENT_DECIMALS, at_most=WHOLE)
    if "capital_account_id" in fields:
        columns["account_id"] = _capital_account(organization, fields["capital_account_id"], but)
    return columns


def _capital_account(organization: Organization, account_id: int, but: int | None) -> int:
    account = Account.objects.of(organization).filter(pk=account_id).first()
    if account is None:
        raise Invalid(fields={"capital_account_id": "There is no such account."})
    if account.type != "equity" or account.currency_id != organization.base_currency_id:
        raise Invalid(fields={"capital_account_id": "An account of equity in base currency is needed."})
    if Investor.objects.of(organization).filter(account_id=account_id).exclude(pk=but).exists():
        raise InvestorAccountTaken(fields={"capital_account_id": InvestorAccountTaken.message})
    return account_id


def _number(fields: dict[str, Any], name: str, decimals: int, *, at_most: Decimal | None = None) -> Decimal | None:
    if fields.get(name) is None:
        return None
    try:
        number = read_amount(fields[name], decimals=decimals, allow_zero=True)
    except MoneyError as problem:
        raise Invalid(fields={name: problem.message}) from problem
    if at_most is not None and number > at_most:
        raise Invalid(fields={name: f"At most {at_most}."})
    return number


def _write(organization: Organization, investor: Investor, fields: dict[str, Any], where: str = "") -> None:
    if fields.get("units") is not None and fields.get("percentage") is not None:
        raise Invalid(fields={f"{where}units": "Either units or a percentage."})
    row = Holding(organization=organization, investor=investor, effective_date=fields["effective_date"])
    row.units = _number(fields, "units", UNIT_DECIMALS)
    row.percentage = _number(fields, "percentage", PERCENT_DECIMALS, at_most=WHOLE)
    known = list(Holding.objects.of(organization).order_by("effective_date"))
    committed = _number(fields, "commitment", decimals_of(organization.base_currency_id))
    if committed is None:
        before = standing(known, row.effective_date).get(investor.pk)
        committed = Decimal(0) if before is None else before.commitment
    row.commitment = committed
    others = [each for each in known if (each.investor_id, each.effective_date) != (investor.pk, row.effective_date)]
    _refuse_more_than_whole([*others, row], row.effective_date)
    Holding.objects.of(organization).filter(investor=investor.pk, effective_date=row.effective_date).delete()
    row.save(force_insert=True)


def _refuse_more_than_whole(rows: Sequence[Holding], since: datetime.date) -> None:
    """On no day from then on may percentages come to more than the whole."""
    now: dict[int, Decimal] = {}
    for day in sorted({row.effective_date for row in rows}):
        now |= {row.investor_id: row.percentage or Decimal(0) for row in rows if row.effective_date == day}
        whole = add_up(now.values())
        if day >= since and whole > WHOLE:
            raise HoldingsExceedWhole(details={"effective_date": day, "percentage": plain_rate(whole)})
