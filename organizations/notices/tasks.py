from celery import shared_task

from organizations import scoping
from organizations.notices.sending import send, wanting


@shared_task
def send_notices() -> int:
    """Write to the members who are to be told something, of every organization; how many letters."""
    return sum(send(organization_id) for organization_id in wanting(scoping.every_organization()))
