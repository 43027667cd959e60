"""Stripe's events: checked by Stripe's own library, and what they mean for the books. Pure but for that library.

Sources: docs.stripe.com/webhooks (signatures), docs.stripe.com/currencies (smallest units), docs.stripe.com/api/events.
"""

import datetime
from collections.abc import Mapping
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
    Unbookable,
    Unreadable,
    id_of,
)
from organizations import clock
from organizations.currencies.iso import decimals_of

NAME = "stripe"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
TOLERANCE = 300  # seconds that a message may be old
#: Stripe writes these with other decimals than ISO 4217 has.
DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}
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
    if not header.isascii():
        raise BadSignature("The signature is not Stripe's")
    try:
        stripe.WebhookSignature.verify_header(call.body.decode("utf-8"), header, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as problem:
        raise BadSignature("The signature is not Stripe's, or too old") from problem


def read(message: Mapping[str, Any]) -> Incoming:
    """What an event means. Raises Unreadable."""
    try:
        kind, item = message["type"], message["data"]["object"]
        effect = _effect(kind, item, message)
        return Incoming(id_of(message["id"]), str(kind)[:100], effect)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
        raise Unreadable(f"{type(problem).__name__}: {problem}"[:200]) from problem


def _effect(kind: str, item: dict[str, Any], event: Mapping[str, Any]) -> Effect:
    if kind == "payment_intent.succeeded":
        charges = (item.get("charges") or {}).get("data") or [None]
        return _sale(item, item["amount_received"], item.get("latest_charge") or charges[0], event)
    if kind in ("charge.succeeded", "charge.captured") and not item.get("payment_intent"):
        if not item["captured"]:
            return Nothing("It is booked when it is captured.")
        return _sale(item, item.get("amount_captured", item["amount"]), item, event)
    if kind == "charge.refunded":
        return _refund(item, event)
    if kind == "refund.failed" or (kind == "refund.updated" and item.get("status") == "canceled"):
        reason = "A refund did not reach the customer: take back what was booked for it by hand."
        return Unbookable(id_of(item.get("payment_intent") or item["charge"]), reason)
    if kind in ("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"):
        return _dispute(item, event)
    if kind in ("payout.paid", "payout.failed"):
        return _payout(item, event, failed=kind == "payout.failed")
    if kind in TOLD_ELSEWHERE:
        return Nothing("It is booked from another event.")
    return Nothing("Nothing for the books.")


def _sale(item: dict[str, Any], units: Any, charge: Any, event: Mapping[str, Any]) -> Sale:
    """A payment, or a charge without one. Its day is that on which it succeeded: it may have been begun long before."""
    currency = item["currency"].upper()
    invoice = (item.get("metadata") or {}).get("invoice_id")
    return Sale(
        reference=id_of(item),
        amount=_money(units, currency, least=0),
        fee=_fee(charge, currency),
        currency=currency,
        day=_moment(event["created"]),
        invoice_id=None if invoice is None else str(invoice),
        description=(item.get("description") or "")[:500],
    )


def _fee(charge: Any, currency: str) -> Decimal:
    """What Stripe kept, where the event carries the balance transaction (``expand``) in the sale's own currency."""
    balance = charge.get("balance_transaction") if isinstance(charge, dict) else None
    if not isinstance(balance, dict) or balance.get("currency", "").upper() != currency:
        return Decimal(0)
    return _money(balance["fee"], currency)


def _refund(item: dict[str, Any], event: Mapping[str, Any]) -> Refund:
    """What was given back; Stripe counts with it what was authorized and never captured."""
    currency = item["currency"].upper()
    total = _money(item["amount_refunded"], currency, least=0)
    if "amount_captured" in item:
        total -= _money(item["amount"], currency) - _money(item["amount_captured"], currency)
    return Refund(id_of(item.get("payment_intent") or item), total, currency, _moment(event["created"]))


def _dispute(item: dict[str, Any], event: Mapping[str, Any]) -> Dispute:
    moves = item["balance_transactions"]
    if not moves:
        raise ValueError("The dispute moved no money")
    currency = moves[0]["currency"].upper()
    if any(move["currency"].upper() != currency for move in moves):
        raise ValueError("The moves of the dispute are in several currencies")
    taken = tuple(
        (
            str(move.get("id") or f"{id_of(item)} {place}"),
            _money(move.get("fee", 0), currency) - _money(move["amount"], currency),
        )
        for place, move in enumerate(moves)
    )
    return Dispute(id_of(item.get("payment_intent") or item["charge"]), taken, currency, _moment(event["created"]))


def _payout(item: dict[str, Any], event: Mapping[str, Any], *, failed: bool) -> Payout:
    """Of the day on which it arrives, which Stripe tells as midnight in UTC; failed, of the day of the event."""
    currency = item["currency"].upper()
    arrival = None if failed else item.get("arrival_date")
    day = _moment(event["created"]) if arrival is None else _moment(arrival).date()
    return Payout(id_of(item), _money(item["amount"], currency), currency, day, failed)


def _money(units: Any, currency: str, *, least: int | None = None) -> Decimal:
    decimals = DECIMALS.get(currency, decimals_of(currency))
    if decimals is None or isinstance(units, bool) or not isinstance(units, int):
        raise ValueError(f"{units!r} is no amount in {currency}")
    if least is not None and units < least:
        raise ValueError(f"{units!r} is less than {least}")
    return Decimal(units).scaleb(-decimals)


def _moment(stamp: Any) -> datetime.datetime:
    if isinstance(stamp, bool) or not isinstance(stamp, int):
        raise ValueError(f"{stamp!r} is no moment")
    found = EPOCH + datetime.timedelta(seconds=stamp)
    if not clock.FIRST_DAY < found.date() < clock.LAST_DAY:
        raise ValueError(f"{stamp!r} is no moment that books have")
    return found
