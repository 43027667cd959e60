"""Deletions by themselves, once a day."""

from celery import shared_task

from ledger.deletions.performing import delete_due


@shared_task
def delete_due_organizations() -> int:
    """Delete the organizations whose time has come; how many."""
    return delete_due()
