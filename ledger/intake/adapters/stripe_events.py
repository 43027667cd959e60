"""Stripe's events: checked by Stripe's own library, and what they mean for the books. Pure but for that library.

Sources: docs.stripe.com/webhooks (signatures), docs.stripe.com/currencies (smallest units), docs.stripe.com/api/events.
"""

import datetime
import json
from decimal import Decimal
from typing import Any

from ledger.intake.adapters.effects import (
    BadSignature,
    Call,
    Dispute,
    Effect,
    Incoming,
    Nothing,
    Payout,
    Refund,
    Sale,
    Unreadable,
)
from organizations.currencies.iso import decimals_of

NAME = "stripe"
TOLERANCE = 300  # seconds that a message may be old
#: Stripe writes these with two decimals, which ISO 4217 does not have.
TWO_DECIMALS = frozenset({"ISK", "UGX"})
#: What another event tells as well, and is booked from there.
TOLD_ELSEWHERE = frozenset(
    {
        *("charge.succeeded", "charge.updated", "charge.captured", "charge.refund.updated", "refund.created"),
        *("refund.updated", "invoice.payment_succeeded", "invoice.paid", "charge.dispute.created"),
        *("charge.dispute.closed", "payout.created", "checkout.session.completed"),
    }
)


def verify(call: Call, secret: str) -> None:
    """Raises BadSignature."""
    import stripe  # here: it takes a second to load, which nobody else should wait for

    header = call.headers.get("stripe-signature", "")
    try:
        stripe.WebhookSignature.verify_header(call.body.decode("utf-8"), header, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as problem:
        raise BadSignature("The signature is not Stripe's, or too old") from problem


def read(body: bytes) -> Incoming:
    """What an event means. Raises Unreadable."""
    try:
        event = json.loads(body)
        kind, item = event["type"], event["data"]["object"]
        effect = _effect(kind, item, event)
        return Incoming(str(event["id"])[:255], str(kind)[:100], effect)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
        raise Unreadable(f"{type(problem).__name__}: {problem}"[:200]) from problem


def _effect(kind: str, item: dict[str, Any], event: dict[str, Any]) -> Effect:
    if kind == "payment_intent.succeeded":
        return _sale(item)
    if kind == "charge.refunded":
        currency = item["currency"].upper()
        day = _day(event["created"])
        return Refund(
            item.get("payment_intent") or item["id"], _money(item["amount_refunded"], currency), currency, day
        )
    if kind in ("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"):
        return _dispute(item, event)
    if kind in ("payout.paid", "payout.failed"):
        currency = item["currency"].upper()
        amount = _money(item["amount"], currency)
        day = _day(item.get("arrival_date") or item["created"]) if kind == "payout.paid" else _day(event["created"])
        return Payout(item["id"], amount if kind == "payout.paid" else -amount, currency, day)
    if kind in TOLD_ELSEWHERE:
        return Nothing("It is booked from another event.")
    return Nothing("Nothing for the books.")


def _sale(item: dict[str, Any]) -> Sale:
    currency = item["currency"].upper()
    metadata = item.get("metadata") or {}
    return Sale(
        reference=item["id"],
        amount=_money(item["amount_received"], currency),
        fee=_fee(item, currency),
        currency=currency,
        day=_day(item["created"]),
        invoice_id=metadata.get("invoice_id"),
        description=(item.get("description") or "")[:500],
    )


def _fee(item: dict[str, Any], currency: str) -> Decimal:
    """What Stripe kept, where the event carries the balance transaction (``expand``) in the sale's own currency."""
    charge = item.get("latest_charge")
    if not isinstance(charge, dict):
        charges = (item.get("charges") or {}).get("data") or [{}]
        charge = charges[0]
    balance = charge.get("balance_transaction")
    if not isinstance(balance, dict) or balance.get("currency", "").upper() != currency:
        return Decimal(0)
    return _money(balance["fee"], currency)


def _dispute(item: dict[str, Any], event: dict[str, Any]) -> Dispute:
    moves = item["balance_transactions"]
    move = moves[-1]
    currency = move["currency"].upper()
    taken = -_money(move["amount"], currency) + _money(move.get("fee", 0), currency)
    return Dispute(item.get("payment_intent") or item["charge"], taken, currency, _day(event["created"]))


def _money(units: Any, currency: str) -> Decimal:
    decimals = 2 if currency in TWO_DECIMALS else decimals_of(currency)
    if decimals is None or isinstance(units, bool) or not isinstance(units, int):
        raise ValueError(f"{units!r} is no amount in {currency}")
    return Decimal(units).scaleb(-decimals)


def _day(stamp: Any) -> datetime.date:
    if isinstance(stamp, bool) or not isinstance(stamp, int):
        raise ValueError(f"{stamp!r} is no moment")
    return datetime.datetime.fromtimestamp(stamp, datetime.UTC).date()
