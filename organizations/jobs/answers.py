"""A job as the API shows it."""

from organizations import ids
from organizations.jobs import progress
from organizations.jobs.models import Job, JobPart


def whole_answer(job: Job) -> dict:
    """The job with every part of its result, which may be long: for who asks for this one job."""
    answer = job_answer(job)
    if job.status in ("succeeded", "failed"):  # of one that failed, what was done before
        parts = JobPart.objects.of(job.organization_id).filter(job_id=job.pk).order_by("number")
        results = [result for part in parts.iterator(chunk_size=20) for result in part.results]
        if results:
            answer["result"] = (job.result or {}) | {"results": results}
    return answer


def job_answer(job: Job) -> dict:
    """The job, and how far it is. A result in parts is left to ``whole_answer``."""
    done, total = progress.of(job)
    return {
        "object": "job",
        "id": job.public_id,
        "organization_id": ids.encode("ORG", job.organization_id),
        "kind": job.kind,
        "status": job.status,
        "progress": {"done": done, "total": total},
        "result": job.result,
        "error": job.error,
        "metadata": job.metadata,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
