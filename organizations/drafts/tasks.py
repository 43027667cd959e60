from celery import shared_task

from organizations import scoping
from organizations.drafts.staging import expire


@shared_task
def expire_drafts() -> int:
    """Mark the drafts that nobody decided in time, of every organization; how many."""
    expired = 0
    for organization_id in scoping.every_organization():
        with scoping.acting_in(organization_id):
            expired += expire(organization_id)
    return expired
