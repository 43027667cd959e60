"""What an organization keeps for its reports: a budget, an investor, a sealed period, a saved report."""

import datetime

from ledger.accounts.opening import NewAccount, open_account
from reports.budgets.keeping import create_budget
from reports.investors.keeping import create_investor
from reports.investors.models import Investor
from reports.packages.sealing import seal_package
from reports.periods import Period
from reports.saved.keeping import save_report
from tests.cast import Books

START, END = datetime.date(2020, 1, 1), datetime.date(2020, 12, 31)


def keep_reports(books: Books, name: str = "Plan") -> dict:
    """One of each, by model's name. The books must be entered."""
    who = {"actor": books.actor, "organization": books.organization}
    line = {"account_id": books.accounts["4001"].pk, "month": START, "amount": "100.00"}
    code = str(3951 + Investor.objects.of(books.organization).count())
    new = NewAccount(code=code, name=f"Capital of {name}", type="equity", currency="USD")
    capital = open_account(**who, new=new)
    holding = {"effective_date": START, "percentage": "40", "commitment": "1000.00"}
    wish = {"name": name, "report": "balance-sheet", "frequency": "monthly", "recipients": ["ann@example.com"]}
    return {
        "budget": create_budget(**who, name=name, start_date=START, end_date=END, lines=[line]),
        "investor": create_investor(**who, fields={"name": name, "capital_account_id": capital.pk, "holding": holding}),
        "package": seal_package(**who, period=Period(START, END), note=name),
        "saved": save_report(**who, fields=wish | {"first_run": datetime.date(2100, 1, 1)}),
    }
