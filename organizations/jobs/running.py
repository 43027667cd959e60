"""Long work: queued as a row, claimed from the row, done once.

A kind of job registers its verb: ``@runs("import_journal")``. The effect, the result and
the status ``succeeded`` are committed together, so a worker that dies leaves a job that can
be run again from the start, and one that ran cannot run twice. Work that would hold its locks
for too long answers None after a step, and notes in the job's payload how far it came: each
step is committed with its note, and goes on from there, whoever makes it.

Work that ends its worker (out of memory, a bug) would be started again for ever: after ``MOST_STARTS`` without coming
further the job has failed. What passes by itself (a deadlock, a lock that is held) does not count, nor does a worker
that is told to end: it hands the job back between two steps, or out of a step that takes too long.
"""

import dataclasses
import datetime
from collections.abc import Callable
from contextlib import nullcontext

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest

from organizations import clock, draining, scoping
from organizations.actors import Actor
from organizations.errors import Busy, Refusal, ServerError
from organizations.events.recording import event, record
from organizations.jobs import progress
from organizations.jobs.answers import job_answer
from organizations.jobs.errors import JobGaveUp
from organizations.jobs.models import Job, JobCancellation
from organizations.jobs.progress import Cancelled, HandedBack, Progress, is_cancelled
from organizations.requests.snapshots import one_snapshot
from organizations.wire.answering import describe
from organizations.wire.database_rules import DATABASE_ERRORS, is_lost, is_retryable, refusal_of
from organizations.wire.rendering import dumps

QUEUED = event("job.queued")
FINISHED = event("job.finished")

#: How long a running job is left alone before somebody looks whether its worker still lives.
LOOK_AFTER_SECONDS = 60
MOST_STARTS = 5

Work = Callable[[Actor, Job, Progress], dict | None]
kinds: dict[str, Work] = {}
#: Kinds whose work sees the books at one moment.
of_one_snapshot: set[str] = set()
#: What is done for an organization before such work begins, in transactions of its own.
beforehand: dict[str, Callable[[int], None]] = {}


def runs(
    kind: str, *, one_snapshot: bool = False, before: Callable[[int], None] | None = None
) -> Callable[[Work], Work]:
    """Register the verb that does a kind of job: ``(actor, job, progress) -> result``.

    ``before`` is done first, for the organization with this id, in transactions of its own.
    """

    def register(work: Work) -> Work:
        kinds[kind] = work
        if one_snapshot:
            of_one_snapshot.add(kind)
        if before is not None:
            beforehand[kind] = before
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
        actor=as_json(actor),
    )
    job.save()
    job.refresh_from_db()
    record(QUEUED, actor=actor, organization_id=organization_id, entity_id=job.public_id, after=job_answer(job))
    return job


def as_json(actor: Actor) -> dict:
    """An actor as a row keeps it; ``Actor(**kept)`` is the actor again."""
    return {name: value for name, value in dataclasses.asdict(actor).items() if value is not None}


def run(organization_id: int, job_id: int) -> str:
    """Run one job if nobody else does; gives its status: ``queued`` if it was handed back, for another to run.

    Safe to call any number of times.
    """
    status = _claim(organization_id, job_id)
    while status is None:
        if draining.begun():
            return _hand_back(organization_id, job_id)
        status = _step(organization_id, job_id)
    return status


def _kind(organization_id: int, job_id: int) -> str:
    with scoping.acting_in(organization_id):
        return Job.objects.of(organization_id).values_list("kind", flat=True).get(pk=job_id)


