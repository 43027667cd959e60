"""The financial overview: six totals of an organization, or of a firm and all its clients at once.

Totals only, never books: it is all that a parent sees of a linked child's finances. Cash,
receivables and payables are the accounts with that role and whatever stands below them.
Revenue and expenses leave out what closed a fiscal year (transactions of type ``closing``,
which touch no asset and no liability): a closed year's result can still be seen.
"""

import datetime
from decimal import Decimal

from django.db import connection

from ledger.closing.calendars import years_at
from organizations import scoping
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reports.firm import work_answer, work_of

# First one balance for each account, then its line, looked for among the few accounts that have a role: worked out for
# every total of every month it would cost a hundred times as much.
POSITIONS = """
    with balances as materialized (
        select organization_id, account_id, sum(base_debit - base_credit) as balance
          from ledger_accounttotal
         where organization_id = any (%(organizations)s)
           and ((grain = 'M' and starts < %(month)s)
             or (grain = 'D' and starts >= %(month)s and starts <= %(as_of)s))
         group by 1, 2
        union all -- what closed a year is no revenue and no expense
        select e.organization_id, e.account_id, -sum(e.base_amount)
          from ledger_transaction t
          join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
         where t.organization_id = any (%(organizations)s) and t.type = 'closing' and t.status = 'posted'
           and t.transaction_date <= %(as_of)s
         group by 1, 2
    ), holders as materialized (
        select organization_id, role, tree_id, lft, rght
          from ledger_account
         where organization_id = any (%(organizations)s) and role in ('cash', 'receivable', 'payable')
    )
    select a.organization_id,
           case when a.type in ('revenue', 'expense') then a.type
                else (select r.role from holders r
                       where r.organization_id = a.organization_id and r.tree_id = a.tree_id
                         and a.lft between r.lft and r.rght
                       order by r.lft desc limit 1) end as line,
           sum(b.balance)
      from balances b
      join ledger_account a on a.organization_id = b.organization_id and a.id = b.account_id
     group by 1, 2
"""
ZERO = Decimal(0)


def _positions(organization_ids: list[int], as_of: datetime.date) -> dict[tuple[int, str | None], Decimal]:
    """Base balances at the end of a day, debit positive, by organization and line of the overview."""
    month = (as_of + datetime.timedelta(days=1)).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(POSITIONS, {"organizations": organization_ids, "as_of": as_of, "month": month})
        return {(number, line): balance for number, line, balance in cursor.fetchall()}


def overviews(organizations: list[Organization], *, start: datetime.date | None, end: datetime.date) -> list[dict]:
    """The overviews of organizations, in two queries for each period's start however many they are.

    Balances are at the end of ``end``; revenue and expenses those of the period, which is the
    fiscal year so far unless ``start`` is given: the year that closing has in its calendar, which
    is no regular one where the first month was changed. The caller has decided that they may be seen.
    """
    with scoping.reading([each.pk for each in organizations]):
        return _overviews(organizations, start, end)


def at_work(organizations: list[Organization], *, start: datetime.date | None, end: datetime.date) -> list[dict]:
    """The same with what waits in each organization, in one query more."""
    with scoping.reading([each.pk for each in organizations]):
        found, work = _overviews(organizations, start, end), work_of([each.pk for each in organizations], end)
    return [totals | work_answer(work[each.pk]) for each, totals in zip(organizations, found, strict=True)]


def _overviews(organizations: list[Organization], start: datetime.date | None, end: datetime.date) -> list[dict]:
    if start is None:
        starts = {number: year.starts_on for number, year in years_at(organizations, end).items()}
    else:
        starts = {each.pk: start for each in organizations}
    closing = _positions(list(starts), end)
    opening: dict[tuple[int, str | None], Decimal] = {}
    for first in sorted(set(starts.values())):
        some = [number for number, day in starts.items() if day == first]
        opening |= _positions(some, first - datetime.timedelta(days=1))
    return [_overview(each, starts[each.pk], end, opening, closing) for each in organizations]


def _overview(organization: Organization, start, end, opening: dict, closing: dict) -> dict:
    decimals = decimals_of(organization.base_currency_id)

    def at(line: str, sign: int = 1) -> Decimal:
        return exact(closing.get((organization.pk, line), ZERO) * sign, decimals)

    def during(line: str, sign: int = 1) -> Decimal:
        change = add_up([closing.get((organization.pk, line), ZERO), -opening.get((organization.pk, line), ZERO)])
        return exact(change * sign, decimals)

    revenue, expenses = during("revenue", -1), during("expense")
    return {
        "object": "overview",
        "organization_id": organization.public_id,
        "name": organization.name,
        "relationship_type": organization.relationship_type,
        "currency": organization.base_currency_id,
        "start_date": start,
        "end_date": end,
        "cash": at("cash"),
        "receivables": at("receivable"),
        "payables": at("payable", -1),
        "revenue": revenue,
        "expenses": expenses,
        "net_income": exact(add_up([revenue, -expenses]), decimals),
    }
