"""Letters leave by themselves. What waits is a row; the task looks, and is safe to run twice."""

from celery import shared_task

from organizations import scoping
from organizations.letters.sending import due, send_due


@shared_task
def send_letters() -> int:
    """Send the letters that wait, of every organization; how many left."""
    return sum(send_due(organization_id) for organization_id in due(scoping.every_organization()))
