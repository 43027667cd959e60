"""Telling Stripe of purchases, by its own library; and what Stripe tells in return.

Sources: docs.stripe.com/api/checkout/sessions, docs.stripe.com/api/payment_intents, docs.stripe.com/webhooks.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings

from organizations import clock, ids, scoping
from organizations.actors import system
from organizations.events.recording import event, record
from organizations.metering.buying import organizations_with, purchase_answer
from organizations.metering.crediting import give, hold
from organizations.metering.models import CreditPool, CreditPurchase
from organizations.requests.errors import SignatureInvalid

PAID = event("credit_purchase.paid")
FAILED = event("credit_purchase.failed")

TOLERANCE = 300  # seconds that a message may be old
MOST_ATTEMPTS = 20
DUE = """
    select distinct organization_id from organizations_creditpurchase
     where organization_id = any (%s) and status = 'preparing' order by 1
"""
#: What each message says of the purchase.
PAYING = ("checkout.session.completed", "checkout.session.async_payment_succeeded", "payment_intent.succeeded")
ENDING = {"checkout.session.expired": "expired", "checkout.session.async_payment_failed": "failed",
          "payment_intent.payment_failed": "failed"}  # fmt: skip

log = structlog.get_logger(__name__)


def stripe_client():
    """Stripe's own client for the installation's account."""
    import stripe

    return stripe.StripeClient(settings.CREDITS_STRIPE_SECRET_KEY, max_network_retries=1)


def due(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations that have a purchase of which Stripe does not know yet."""
    return organizations_with(DUE, organization_ids)


def prepare(organization_id: int) -> int:
    """Tell Stripe of an organization's purchases; how many it took. Opens its own transactions."""
    with scoping.acting_in(organization_id):
        waiting = list(CreditPurchase.objects.of(organization_id).filter(status="preparing").order_by("id"))
        pool = CreditPool.objects.of(organization_id).first() or CreditPool(organization_id=organization_id)
    if not waiting:
        return 0
    import stripe  # here: it takes a second to load, which nobody else should wait for

    taken = 0
    for purchase in waiting:
        try:
            said = _charge(purchase, pool) if purchase.by_itself else _open_page(purchase, pool)
        except stripe.StripeError as problem:
            _note_problem(purchase, problem)
        else:
            taken += 1
            with scoping.acting_in(organization_id):
                mine = CreditPurchase.objects.of(organization_id).filter(pk=purchase.pk, status="preparing")
                mine.update(status="open", **said, updated_at=clock.now())
    return taken


def _open_page(purchase: CreditPurchase, pool: CreditPool) -> dict[str, str]:
    """A page of Stripe's on which the package is paid, and the method kept for later."""
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": ids.encode("CPU", purchase.pk),
        "metadata": _names(purchase),
        "success_url": purchase.success_url,
        "cancel_url": purchase.cancel_url,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": purchase.cents,
                    "product_data": {"name": f"{purchase.credits:,} credits"},
                },
            }
        ],
        "payment_intent_data": {"setup_future_usage": "off_session", "metadata": _names(purchase)},
    }
    params |= {"customer": pool.customer} if pool.customer else {"customer_creation": "always"}
    session = stripe_client().v1.checkout.sessions.create(params=params, options=_once(purchase))
    return {"checkout_url": session.url, "provider_id": session.id}


def _charge(purchase: CreditPurchase, pool: CreditPool) -> dict[str, str]:
    """A payment with the method on file, while nobody is there."""
    params = {
        "amount": purchase.cents,
        "currency": "usd",
        "customer": pool.customer,
        "payment_method": pool.method,
        "off_session": True,
        "confirm": True,
        "description": f"{purchase.credits:,} credits",
        "metadata": _names(purchase),
    }
    return {"provider_id": stripe_client().v1.payment_intents.create(params=params, options=_once(purchase)).id}


def _names(purchase: CreditPurchase) -> dict[str, str]:
    return {
        "purchase_id": ids.encode("CPU", purchase.pk),
        "organization_id": ids.encode("ORG", purchase.organization_id),
    }


def _once(purchase: CreditPurchase) -> dict[str, str]:
    return {"idempotency_key": ids.encode("CPU", purchase.pk)}


