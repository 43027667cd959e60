"""The figures of the back office's first page: the overview, and the months of the fiscal year.

All of it comes from totals, in base currency, in a few queries whatever the number of entries.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from ledger.accounts.models import DEBIT_TYPES
from ledger.closing.calendars import years_at
from ledger.closing.years import month_end
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reports.overview import overviews

BY_MONTH = """
    select a.type, t.starts, sum(t.base_debit - t.base_credit)
      from ledger_accounttotal t
      join ledger_account a on a.organization_id = t.organization_id and a.id = t.account_id
     where t.organization_id = %s and t.grain = 'M' and t.starts between %s and %s and a.type in ('revenue', 'expense')
     group by a.type, t.starts
    union all -- what closed a year is no revenue and no expense
    select a.type, date_trunc('month', t.transaction_date)::date, -sum(e.base_amount)
      from ledger_transaction t
      join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
      join ledger_account a on a.organization_id = e.organization_id and a.id = e.account_id
     where t.organization_id = %s and t.type = 'closing' and t.status = 'posted'
       and t.transaction_date between %s and %s and a.type in ('revenue', 'expense')
     group by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Months:
    """Revenue and expense by month; both positive in the normal case."""

    starts: list[datetime.date]
    revenue: list[Decimal]
    expense: list[Decimal]


def months_of_year(organization: Organization, today: datetime.date) -> Months:
    """The months of the fiscal year that ``today`` is in: twelve, but for the year after a change of the first one."""
    starts = [period.starts_on for period in years_at([organization], today)[organization.pk].periods]
    with connection.cursor() as cursor:
        year = [organization.pk, starts[0], starts[-1]]
        cursor.execute(BY_MONTH, [*year, *year[:2], month_end(starts[-1])])
        flows: dict[tuple[str, datetime.date], Decimal] = {}
        for kind, month, amount in cursor.fetchall():
            flows[kind, month] = add_up([flows.get((kind, month), Decimal(0)), amount])
    decimals = decimals_of(organization.base_currency_id)

    def line(kind: str) -> list[Decimal]:
        sign = 1 if kind in DEBIT_TYPES else -1
        return [exact(flows.get((kind, month), Decimal(0)) * sign, decimals) for month in starts]

    return Months(starts, line("revenue"), line("expense"))


def figures(organization: Organization, today: datetime.date) -> dict[str, Decimal]:
    """Cash, receivables and payables now; revenue, expenses and profit of the fiscal year so far."""
    return overviews([organization], start=None, end=today)[0]
