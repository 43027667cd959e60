"""Making, changing and deleting budgets."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction

from ledger.accounts.models import RESULT_TYPES, Account
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.money import MoneyError, read_amount
from organizations.rows import insert_rows
from organizations.tenants.models import Organization
from reports.budgets.answers import budget_answer
from reports.budgets.models import Budget, BudgetLine
from reports.errors import BudgetNameTaken

CREATED = event("budget.created")
UPDATED = event("budget.updated")
DELETED = event("budget.deleted")
MOST_LINES = 24_000
MOST_MONTHS = 120
NO_ACCOUNT = "There is no such account of revenue or expenses."


@transaction.atomic
def create_budget(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    start_date: datetime.date,
    end_date: datetime.date,
    lines: Iterable[Mapping[str, Any]] = (),
    metadata: dict[str, str] | None = None,
) -> Budget:
    """Make a budget. Raises Invalid, BudgetNameTaken."""
    problems = {}
    if start_date.day != 1:
        problems["start_date"] = "The first day of a month."
    if (end_date + datetime.timedelta(days=1)).day != 1:
        problems["end_date"] = "The last day of a month."
    elif end_date < start_date:
        problems["end_date"] = "Lies before start_date."
    elif end_date > start_date + relativedelta(months=MOST_MONTHS):
        problems["end_date"] = f"At most {MOST_MONTHS} months."
    if problems:
        raise Invalid(fields=problems)
    budget = Budget(
        organization=organization, name=_named(organization, name), starts_on=start_date, ends_on=end_date,
        metadata=metadata or {},
    )  # fmt: skip
    budget.save()
    budget.refresh_from_db()
    set_lines(budget, lines)
    record(CREATED, actor=actor, organization_id=organization.pk, entity_id=budget.public_id,
           after=budget_answer(budget))  # fmt: skip
    return budget


@transaction.atomic
def update_budget(*, actor: Actor, organization: Organization, budget_id: int, changes: dict[str, Any]) -> Budget:
    """Change a budget; ``lines`` take the place of all that it had. Raises NotFound, Invalid, BudgetNameTaken."""
    budget = held(organization, budget_id)
    before = budget_answer(budget)
    columns = {name: value for name, value in changes.items() if name != "lines"}
    if "name" in columns:
        columns["name"] = _named(organization, columns["name"], but=budget.pk)
    if columns:
        Budget.objects.of(organization).filter(pk=budget.pk).update(**columns)
    if "lines" in changes:
        BudgetLine.objects.of(organization).filter(budget=budget.pk).delete()
        set_lines(budget, changes["lines"])
    budget = Budget.objects.of(organization).get(pk=budget.pk)
    after = budget_answer(budget)
    if after | {"updated_at": None} != before | {"updated_at": None}:
        record(UPDATED, actor=actor, organization_id=organization.pk, entity_id=budget.public_id,
               before=before, after=after)  # fmt: skip
    return budget


@transaction.atomic
def delete_budget(*, actor: Actor, organization: Organization, budget_id: int) -> None:
    """Delete a budget with its lines. Raises NotFound."""
    budget = held(organization, budget_id)
    before = budget_answer(budget)
    BudgetLine.objects.of(organization).filter(budget=budget.pk).delete()
    Budget.objects.of(organization).filter(pk=budget.pk)._raw_delete(using="default")
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=budget.public_id, before=before)


def held(organization: Organization, budget_id: int) -> Budget:
    """A budget of the organization, locked until the end. Raises NotFound."""
    found = Budget.objects.of(organization).select_for_update().filter(pk=budget_id).first()
    if found is None:
        raise NotFound()
    return found


def set_lines(budget: Budget, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write the lines of a budget that has none. Raises Invalid."""
    organization = budget.organization
    decimals = decimals_of(organization.base_currency_id)
    accounts = set(Account.objects.of(organization).filter(type__in=RESULT_TYPES).values_list("pk", flat=True))
    problems: dict[str, str] = {}
    found: dict[tuple[int, datetime.date], BudgetLine] = {}
    for place, line in enumerate(lines):
        month = line["month"].replace(day=1)
        where = f"lines[{place}]"
        if line["account_id"] not in accounts:
            problems[f"{where}.account_id"] = NO_ACCOUNT
        if not budget.starts_on <= month <= budget.ends_on:
            problems[f"{where}.month"] = "Not in the budget's months."
        if (line["account_id"], month) in found:
            problems[f"{where}.month"] = "There is a line of this account and month already."
        try:
            amount = read_amount(line["amount"], decimals=decimals, allow_zero=True, signed=True)
        except MoneyError as problem:
            problems[f"{where}.amount"] = problem.message
            continue
        row = BudgetLine(organization=organization, budget=budget, account_id=line["account_id"], month=month)
        row.amount = amount
        found[line["account_id"], month] = row
    if problems:
        raise Invalid(fields=problems)
    insert_rows(list(found.values()))


def budget_of(organization: Organization, budget_id: int) -> Budget:
    """A budget of the organization. Raises NotFound."""
    found = Budget.objects.of(organization).filter(pk=budget_id).first()
    if found is None:
        raise NotFound()
    return found


def _named(organization: Organization, name: str, *, but: int | None = None) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise Invalid(fields={"name": "A name is needed."})
    if Budget.objects.of(organization).filter(name__iexact=clean).exclude(pk=but).exists():
        raise BudgetNameTaken(fields={"name": BudgetNameTaken.message})
    return clean
