"""Stopping a job.

One that nobody works on ends at once. One that is at work has its row locked by its worker, so the wish is kept beside
it, and the worker looks for it: before every step, and once a second while it tells its progress. The step at work is
undone; steps before it were committed, and stand.
"""

from django.db import transaction

from organizations.actors import Actor
from organizations.errors import NotFound
from organizations.events.recording import event, record
from organizations.jobs.answers import job_answer
from organizations.jobs.errors import JobFinished
from organizations.jobs.models import FINISHED, Job, JobCancellation
from organizations.jobs.running import as_json, finish

ASKED = event("job.cancel_requested")


@transaction.atomic
def cancel(*, actor: Actor, organization_id: int, job_id: int) -> Job:
    """Stop a job, now or soon. Raises NotFound, JobFinished."""
    rows = Job.objects.of(organization_id).filter(pk=job_id).defer("file", "payload")
    free = rows.select_for_update(skip_locked=True, no_key=True).first()
    job = free or rows.first()
    if job is None:
        raise NotFound()
    if job.status in FINISHED:
        raise JobFinished(details={"status": job.status})
    if free is not None:
        finish(actor, job, status="cancelled")
        return rows.get()
    wish = JobCancellation(organization_id=organization_id, job_id=job_id, actor=as_json(actor))
    JobCancellation.objects.bulk_create([wish], ignore_conflicts=True)
    record(ASKED, actor=actor, organization_id=organization_id, entity_id=job.public_id, after=job_answer(job))
    return job
