"""What a balance is made of: totals of whole months, and of the days of the last one."""

import datetime
from dataclasses import dataclass

from django.db import connection

from ledger.balances.moments import Moment
from ledger.balances.totals import AS_OF, LATER, Total

SPANS = """
    select grain, starts, sum(debit), sum(credit), sum(base_debit), sum(base_credit), sum(entries)
      from (select grain, starts, debit, credit, base_debit, base_credit, entries
              from ledger_accounttotal
             where organization_id = %(organization)s and account_id = %(account)s {dates}
             union all
            select grain, starts, -greatest(amount, 0), least(amount, 0), -greatest(base_amount, 0),
                   least(base_amount, 0), -1
              from (select g.grain, l.amount, l.base_amount,
                           case g.grain when 'D' then l.transaction_date
                                        else date_trunc('month', l.transaction_date)::date end as starts
                      from ({later}) l cross join (values ('D'), ('M')) g (grain)
                     where l.account_id = %(account)s) later
             where true {dates}) span
     group by grain, starts having sum(entries) <> 0
     order by starts
"""


@dataclass(frozen=True, slots=True)
class Span:
    """What was posted to one account in one month, or on one day."""

    starts: datetime.date
    total: Total


def spans(
    organization_id: int, account_id: int, *, month: datetime.date, until: datetime.date, moment: Moment | None
) -> tuple[list[Span], list[Span]]:
    """In one query: the months before ``month``, and the days from its first to ``until``; empty ones are absent."""
    sql = SPANS.format(dates=AS_OF, later=LATER.format(condition="false" if moment is None else moment.later))
    parameters = {"organization": organization_id, "account": account_id, "month": month, "as_of": until}
    months: list[Span] = []
    days: list[Span] = []
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for grain, starts, *sums in cursor.fetchall():
            found = months if grain == "M" else days
            found.append(Span(starts, Total(*sums[:4], int(sums[4]))))
    return months, days
