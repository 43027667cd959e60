"""Buying credits: a package, paid on Stripe's page by a person, or by itself with the method on file.

A purchase is a row first. A task tells Stripe of it, with no database transaction open and with the purchase's own id
as Stripe's idempotency key, so that a task that is killed and runs again makes one payment. Credits come only of
Stripe's signed message (``charging.py``), or at once in test mode, where they are mock.

Sources: docs.stripe.com/api/checkout/sessions/create, docs.stripe.com/payments/save-during-payment.
"""

import datetime
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from organizations import clock, ids, scoping
from organizations.actors import Actor, system
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.metering.crediting import give, hold, left_of
from organizations.metering.errors import CreditsNotSold
from organizations.metering.models import CreditPool, CreditPurchase
from organizations.metering.paying import DOLLARS
from organizations.metering.pooling import require_payer
from organizations.tenants.models import Organization

BEGUN = event("credit_purchase.begun")

TOGETHER = 500
RECHARGING = """
    select organization_id from organizations_creditpool
     where organization_id = any (%s) and recharge_below is not null order by 1
"""
WAITING = ("preparing", "open")
#: After a card was refused it is not asked again by itself for so long.
REST = datetime.timedelta(days=1)


def purchase_answer(purchase: CreditPurchase) -> dict[str, Any]:
    """A purchase as the API shows it."""
    return {
        "object": "credit_purchase",
        "id": ids.encode("CPU", purchase.pk),
        "organization_id": ids.encode("ORG", purchase.organization_id),
        "package": purchase.package,
        "credits": purchase.credits,
        "amount": purchase.cents * DOLLARS,
        "currency": "USD",
        "status": purchase.status,
        "by_itself": purchase.by_itself,
        "checkout_url": purchase.checkout_url or None,
        "error": purchase.error or None,
        "created_at": purchase.created_at,
        "updated_at": purchase.updated_at,
    }


@transaction.atomic
def buy_credits(
    *, actor: Actor, organization: Organization, package: str, success_url: str = "", cancel_url: str = ""
) -> CreditPurchase:
    """Begin to buy a package; in test mode it is paid at once. Raises AnotherPays, CreditsNotSold, Invalid."""
    require_payer(organization)
    if package not in settings.CREDIT_PACKAGES:
        raise Invalid(fields={"package": f"A package is one of: {', '.join(settings.CREDIT_PACKAGES)}."})
    if organization.mode != "test":
        if not settings.CREDITS_STRIPE_SECRET_KEY:
            raise CreditsNotSold()
        for name, address in (("success_url", success_url), ("cancel_url", cancel_url)):
            if not _is_address(address):
                raise Invalid(fields={name: "Where Stripe sends the person then, such as https://example.com/paid."})
    hold(organization.pk)
    return _begin(actor, organization, package, success_url=success_url, cancel_url=cancel_url)


def organizations_with(query: str, organization_ids: Sequence[int]) -> list[int]:
    """Those organizations that a query finds; it is asked about some hundred at a time."""
    found = []
    for start in range(0, len(organization_ids), TOGETHER):
        some = list(organization_ids[start : start + TOGETHER])
        with scoping.reading(some), connection.cursor() as cursor:
            cursor.execute(query, [some])
            found += [number for (number,) in cursor.fetchall()]
    return found


def with_recharge(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations that buy by themselves."""
    return organizations_with(RECHARGING, organization_ids)


def recharge(organization_id: int) -> CreditPurchase | None:
    """Buy by itself where less is left than the pool says; None where not, or something is on its way already."""
    with scoping.acting_in(organization_id):
        pool = CreditPool.objects.of(organization_id).select_related("organization").first()
        if pool is None or pool.recharge_below is None:
            return None
        mock = pool.organization.mode == "test"
        if not mock and not (pool.method and settings.CREDITS_STRIPE_SECRET_KEY):
            return None
        if left_of(organization_id) >= pool.recharge_below:
            return None
        hold(organization_id)
        earlier = CreditPurchase.objects.of(organization_id).filter(by_itself=True)
        refused = earlier.filter(status="failed", updated_at__gt=clock.now() - REST)
        if earlier.filter(status__in=WAITING).exists() or refused.exists():
            return None
        return _begin(system("metering"), pool.organization, pool.recharge_package, by_itself=True)


def _begin(actor: Actor, organization: Organization, package: str, **fields) -> CreditPurchase:
    number, cents = settings.CREDIT_PACKAGES[package]
    paid = organization.mode == "test"
    purchase = CreditPurchase(organization=organization, package=package, credits=number, cents=cents, **fields)
    purchase.status = "paid" if paid else "preparing"
    purchase.save(force_insert=True)
    purchase.refresh_from_db()
    answer = purchase_answer(purchase)
    who = {"actor": actor, "organization": organization}
    record(BEGUN, actor=actor, organization_id=organization.pk, entity_id=answer["id"], after=answer)
    if paid:
        give(**who, credits=number, kind="purchase", reference=answer["id"], note="Mock credits of test mode.")
    return purchase


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and text.isprintable() and " " not in text
    except ValueError:
        return False
