"""Where the figures of statements come from: with ``trade_figures.py`` all that the reports ask the database.

All in base currency, debit positive. Balances are read from totals; only what cannot be had from them is read from
entries: what closed a year, what moved on accounts of cash, and what only some of the entries come to. ``books.py``
puts the answers together.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from ledger.accounts.hierarchy import in_order
from ledger.accounts.models import Account
from ledger.balances.moments import Moment
from organizations.money import add_up
from reports.periods import ONE_DAY, Period

ZERO = Decimal(0)
Amounts = dict[int, Decimal]


@dataclass(frozen=True, slots=True)
class Some:
    """Which entries count: a condition on ``e`` (entries) and ``t`` (their transactions), and its values."""

    condition: str = "true"
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def is_all(self) -> bool:
        return self.condition == "true"


ALL = Some()

#: Whole months, and of months in which a day is asked for the days. Each row belongs to the first day asked for that is
#: not before it; what stands on a day is what belongs to it and to all days before it.
BALANCES = """
    select account_id, width_bucket(starts, %(after)s::date[]), sum(base)
      from (select account_id, starts, base_debit - base_credit as base
              from ledger_accounttotal
             where organization_id = %(organization)s and grain = 'M' and starts <= %(last)s
               and starts <> all (%(broken)s::date[])
             union all
            select t.account_id, t.starts, t.base_debit - t.base_credit
              from unnest(%(broken)s::date[]) b (month)
              join ledger_accounttotal t on t.organization_id = %(organization)s and t.grain = 'D'
                                        and t.starts >= b.month and t.starts < b.month + interval '1 month'
             where t.starts <= %(last)s
             union all
            select e.account_id, t.transaction_date, -e.base_amount
              from ledger_transaction t
              join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
             where t.organization_id = %(organization)s and t.transaction_date <= %(last)s and {later}) found
     group by 1, 2
"""
#: The same of some entries only. They are read one by one: totals do not know of what is on a single entry.
SOME_BALANCES = """
    select e.account_id, width_bucket(e.transaction_date, %(after)s::date[]), sum(e.base_amount)
      from ledger_entry e
      join ledger_transaction t on t.organization_id = e.organization_id and t.id = e.transaction_id
     where e.organization_id = %(organization)s and e.transaction_date <= %(last)s and {known} and {some}
     group by 1, 2
"""
#: What documents posted and nobody has paid on each of the days, in proportion: each entry takes the growth of the
#: rounded running total, so that all together are what is open, and the control account takes them. What a document
#: posted to cash itself was paid. What is open is not worth more or less before it is paid: revaluations are taken off.
UNPAID = """
    with days as (
        select unnest(%(days)s::date[]) as day
    ), unpaid as materialized (
        select d.day, i.id, i.account_id, coalesce(sum(m.base_amount) filter (where m.kind <> 'revalued'), 0) as base
          from days d
          join ledger_openitem i on i.organization_id = %(organization)s and i.date <= d.day
                                and i.kind <> 'payment' and i.amount <> 0
          join ledger_itemmovement m on m.organization_id = i.organization_id and m.item_id = i.id and m.date <= d.day
         group by d.day, i.id, i.account_id
        having sum(m.amount) <> 0
    ), parts as materialized (
        select u.day, u.account_id as control, e.account_id,
               coalesce(round(e.running * -u.base / nullif(e.whole, 0), %(decimals)s)
                      - round((e.running - e.base_amount) * -u.base / nullif(e.whole, 0), %(decimals)s), 0) as base
          from unpaid u
          join ledger_itemmovement m on m.organization_id = %(organization)s and m.item_id = u.id and m.kind = 'opened'
          join ledger_transaction t on t.organization_id = m.organization_id and t.id = m.transaction_id
         cross join lateral (
               select x.*, sum(x.base_amount) over () as whole, sum(x.base_amount) over (order by x.line_no) as running
                 from ledger_entry x
                where x.organization_id = t.organization_id and x.transaction_id = t.id
                  and x.account_id <> u.account_id and x.account_id <> all (%(cash)s)) e
         where {some}
    ), revalued as (
        select distinct m.transaction_id as id
          from ledger_itemmovement m
         where m.organization_id = %(organization)s and m.kind = 'revalued'
    )
    select day, account_id, sum(base)
      from (select day, account_id, base from parts
             union all
            select day, control, -base from parts
             union all
            select d.day, e.account_id, e.base_amount
              from days d
             cross join revalued r
              join ledger_transaction t on t.organization_id = %(organization)s and t.id = r.id
              join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
             where e.transaction_date <= d.day and {some}) found
     group by 1, 2
"""
OF_TYPE = """
    select e.account_id, t.transaction_date, sum(e.base_amount)
      from ledger_transaction t
      join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
     where t.organization_id = %(organization)s and t.type = %(type)s and t.status = 'posted'
       and t.transaction_date <= %(last)s and {known} and {some}
     group by 1, 2
