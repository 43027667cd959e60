"""A job as the API shows it."""

import datetime
from collections.abc import Iterator

from django.conf import settings

from organizations import ids
from organizations.jobs import progress
from organizations.jobs.models import FINISHED, Job, JobPart


def whole_answer(job: Job) -> dict:
    """The job with every part of its result, which may be long: for who asks for this one job."""
    answer = job_answer(job)
    if job.status in FINISHED:  # of one that failed, what was done before
        results = list(results_of(job))
        if results:
            answer["result"] = (job.result or {}) | {"results": results}
    return answer


def results_of(job: Job) -> Iterator[dict]:
    """The results of a batch, in the order of its items, part by part."""
    parts = JobPart.objects.of(job.organization_id).filter(job_id=job.pk).order_by("number")
    for part in parts.iterator(chunk_size=20):
        yield from part.results


def expires_at(job: Job) -> datetime.datetime | None:
    """When the result is forgotten, or was."""
    if job.finished_at is None:
        return None
    return job.expired_at or job.finished_at + datetime.timedelta(days=settings.JOB_RESULTS_KEPT_DAYS)


def job_answer(job: Job) -> dict:
    """The job, and how far it is. A result in parts is left to ``whole_answer``."""
    done, total = progress.of(job)
    return {
        "object": "job",
        "id": job.public_id,
        "organization_id": ids.encode("ORG", job.organization_id),
        "kind": job.kind,
        "status": job.status,
        "is_cancelling": job.status == "running" and progress.is_cancelled(job),
        "progress": {"done": done, "total": total},
        "result": job.result,
        "error": job.error,
        "metadata": job.metadata,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "result_expires_at": expires_at(job),
    }
