"""Budgets from a CSV file: ``account_code`` with ``month`` and ``amount``, or with a column for each month (2026-01).

The file takes the place of all lines, whole or not at all.
"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from dateutil.relativedelta import relativedelta

from ledger.accounts.models import RESULT_TYPES, Account
from ledger.imports.csv_tables import Row, Table
from organizations.actors import Actor
from organizations.tenants.models import Organization
from reports.budgets.keeping import MOST_LINES, NO_ACCOUNT, budget_of, update_budget
from reports.budgets.models import Budget
from reports.errors import BudgetFileInvalid

LARGEST = 5 * 1024 * 1024  # bytes
PROBLEMS_TOLD = 100
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(-01)?")
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def import_budget(*, actor: Actor, organization: Organization, budget_id: int, data: bytes) -> Budget:
    """Read the file into the budget. Raises NotFound, BudgetFileInvalid, Invalid."""
    if len(data) > LARGEST:
        raise BudgetFileInvalid(fields={"file": f"At most {LARGEST // 1024**2} MiB."})
    budget = budget_of(organization, budget_id)
    months = _months(budget)
    table = Table(data, ["account_code"], ["name", "month", "amount", *months], max_lines=MOST_LINES + 1)
    rows = Account.objects.of(organization).filter(type__in=RESULT_TYPES).values_list("code", "pk")
    lines = list(_lines(table, dict(rows), months))
    if table.problems:
        told = [f"Line {each.line}: {each.message}" for each in sorted(table.problems)[:PROBLEMS_TOLD]]
        raise BudgetFileInvalid(fields={"file": told})
    return update_budget(actor=actor, organization=organization, budget_id=budget.pk, changes={"lines": lines})


def _months(budget: Budget) -> dict[str, datetime.date]:
    found, month = {}, budget.starts_on
    while month <= budget.ends_on:
        found[f"{month:%Y-%m}"] = month
        month += relativedelta(months=1)
    return found


def _lines(table: Table, accounts: dict[str, int], months: dict[str, datetime.date]) -> Iterator[dict[str, Any]]:
    seen: set[tuple[int, datetime.date]] = set()
    for row in table.rows():
        account = accounts.get(row["account_code"])
        if row.torn:
            continue
        if account is None:
            table.report(row.line, "account_code", "account_unknown", f"{row['account_code'][:40]!r}: {NO_ACCOUNT}")
            continue
        for month, text in _cells(table, row, months):
            if not _AMOUNT.fullmatch(text):
                table.report(row.line, "amount", "amount_not_a_number", f"{text[:40]!r} is no amount such as 1200.00.")
            elif (account, month) in seen:
                table.report(row.line, "month", "month_twice", f"{row['account_code']} has {month:%Y-%m} already.")
            else:
                seen.add((account, month))
                yield {"account_id": account, "month": month, "amount": text}


def _cells(table: Table, row: Row, months: dict[str, datetime.date]) -> Iterator[tuple[datetime.date, str]]:
    for name, month in months.items():
        if row[name]:
            yield month, row[name]
    if row["month"]:
        month = months.get(row["month"][:7]) if _MONTH.fullmatch(row["month"]) else None
        if month is None:
            table.report(
                row.line, "month", "month_unknown", f"{row['month'][:40]!r} is no month of the budget (2026-01)."
            )
        else:
            yield month, row["amount"]
