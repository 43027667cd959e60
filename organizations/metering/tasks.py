from celery import shared_task

from organizations import scoping
from organizations.metering import buying, checkouts, collecting, crediting


@shared_task
def collect_usage() -> int:
    """Bring in what processes of this machine counted and left behind."""
    return collecting.collect()


@shared_task
def spend_credits() -> int:
    """Spend what was used on the last days."""
    return crediting.spend_what_was_used()


@shared_task
def buy_credits() -> int:
    """Buy for pools that run low, and tell Stripe of what is to be bought."""
    everybody = scoping.every_organization()
    for number in buying.with_recharge(everybody):
        buying.recharge(number)
    return sum(checkouts.prepare(number) for number in checkouts.due(everybody))
