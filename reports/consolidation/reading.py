"""What consolidation asks the database: balances, what moved by day, and what was posted with another of the group.

All in each organization's base currency, debit positive. What closed a year is left out everywhere: earnings stand
where they were earned.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

COUNTERPARTY = "counterparty_organization_id"

#: Whole days: what moved on equity, revenue and expenses, for a rate of each day.
BY_DAY = """
    select account_id, starts, sum(base)
      from (select t.account_id, t.starts, t.base_debit - t.base_credit as base
              from ledger_accounttotal t
             where t.organization_id = %(organization)s and t.grain = 'D' and t.account_id = any (%(accounts)s)
               and t.starts <= %(end)s
             union all
            select e.account_id, t.transaction_date, -e.base_amount
              from ledger_transaction t
              join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
             where t.organization_id = %(organization)s and t.type = 'closing' and t.status = 'posted'
               and t.transaction_date <= %(end)s and e.account_id = any (%(accounts)s)) moved
     group by 1, 2 having sum(base) <> 0
"""
WITH_OTHERS = f"""
    select e.organization_id, e.account_id, e.transaction_date, e.metadata ->> '{COUNTERPARTY}', sum(e.base_amount)
      from ledger_entry e
      join ledger_transaction t on t.organization_id = e.organization_id and t.id = e.transaction_id
     where e.organization_id = any (%(organizations)s) and e.transaction_date <= %(end)s
       and e.metadata ->> '{COUNTERPARTY}' = any (%(named)s) and t.type <> 'closing'
     group by 1, 2, 3, 4 having sum(e.base_amount) <> 0
     order by 1, 3, 2
"""


class Moved(NamedTuple):
    """What moved on an account on a day."""

    account_id: int
    day: datetime.date
    amount: Decimal


class WithOther(NamedTuple):
    """What moved on an account on a day with another organization of the group, by its public id."""

    organization_id: int
    account_id: int
    day: datetime.date
    counterparty: str
    amount: Decimal


def by_day(organization_id: int, account_ids: Sequence[int], end: datetime.date) -> list[Moved]:
    """What moved on some accounts until the end of a day."""
    asked = {"organization": organization_id, "accounts": list(account_ids), "end": end}
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, asked)
        return [Moved(*row) for row in cursor.fetchall()]


def with_others(organization_ids: Sequence[int], public_ids: Sequence[str], end: datetime.date) -> list[WithOther]:
    """Entries whose metadata names another organization of the group, summed by account and day."""
    asked = {"organizations": list(organization_ids), "named": list(public_ids), "end": end}
    with connection.cursor() as cursor:
        cursor.execute(WITH_OTHERS, asked)
        return [WithOther(*row) for row in cursor.fetchall()]
