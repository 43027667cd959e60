from celery import shared_task

from organizations.requests import forgetting


@shared_task
def forget_old_claims() -> int:
    """Delete idempotency keys that are older than their keep."""
    return forgetting.forget_old_claims()
