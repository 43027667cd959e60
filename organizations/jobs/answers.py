"""A job as the API shows it."""

from organizations import ids
from organizations.jobs import progress
from organizations.jobs.models import Job


def job_answer(job: Job) -> dict:
    """The job, and how far it is."""
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
