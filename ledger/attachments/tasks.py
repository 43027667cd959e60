from celery import shared_task

from ledger.attachments import sweeping


@shared_task
def sweep_attachments() -> int:
    """Remove files that no attachment names."""
    return sweeping.sweep_attachments()
