"""Events reach their webhooks by themselves. What waits is a row; the tasks look, and are safe to run twice."""

import datetime

from celery import shared_task

from organizations import clock, scoping
from organizations.webhooks.delivering import deliver, listening
from organizations.webhooks.models import Delivery

KEPT = datetime.timedelta(days=30)


@shared_task
def deliver_webhooks() -> int:
    """Send what waits for the webhooks of every organization; how many deliveries arrived."""
    return deliver(listening(scoping.every_organization()))


@shared_task
def forget_old_deliveries() -> int:
    """Forget deliveries that are over and older than thirty days; events stay for ever."""
    gone = 0
    for organization_id in listening(scoping.every_organization()):
        with scoping.acting_in(organization_id):
            old = Delivery.objects.of(organization_id).filter(created_at__lt=clock.now() - KEPT)
            gone += old.exclude(status="queued").delete()[0]
    return gone
