from celery import shared_task

from organizations import scoping
from organizations.jobs import running


@shared_task(autoretry_for=(Exception,), max_retries=5, retry_backoff=True, retry_backoff_max=60, retry_jitter=True)
def run_job(organization_id: int, job_id: int) -> str:
    """Run one job; safe to deliver twice."""
    return running.run(organization_id, job_id)


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
