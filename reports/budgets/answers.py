"""A budget as the API shows it."""

from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from reports.budgets.models import Budget, BudgetLine


def budget_answer(budget: Budget, *, with_lines: bool = True) -> dict:
    """A budget; in lists without its lines."""
    found = {
        "object": "budget",
        "id": budget.public_id,
        "organization_id": ids.encode("ORG", budget.organization_id),
        "name": budget.name,
        "start_date": budget.starts_on,
        "end_date": budget.ends_on,
        "status": budget.status,
        "metadata": budget.metadata,
        "created_at": budget.created_at,
        "updated_at": budget.updated_at,
    }
    return found | {"lines": _lines(budget)} if with_lines else found


def _lines(budget: Budget) -> list[dict]:
    decimals = decimals_of(budget.organization.base_currency_id)
    return [
        {"account_id": ids.encode("ACT", line.account_id), "month": line.month, "amount": exact(line.amount, decimals)}
        for line in lines_of(budget)
    ]


def lines_of(budget: Budget) -> list[BudgetLine]:
    """The lines by account code and month."""
    rows = BudgetLine.objects.of(budget.organization_id).filter(budget=budget.pk).select_related("account")
    return sorted(rows, key=lambda line: (line.account.code, line.month))


def total_of(lines: list[BudgetLine], kind: str):
    """What the lines on accounts of one type come to."""
    return add_up(line.amount for line in lines if line.account.type == kind)
