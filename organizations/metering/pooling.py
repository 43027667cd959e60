"""A pool of credits: whether who pays must have them, and what is bought when they run low."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.metering.crediting import hold, left_of
from organizations.metering.errors import AnotherPays
from organizations.metering.models import CreditEntry, CreditPool
from organizations.metering.paying import DOLLARS, payer_of
from organizations.requests import credits
from organizations.tenants.models import Organization

CHANGED = event("credit_pool.changed")


def pool_answer(organization: Organization) -> dict[str, Any]:
    """A pool as the API shows it, with its books: what each account received and gave."""
    payer = payer_of(organization)
    own = payer.pk == organization.pk
    pool = _pool(organization)
    entries = CreditEntry.objects.of(organization)
    rows = entries.values("debit_account", "credit_account").annotate(credits=Sum("credits")).order_by()
    sides: dict[str, list[int]] = {}
    for row in rows:
        sides.setdefault(row["debit_account"], [0, 0])[0] += abs(row["credits"])
        sides.setdefault(row["credit_account"], [0, 0])[1] += abs(row["credits"])
    return {
        "object": "credit_pool",
        "organization_id": organization.public_id,
        "billing_organization_id": payer.public_id,
        "enforced": is_enforced(pool),
        "credits_remaining": left_of(organization.pk) if own else None,
        "mock": organization.mode == "test",
        "recharge_below": pool.recharge_below,
        "recharge_package": pool.recharge_package or None,
        "can_recharge": bool(pool.method) or organization.mode == "test",
        "accounts": [
            {"account": name, "received": received, "given": given} for name, (received, given) in sorted(sides.items())
        ],
        "packages": [
            {"package": name, "credits": number, "amount": cents * DOLLARS, "currency": "USD"}
            for name, (number, cents) in settings.CREDIT_PACKAGES.items()
        ],
    }


def is_enforced(pool: CreditPool) -> bool:
    """Whether who pays must have the credits."""
    return settings.CREDITS_ENFORCED if pool.enforced is None else pool.enforced


@transaction.atomic
def change_pool(*, actor: Actor, organization: Organization, **changes) -> CreditPool:
    """Change ``enforced``, ``recharge_below`` and ``recharge_package`` of an organization that pays for itself.

    Raises AnotherPays, Invalid.
    """
    require_payer(organization)
    hold(organization.pk)
    pool = _pool(organization)
    before = _state(pool)
    for name, value in changes.items():
        setattr(pool, name, value)
    if (pool.recharge_below is None) != (not pool.recharge_package):
        raise Invalid(fields={"recharge_below": "Credits are bought by themselves below a number, and as a package."})
    if pool.recharge_package and pool.recharge_package not in settings.CREDIT_PACKAGES:
        names = ", ".join(settings.CREDIT_PACKAGES)
        raise Invalid(fields={"recharge_package": f"A package is one of: {names}."})
    pool.updated_at = clock.now()
    pool.save()
    who = {"actor": actor, "organization_id": organization.pk}
    record(CHANGED, **who, entity_id=organization.public_id, before=before, after=_state(pool))
    if pool.enforced != before["enforced"]:
        transaction.on_commit(partial(credits.forget, organization.pk))
    return pool


def require_payer(organization: Organization) -> None:
    """Raises AnotherPays."""
    if payer_of(organization).pk != organization.pk:
        raise AnotherPays()


def _pool(organization: Organization) -> CreditPool:
    """The row, or one that says nothing."""
    return CreditPool.objects.of(organization).first() or CreditPool(organization=organization)


def _state(pool: CreditPool) -> dict[str, Any]:
    return {
        "object": "credit_pool",
        "enforced": pool.enforced,
        "recharge_below": pool.recharge_below,
        "recharge_package": pool.recharge_package or None,
    }
