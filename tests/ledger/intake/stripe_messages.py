"""Messages in the shape in which Stripe sends them, signed as Stripe signs."""

import hashlib
import hmac
import json
import time

SECRET = "whsec_test_1a2b3c"
DAY = 1_767_960_000  # 2026-01-09 12:00 UTC


def event(kind: str, item: dict, number: str = "evt_1", **more) -> dict:
    return {
        "id": number,
        "object": "event",
        "api_version": "2025-09-30.clover",
        "created": DAY,
        "type": kind,
        "livemode": True,
        "data": {"object": item},
        **more,
    }


def payment(number: str = "pi_1", cents: int = 12_000, *, fee: int | None = 378, currency: str = "usd", **more) -> dict:
    balance = {"id": "txn_1", "object": "balance_transaction", "amount": cents, "fee": fee, "currency": currency}
    charge = {"id": "ch_1", "object": "charge", "amount": cents, "balance_transaction": balance if fee else "txn_1"}
    return {
        "id": number,
        "object": "payment_intent",
        "amount": cents,
        "amount_received": cents,
        "currency": currency,
        "created": DAY,
        "description": "Twelve cups",
        "latest_charge": charge,
        "metadata": {},
        "status": "succeeded",
        **more,
    }


def charge(number: str = "pi_1", refunded: int = 5_000) -> dict:
    return {
        "id": "ch_1",
        "object": "charge",
        "amount": 12_000,
        "amount_refunded": refunded,
        "currency": "usd",
        "payment_intent": number,
        "refunded": refunded == 12_000,
    }


def payout(cents: int = 11_622) -> dict:
    return {"id": "po_1", "object": "payout", "amount": cents, "currency": "usd", "arrival_date": DAY + 2 * 86_400,
            "created": DAY, "status": "paid"}  # fmt: skip


def dispute(payment: str = "pi_1", cents: int = 5_000, *, number: str = "dp_1", fee: int = 1_500, won=False) -> dict:
    moves = [{"amount": -cents, "fee": fee, "currency": "usd"}, {"amount": cents, "fee": 0, "currency": "usd"}]
    about = {"id": number, "object": "dispute", "charge": "ch_1", "payment_intent": payment}
    return about | {"balance_transactions": moves if won else moves[:1]}


def signed(body: bytes, secret: str = SECRET, moment: float | None = None) -> str:
    """The header, worked out by the published rule and not by the library that checks it."""
    stamp = int(time.time() if moment is None else moment)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def written(message: dict) -> bytes:
    return json.dumps(message, indent=2).encode()