def _note_problem(purchase: CreditPurchase, problem: Exception) -> None:
    """A card that is refused ends the purchase; what else went wrong is tried again."""
    import stripe

    refused = isinstance(problem, stripe.CardError | stripe.InvalidRequestError)
    log.warning("credits_not_bought", problem=type(problem).__name__, purchase=ids.encode("CPU", purchase.pk))
    with scoping.acting_in(purchase.organization_id):
        row = CreditPurchase.objects.of(purchase.organization_id).select_for_update().get(pk=purchase.pk)
        if row.status != "preparing":
            return
        row.attempts += 1
        row.error = str(problem.user_message or type(problem).__name__)[:500]
        if refused or row.attempts >= MOST_ATTEMPTS:
            _end(row, "failed")
        else:
            _save(row)


# --- What Stripe tells ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A message about a purchase."""

    kind: str
    item: dict[str, Any]
    organization_id: int
    purchase_id: int


def receive(body: bytes, signature: str) -> str:
    """Take a message of Stripe's in, and say what became of it. Raises SignatureInvalid.

    The same message may come any number of times and at once: a purchase is paid once.
    """
    _verify(body, signature)
    told = _read(body)
    if told is None:
        return "ignored"
    with scoping.acting_in(told.organization_id):
        hold(told.organization_id)
        rows = CreditPurchase.objects.of(told.organization_id).select_related("organization")
        purchase = rows.select_for_update(of=("self",)).filter(pk=told.purchase_id).first()
        if purchase is None:
            return "ignored"
        if purchase.status == "paid":
            _keep_method(told, purchase)
            return "known"
        if told.kind in ENDING:
            if told.kind.startswith("payment_intent") and not purchase.by_itself:
                return "waiting"  # the person on the page may try another card
            purchase.error = str((told.item.get("last_payment_error") or {}).get("message") or "")[:500]
            _end(purchase, ENDING[told.kind])
            return "ended"
        if not _is_paid(told, purchase):
            return "waiting"
        _pay(told, purchase)
        return "credited"


def _verify(body: bytes, signature: str) -> None:
    import stripe

    secret = settings.CREDITS_STRIPE_WEBHOOK_SECRET
    if not secret:
        raise SignatureInvalid()
    try:
        stripe.WebhookSignature.verify_header(body.decode("utf-8"), signature, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as problem:
        raise SignatureInvalid() from problem


def _read(body: bytes) -> Told | None:
    """What a message says of a purchase of ours; None where it says nothing of one."""
    try:
        message = json.loads(body)
        kind, item = message["type"], message["data"]["object"]
        if kind not in PAYING and kind not in ENDING:
            return None
        names = item["metadata"]
        return Told(kind, item, ids.decode("ORG", names["organization_id"]), ids.decode("CPU", names["purchase_id"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _is_paid(told: Told, purchase: CreditPurchase) -> bool:
    """Whether all of the price was paid. A bank transfer completes the page before the money comes."""
    amount = told.item.get("amount_total", told.item.get("amount_received"))
    paid = told.item.get("payment_status") == "paid" if "payment_status" in told.item else True
    return paid and amount == purchase.cents and told.item.get("currency") == "usd"


def _pay(told: Told, purchase: CreditPurchase) -> None:
    organization, actor = purchase.organization, system("stripe_webhook")
    before = purchase_answer(purchase)
    purchase.status, purchase.error = "paid", ""
    _save(purchase)
    answer = purchase_answer(purchase)
    record(PAID, actor=actor, organization_id=organization.pk, entity_id=answer["id"], before=before, after=answer)
    give(
        actor=actor,
        organization=organization,
        credits=purchase.credits,
        kind="purchase",
        reference=answer["id"],
        note=str(told.item.get("id") or "")[:255],
    )
    _keep_method(told, purchase)


def _keep_method(told: Told, purchase: CreditPurchase) -> None:
    """Who paid, and how, for what is bought by itself."""
    organization = purchase.organization
    customer, method = told.item.get("customer"), told.item.get("payment_method")
    if isinstance(customer, str):
        pool = CreditPool.objects.of(organization).first() or CreditPool(organization=organization)
        pool.customer = customer[:255]
        if isinstance(method, str):
            pool.method = method[:255]
        pool.updated_at = clock.now()
        pool.save()


def _end(purchase: CreditPurchase, status: str) -> None:
    before = purchase_answer(purchase)
    purchase.status = status
    _save(purchase)
    answer = purchase_answer(purchase)
    who = {"actor": system("stripe_webhook"), "organization_id": purchase.organization_id}
    record(FAILED, **who, entity_id=answer["id"], before=before, after=answer)


def _save(purchase: CreditPurchase) -> None:
    purchase.updated_at = clock.now()
    purchase.save(update_fields=["status", "error", "attempts", "updated_at"])
