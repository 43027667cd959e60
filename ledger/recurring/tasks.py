"""Schedules run by themselves. What is due is a row; the task only looks, and is safe to run twice."""

from collections.abc import Sequence

from celery import shared_task
from django.db import connection

from ledger.recurring.executing import run_due
from organizations import clock, scoping

TOGETHER = 500  # organizations asked about in one query
DUE = """
    select distinct r.organization_id from ledger_recurring r
     where r.organization_id = any (%s) and r.status = 'active' and r.next_execution <= (%s::timestamptz at time zone
           (select o.time_zone from organizations_organization o where o.id = r.organization_id))::date
     order by 1
"""


def due(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations where something is due, by the date there."""
    found = []
    for start in range(0, len(organization_ids), TOGETHER):
        some = list(organization_ids[start : start + TOGETHER])
        with scoping.reading(some), connection.cursor() as cursor:
            cursor.execute(DUE, [some, clock.now()])
            found += [number for (number,) in cursor.fetchall()]
    return found


@shared_task
def run_due_recurring() -> int:
    """Post what is due, in every organization; how many occurrences."""
    return sum(run_due(organization_id) for organization_id in due(scoping.every_organization(at_work=True)))