def _step(organization_id: int, job_id: int) -> str | None:
    """All of the work, or one step of it; None if there is more."""
    kind = _kind(organization_id, job_id)
    try:
        if kind in beforehand:
            beforehand[kind](organization_id)
        with one_snapshot() if kind in of_one_snapshot else nullcontext(), scoping.acting_in(organization_id):
            job = _hold(organization_id, job_id)
            if job is None:
                return "taken"
            if is_cancelled(job):
                return _cancelled(job)
            actor, told = Actor(**job.actor), Progress(job)
            result = kinds[job.kind](actor, job, told)
            if result is None:
                job.attempts, job.progress_done, job.progress_total = 0, told.done, told.total
                job.save(update_fields=["payload", "attempts", "progress_done", "progress_total"])
                return None
            return finish(actor, job, status="succeeded", result=result)
    except Cancelled:
        with scoping.acting_in(organization_id):
            job = _hold(organization_id, job_id, wait=True)
            return "taken" if job is None else _cancelled(job)
    except HandedBack:
        return _hand_back(organization_id, job_id)
    except (Refusal, *DATABASE_ERRORS) as problem:
        if is_lost(problem):
            raise  # tried again, and counted: it may be the work that ends the session
        refusal = problem if isinstance(problem, Refusal) else (refusal_of(problem) or ServerError())
        if (isinstance(problem, DATABASE_ERRORS) and is_retryable(problem)) or isinstance(refusal, Busy):
            _uncount(organization_id, job_id)
            raise  # what passes by itself is tried again, from where the work was
        with scoping.acting_in(organization_id):
            job = _hold(organization_id, job_id)
            if job is None:
                return "taken"
            return finish(Actor(**job.actor), job, status="failed", error=describe(refusal, None)["error"])


def _cancelled(job: Job) -> str:
    """End a job as it was asked for, in the name of who asked."""
    wish = JobCancellation.objects.of(job.organization_id).get(job_id=job.pk)
    return finish(Actor(**wish.actor), job, status="cancelled")


def _hand_back(organization_id: int, job_id: int) -> str:
    """Leave the job to another worker, as if this start had not been."""
    with scoping.acting_in(organization_id):
        if _hold(organization_id, job_id, wait=True) is None:
            return "taken"
        rows = Job.objects.of(organization_id).filter(pk=job_id)
        rows.update(status="queued", updated_at=clock.now(), attempts=Greatest(F("attempts") - 1, 0))
        return "queued"


def _uncount(organization_id: int, job_id: int) -> None:
    with scoping.acting_in(organization_id):
        running = Job.objects.of(organization_id).filter(pk=job_id, status="running", attempts__gt=0)
        running.update(attempts=F("attempts") - 1)


def waiting(organization_id: int) -> QuerySet[Job]:
    """Jobs that may have nobody to work on them: queued ones, and running ones whose worker may be dead."""
    before = clock.now() - datetime.timedelta(seconds=LOOK_AFTER_SECONDS)
    return Job.objects.of(organization_id).filter(Q(status="queued") | Q(status="running", started_at__lt=before))


def _claim(organization_id: int, job_id: int) -> str | None:
    """Mark the job running, in a transaction of its own so that its watchers see it; what it is where it cannot be.

    Whoever works on a job holds its row locked; a running job with a free row has lost its worker.
    """
    with scoping.acting_in(organization_id):
        rows = Job.objects.of(organization_id).filter(pk=job_id)
        free = rows.filter(status__in=("queued", "running")).select_for_update(skip_locked=True, no_key=True)
        job = free.defer("file", "payload").first()
        if job is None:
            return "taken"
        if job.attempts >= MOST_STARTS:
            return finish(Actor(**job.actor), job, status="failed", error=describe(JobGaveUp(), None)["error"])
        now = clock.now()
        rows.update(status="running", started_at=now, updated_at=now, attempts=F("attempts") + 1)
        return None


def _hold(organization_id: int, job_id: int, *, wait: bool = False) -> Job | None:
    """The running job, locked until the work commits; None where another worker holds it or has ended it.

    Locked so that a row may still point at it: the wish to cancel it. Whoever wishes that locks it too, for a moment,
    for which the worker waits that has undone its work already.
    """
    rows = Job.objects.of(organization_id).filter(pk=job_id, status="running")
    return rows.defer("file").select_for_update(skip_locked=not wait, no_key=True).first()


def exact(value: dict | list | None) -> RawSQL | None:
    """An answer as a JSON column takes it, digit by digit: Python's own writer knows no Decimal."""
    return None if value is None else RawSQL("%s::jsonb", [dumps(value).decode()])


def finish(actor: Actor, job: Job, *, status: str, result: dict | None = None, error: dict | None = None) -> str:
    """End a job whose row is locked by this transaction, and tell it; gives ``status``."""
    now = clock.now()
    progress.settle(job, undone=status != "succeeded")
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
