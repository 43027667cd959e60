from celery import shared_task
from django.db import transaction

from organizations import scoping
from organizations.jobs import retention, running
from organizations.jobs.models import Job


@shared_task(autoretry_for=(Exception,), max_retries=5, retry_backoff=True, retry_backoff_max=60, retry_jitter=True)
def run_job(organization_id: int, job_id: int) -> str:
    """Run one job; safe to deliver twice."""
    status = running.run(organization_id, job_id)
    if status == "queued":  # this worker ends
        run_job.delay(organization_id, job_id)
    return status


def start(job: Job) -> None:
    """Wake a worker for a queued job once the transaction has committed; the row itself is the truth."""
    transaction.on_commit(lambda: run_job.delay(job.organization_id, job.pk), robust=True)


@shared_task
def run_waiting_jobs() -> int:
    """Start jobs whose message was lost: queued ones, and those of a worker that died."""
    started = 0
    for organization_id in scoping.every_organization():
        with scoping.acting_in(organization_id):
            waiting = list(running.waiting(organization_id).values_list("pk", flat=True)[:100])
        for job_id in waiting:
            run_job.delay(organization_id, job_id)
            started += 1
    return started


@shared_task
def forget_old_results() -> int:
    """Forget the results of jobs that ended long ago, of every organization; how many jobs."""
    return sum(retention.forget(organization_id) for organization_id in scoping.every_organization())
