"""Budget against actual: what was earned and spent in a period beside what was meant to be.

A variance is actual less budget. Of a month of which only some days are asked for, the budget counts by its days.
"""

import datetime
from dataclasses import replace
from decimal import Decimal

from organizations.currencies.iso import decimals_of
from organizations.money import add_up, to_base
from reports.budgets.answers import lines_of
from reports.budgets.models import Budget
from reports.figures import ZERO, Amounts, Chart, less
from reports.income_statement import laid_out, stated
from reports.periods import ONE_DAY, Period
from reports.sheets import Sheet, sheet_of
from reports.statements import Wish, percentage

COLUMNS = ("Actual", "Budget", "Variance")


def budget_vs_actual(wish: Wish, budget: Budget) -> dict:
    """The statement: the income statement's sections with three columns."""
    period = wish.columns[0]
    chart = wish.books.chart()
    [actual] = wish.books.results([period])
    planned = planned_in(budget, period, chart)
    parts = laid_out(wish, chart, [actual, planned, less(actual, planned)])
    for part in parts:
        for row in part["rows"]:
            row["variance_percentage"] = percentage(row["amounts"][2], row["amounts"][1])
        part["variance_percentage"] = percentage(part["totals"][2], part["totals"][1])
    net = parts[-1]["totals"]
    return wish.head("budget_vs_actual", f"{budget.name}: budget against actual") | {
        "budget_id": budget.public_id,
        "start_date": period.start,
        "end_date": period.end,
        "columns": [{"label": name, "start_date": period.start, "end_date": period.end} for name in COLUMNS],
        "sections": parts,
        "net_income": net[0],
        "budgeted_net_income": net[1],
        "variance": net[2],
    }


def income_statement_beside(wish: Wish, budget: Budget) -> dict:
    """The income statement with a budget as its second column."""
    [period], chart = wish.columns, wish.books.chart()
    [actual] = wish.books.results([period])
    both = replace(wish, columns=[period, period])
    answer = stated(both, chart, [actual, planned_in(budget, period, chart)])
    answer["columns"][1]["label"] = budget.name
    return answer | {"budget_id": budget.public_id}


def budget_sheet(answer: dict, organization: str) -> Sheet:
    """The statement as a sheet, under its period."""
    subtitle = f"{answer['start_date']} to {answer['end_date']}, in {answer['currency']}"
    return replace(sheet_of(answer, organization), subtitle=subtitle)


def period_of(budget: Budget, today: datetime.date) -> Period:
    """The budget so far; all of it before it begins."""
    return Period(budget.starts_on, budget.ends_on if today < budget.starts_on else min(today, budget.ends_on))


def planned_in(budget: Budget, period: Period, chart: Chart) -> Amounts:
    """What is meant for each account in the period, in base currency, debit positive."""
    signs = {place.number: place.account.normal_sign for place in chart.places}
    decimals = decimals_of(budget.organization.base_currency_id)
    found: Amounts = {}
    for line in lines_of(budget):
        part = _part(line.month, period)
        if part:
            amount = to_base(line.amount, part, decimals) * signs.get(line.account_id, 1)
            found[line.account_id] = add_up([found.get(line.account_id, ZERO), amount])
    return found


def _part(month: datetime.date, period: Period) -> Decimal:
    """How much of the month the period has in it."""
    last = (month + datetime.timedelta(days=31)).replace(day=1) - ONE_DAY
    days = (min(last, period.end) - max(month, period.start)).days + 1
    return Decimal(max(days, 0)) / last.day
