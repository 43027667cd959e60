from celery import shared_task

from organizations.keys import noting


@shared_task
def note_last_use() -> int:
    """Write down when keys were last used."""
    return noting.note_last_use()
