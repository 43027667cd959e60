"""What the demonstration company keeps for its reports: a plan for the year, its owner's share, a sealed month."""

import datetime
from decimal import Decimal

from ledger.accounts.models import RESULT_TYPES, Account
from ledger.closing.calendars import years_at
from organizations import clock
from organizations.actors import Actor
from organizations.money import to_base
from organizations.tenants.models import Organization
from reports.budgets.keeping import create_budget
from reports.figures import ZERO
from reports.investors.keeping import create_investor
from reports.packages.sealing import seal_package
from reports.periods import ONE_DAY, Period
from reports.saved.keeping import save_report
from reports.statements import Wish

#: The plan is what each month of the year so far came to, on average, and a little more.
MORE = Decimal("1.05")


def keep_for_reports(actor: Actor, organization: Organization) -> None:
    """A budget for the fiscal year, an investor, a sealed month and a saved report."""
    who = {"actor": actor, "organization": organization}
    today = clock.today(organization.time_zone)
    year = years_at([organization], today)[organization.pk]
    months = [period.starts_on for period in year.periods]
    create_budget(
        **who, name=f"Plan {year.year}", start_date=year.starts_on, end_date=year.ends_on,
        lines=_plan(organization, months, today),
    )  # fmt: skip
    capital = Account.objects.of(organization).filter(type="equity", currency=organization.base_currency_id)
    holding = {"effective_date": year.starts_on, "percentage": "100"}
    create_investor(
        **who, fields={"name": "Ada Harbor", "capital_account_id": capital.order_by("code")[0].pk, "holding": holding}
    )
    last_month = today.replace(day=1) - ONE_DAY
    seal_package(**who, period=Period(last_month.replace(day=1), last_month), note="Month closed")
    wish = {"name": "Income of the month", "report": "income-statement", "period": "last_month"}
    save_report(**who, fields=wish | {"parameters": {"compare": "3"}})


def _plan(organization: Organization, months: list[datetime.date], today: datetime.date) -> list[dict]:
    """For each account of revenue and expenses the same in every month."""
    wish = Wish(organization, [Period(months[0], today)])
    [moved] = wish.books.results(wish.columns)
    past = max(1, sum(month <= today for month in months))
    lines = []
    for account in Account.objects.of(organization).filter(type__in=RESULT_TYPES):
        amount = moved.get(account.pk, ZERO) * account.normal_sign
        if amount:
            monthly = to_base(amount, MORE / past, wish.decimals)
            lines += [{"account_id": account.pk, "month": month, "amount": monthly} for month in months]
    return lines
