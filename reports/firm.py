"""What a firm sees of all its clients at once: the six totals of each, and what waits to be done there.

Counts and a moment only, never books: it is all that a parent sees of a linked child beside the totals.
"""

import datetime
from typing import NamedTuple

from django.db import connection

#: Counted as far as this: more is as much work.
MOST = 1_000


def _counted(table: str, condition: str) -> str:
    return (
        f"(select count(*) from (select from {table} c where c.organization_id = o.id and {condition} limit {MOST}) n)"
    )


WORK = f"""
    select o.id,
           {_counted("reconciliation_statementline", "c.status in ('unmatched', 'suggested')")},
           {_counted("ledger_transaction", "c.status = 'pending'")},
           {_counted("ledger_transaction", "c.status = 'failed'")},
           {_counted("ledger_openitem", "c.kind = 'invoice' and c.open_amount <> 0 and c.due_date < %(day)s")},
           {_counted("ledger_openitem", "c.kind = 'bill' and c.open_amount <> 0 and c.due_date < %(day)s")},
           (select x.status = 'broken' from ledger_examination x where x.organization_id = o.id
             order by x.id desc limit 1),
           (select e.timestamp from organizations_event e where e.organization_id = o.id order by e.seq desc limit 1)
      from unnest(%(organizations)s::bigint[]) o (id)
"""

#: What is told of as an alert, in this order.
ALERTS = ("books_broken", "failed_transactions", "unreconciled_lines", "overdue_invoices", "overdue_bills", "drafts")


class Work(NamedTuple):
    """What waits in an organization, and when something last happened there."""

    unreconciled_lines: int = 0
    drafts: int = 0
    failed_transactions: int = 0
    overdue_invoices: int = 0
    overdue_bills: int = 0
    books_broken: bool = False
    last_activity_at: datetime.datetime | None = None

    @property
    def alerts(self) -> list[dict]:
        """What somebody should look at: ``{kind, count}``."""
        counts = [(kind, int(getattr(self, kind))) for kind in ALERTS]
        return [{"kind": kind, "count": count} for kind, count in counts if count]


def work_of(organization_ids: list[int], day: datetime.date) -> dict[int, Work]:
    """By organization, in one query however many they are. The caller lets them be read."""
    with connection.cursor() as cursor:
        cursor.execute(WORK, {"organizations": organization_ids, "day": day})
        return {number: Work(*rest[:5], bool(rest[5]), rest[6]) for number, *rest in cursor.fetchall()}


def work_answer(work: Work) -> dict:
    """As the overview shows it."""
    return {
        "unreconciled_lines": work.unreconciled_lines,
        "last_activity_at": work.last_activity_at,
        "alerts": work.alerts,
    }
