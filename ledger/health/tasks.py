"""Examinations by themselves: every night, and as long work that somebody asked for."""

import datetime

from celery import shared_task

from ledger.health.answers import kept_answer
from ledger.health.examining import examine_and_keep, latest
from ledger.health.models import Examination
from organizations import clock, scoping
from organizations.actors import Actor, system
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs

KIND = "examine_ledger"
#: Examined this recently, books are not due.
FRESH = datetime.timedelta(hours=20)


@runs(KIND)
def run_examination(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job behind an examination that a client asked for."""
    kept = examine_and_keep(actor=actor, organization_id=job.organization_id, occasion="request", progress=progress)
    return kept_answer(kept)


@shared_task
def examine_due_ledgers() -> int:
    """Have every organization's books examined that were not lately; how many."""
    numbers = scoping.every_organization()
    with scoping.reading(numbers):
        since = clock.now() - FRESH
        done = set(Examination.objects.filter(created_at__gt=since).values_list("organization_id", flat=True))
    due = [number for number in numbers if number not in done]
    for number in due:
        examine_ledger.delay(number)
    return len(due)


@shared_task
def examine_ledger(organization_id: int) -> str:
    """Examine one organization's books, unless somebody just did; safe to deliver twice."""
    with scoping.acting_in(organization_id):
        last = latest(organization_id)
    if last is not None and last.created_at > clock.now() - FRESH:
        return "fresh"
    return examine_and_keep(actor=system("nightly"), organization_id=organization_id, occasion="nightly").status