"""
#: What stands against the cash of every transaction that moved any, by account.
AGAINST_CASH = """
    with moved as (
        select distinct e.transaction_id
          from ledger_entry e
         where e.organization_id = %(organization)s and e.account_id = any (%(cash)s)
           and e.transaction_date >= %(start)s and e.transaction_date <= %(end)s
    )
    select e.account_id, -sum(e.base_amount)
      from moved m
      join ledger_transaction t on t.organization_id = %(organization)s and t.id = m.transaction_id
      join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
     where e.account_id <> all (%(cash)s) and {known} and {some}
     group by 1
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An account in the chart of a moment; its role and its ``metadata`` are those that it has today."""

    account: Account
    role: str | None
    metadata: dict[str, str]

    @property
    def number(self) -> int:
        return self.account.pk


@dataclass(slots=True)
class Chart:
    """The accounts of a report in tree order, parents before children: of the ``whole`` chart all or some."""

    places: list[Place]
    whole: list[Place]

    def below(self, roles: Iterable[str]) -> frozenset[int]:
        """Accounts with one of the roles, and all that stand below them, in the whole chart."""
        found: set[int] = set()
        for place in self.whole:
            if place.role in roles or place.account.parent_id in found:
                found.add(place.number)
        return frozenset(found)

    def of(self, account_id: int) -> "Chart":
        """The account and what stands below it."""
        inside: set[int] = set()
        for place in self.places:
            if place.number == account_id or place.account.parent_id in inside:
                inside.add(place.number)
        return Chart([place for place in self.places if place.number in inside], self.whole)

    def how_many_below(self) -> dict[int, int]:
        """For each account how many stand below it."""
        found = {place.number: 0 for place in self.whole}
        for place in reversed(self.whole):
            if place.account.parent_id in found:
                found[place.account.parent_id] += 1 + found[place.number]
        return found


def chart(organization_id: int, moment: Moment | None) -> Chart:
    """The chart as it was known."""
    places = in_order(organization_id, moment)
    if moment is None:
        found = [Place(account, account.role, account.metadata) for account in places]
        return Chart(found, found)
    rows = Account.objects.of(organization_id).values_list("pk", "role", "metadata")
    today = {number: (role, metadata) for number, role, metadata in rows}
    found = [Place(account, *today.get(account.pk, (None, {}))) for account in places]
    return Chart(found, found)


def balances(
    organization_id: int, days: Iterable[datetime.date], moment: Moment | None, some: Some = ALL
) -> dict[datetime.date, Amounts]:
    """Every account's balance at the end of each of the days, in one query however many they are."""
    ordered = sorted(set(days))
    asked = {
        "organization": organization_id,
        "last": ordered[-1],
        "after": [day + ONE_DAY for day in ordered],
        **some.values,
    }
    if some.is_all:
        months = [(day + ONE_DAY).replace(day=1) for day in ordered]
        asked["broken"] = sorted({month for day, month in zip(ordered, months, strict=True) if month <= day})
        query = BALANCES.format(later="false" if moment is None else moment.later)
    else:
        query = SOME_BALANCES.format(known=_known(moment), some=some.condition)
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        found = cursor.fetchall()
    moved: list[Amounts] = [{} for _ in ordered]
    for account_id, place, amount in found:
        moved[place][account_id] = amount
    standing: Amounts = {}
    result = {}
    for day, amounts in zip(ordered, moved, strict=True):
        standing = more(standing, amounts)
        result[day] = standing
    return result


def unpaid(
    organization_id: int, days: Iterable[datetime.date], decimals: int, cash: frozenset[int], some: Some = ALL
) -> dict[datetime.date, Amounts]:
    """What of the balances at the end of each of the days stands on documents that were not paid by then."""
    ordered = sorted(set(days))
    found: dict[datetime.date, Amounts] = {day: {} for day in ordered}
    asked = {
        "organization": organization_id,
        "days": ordered,
        "decimals": decimals,
        "cash": sorted(cash),
        **some.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(UNPAID.format(some=some.condition), asked)
        for day, account_id, amount in cursor.fetchall():
            found[day][account_id] = amount
    return found


def of_type(
    organization_id: int, kind: str, periods: Sequence[Period], moment: Moment | None, some: Some = ALL
) -> list[Amounts]:
    """What transactions of one type moved in each period; for types of which there are few."""
    last = max(period.end for period in periods)
    asked = {"organization": organization_id, "type": kind, "last": last, **some.values}
    with connection.cursor() as cursor:
        cursor.execute(OF_TYPE.format(known=_known(moment), some=some.condition), asked)
        found = cursor.fetchall()
    return [_within(found, period) for period in periods]


def against_cash(
    organization_id: int, cash: frozenset[int], period: Period, moment: Moment | None, some: Some = ALL
) -> Amounts:
    """Where cash came from (positive) and went to in a period, by the account against it."""
    asked = {
        "organization": organization_id, "cash": sorted(cash), "start": period.start, "end": period.end, **some.values,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(AGAINST_CASH.format(known=_known(moment), some=some.condition), asked)
        return dict(cursor.fetchall())


def _known(moment: Moment | None) -> str:
    return "true" if moment is None else f"not ({moment.later})"


def _within(found_by_day: list[tuple], period: Period) -> Amounts:
    found: Amounts = {}
    for account_id, day, amount in found_by_day:
        if (period.start is None or period.start <= day) and day <= period.end:
            found[account_id] = add_up([found.get(account_id, ZERO), amount])
    return found


def more(amounts: Amounts, others: Amounts) -> Amounts:
    return amounts | {number: add_up([amounts.get(number, ZERO), amount]) for number, amount in others.items()}


def less(amounts: Amounts, others: Amounts) -> Amounts:
    return more(amounts, {number: -amount for number, amount in others.items()})
