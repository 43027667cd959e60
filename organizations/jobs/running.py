"""Long work: queued as a row, claimed from the row, done once.

A kind of job registers its verb: ``@runs("import_journal")``. The effect, the result and
the status ``succeeded`` are committed together, so a worker that dies leaves a job that can
be run again from the start, and one that ran cannot run twice. Work that would hold its locks
for too long answers None after a step, and notes in the job's payload how far it came: each
step is committed with its note, and goes on from there, whoever makes it.
"""

import dataclasses
import datetime
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from organizations import clock, scoping
from organizations.actors import Actor
from organizations.errors import Busy, Refusal, ServerError
from organizations.events.recording import event, record
from organizations.jobs import progress
from organizations.jobs.answers import job_answer
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.wire.answering import describe
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of
from organizations.wire.rendering import dumps

QUEUED = event("job.queued")
FINISHED = event("job.finished")

#: How long a running job is left alone before somebody looks whether its worker still lives.
LOOK_AFTER_SECONDS = 60

Work = Callable[[Actor, Job, Progress], dict | None]
kinds: dict[str, Work] = {}


def runs(kind: str) -> Callable[[Work], Work]:
    """Register the verb that does a kind of job: ``(actor, job, progress) -> result``."""

    def register(work: Work) -> Work:
        kinds[kind] = work
        return work

    return register


@transaction.atomic
def queue(*, actor: Actor, organization_id: int, kind: str, payload: dict, file: bytes | None = None) -> Job:
    """Queue a job; a worker starts it when this transaction has committed."""
    job = Job(
        organization_id=organization_id,
        kind=kind,
        payload=payload,
        file=file,
        actor={name: value for name, value in dataclasses.asdict(actor).items() if value is not None},
    )
    job.save()
    job.refresh_from_db()
    record(QUEUED, actor=actor, organization_id=organization_id, entity_id=job.public_id, after=job_answer(job))
    return job


def run(organization_id: int, job_id: int) -> str:
    """Run one job if nobody else does; gives its status. Safe to call any number of times."""
    if not _claim(organization_id, job_id):
        return "taken"
    while (status := _step(organization_id, job_id)) is None:
        continue
    return status


def _step(organization_id: int, job_id: int) -> str | None:
    """All of the work, or one step of it; None if there is more."""
    try:
        with scoping.acting_in(organization_id):
            job = _hold(organization_id, job_id)
            if job is None:
                return "taken"
            actor = Actor(**job.actor)
            result = kinds[job.kind](actor, job, Progress(job))
            if result is None:
                job.save(update_fields=["payload"])
                return None
            return _finish(actor, job, status="succeeded", result=result)
    except (Refusal, *DATABASE_ERRORS) as problem:
        refusal = problem if isinstance(problem, Refusal) else (refusal_of(problem) or ServerError())
        if (isinstance(problem, DATABASE_ERRORS) and is_retryable(problem)) or isinstance(refusal, Busy):
            raise  # what passes by itself is tried again, from where the work was
        with scoping.acting_in(organization_id):
            job = _hold(organization_id, job_id)
            if job is None:
                return "taken"
            return _finish(Actor(**job.actor), job, status="failed", error=describe(refusal, None)["error"])


def waiting(organization_id: int) -> QuerySet[Job]:
    """Jobs that may have nobody to work on them: queued ones, and running ones whose worker may be dead."""
    before = clock.now() - datetime.timedelta(seconds=LOOK_AFTER_SECONDS)
    return Job.objects.of(organization_id).filter(Q(status="queued") | Q(status="running", started_at__lt=before))


def _claim(organization_id: int, job_id: int) -> bool:
    """Mark the job running, in a transaction of its own so that its watchers see it.

    Whoever works on a job holds its row locked; a running job with a free row has lost its worker.
    """
    with scoping.acting_in(organization_id):
        rows = Job.objects.of(organization_id).filter(pk=job_id)
        free = rows.filter(status__in=("queued", "running")).select_for_update(skip_locked=True)
        if free.only("pk").first() is None:
            return False
        return rows.update(status="running", started_at=clock.now(), updated_at=clock.now()) == 1


def _hold(organization_id: int, job_id: int) -> Job | None:
    """The running job, locked until the work commits; None where another worker holds it or has ended it."""
    rows = Job.objects.of(organization_id).filter(pk=job_id, status="running")
    return rows.defer("file").select_for_update(skip_locked=True).first()


def exact(value: dict | list | None) -> RawSQL | None:
    """An answer as a JSON column takes it, digit by digit: Python's own writer knows no Decimal."""
    return None if value is None else RawSQL("%s::jsonb", [dumps(value).decode()])


def _finish(actor: Actor, job: Job, *, status: str, result: dict | None = None, error: dict | None = None) -> str:
    now = clock.now()
    progress.settle(job)
    ended = {"status": status, "file": None, "finished_at": now, "updated_at": now}
    ended |= {"progress_done": job.progress_done, "progress_total": job.progress_total}
    rows = Job.objects.of(job.organization_id).filter(pk=job.pk)
    rows.update(**ended, result=exact(result), error=exact(error))
    job = rows.defer("file", "payload").get()
    record(
        FINISHED,
        actor=actor,
        organization_id=job.organization_id,
        entity_id=job.public_id,
        after=job_answer(job),
    )
    return status
