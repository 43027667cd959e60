"""A till's day in the shape of Square's: one message with what was sold, taxed, tipped, given back and kept. Pure.

Source: developer.squareup.com/docs/webhooks/step3validate (the signature is over the address and the body).
"""

import base64
import datetime
import hmac
import json
from decimal import Decimal
from typing import Any

from ledger.intake.adapters.effects import BadSignature, Call, Incoming, Nothing, Takings, Unreadable
from organizations.currencies.iso import decimals_of

NAME = "square"
HEADER = "x-square-hmacsha256-signature"
#: Part of a summary → role of the chart, and whether it is a credit.
PARTS = {
    "net_sales": ("sales", True),
    "tips": ("sales", True),
    "tax": ("tax_payable", True),
    "refunds": ("sales", False),
    "fees": ("bank_fees", False),
}


def verify(call: Call, secret: str) -> None:
    """Raises BadSignature."""
    wanted = base64.b64encode(hmac.digest(secret.encode(), call.url.encode() + call.body, "sha256"))
    given = call.headers.get(HEADER, "").encode("ascii", "replace")
    if not hmac.compare_digest(wanted, given):
        raise BadSignature("The signature is not Square's")


def read(body: bytes) -> Incoming:
    """What a message means. Raises Unreadable."""
    try:
        event = json.loads(body)
        kind = event["type"]
        effect = _takings(event["data"]) if kind == "daily_summary" else Nothing("Nothing for the books.")
        return Incoming(str(event["event_id"])[:255], str(kind)[:100], effect)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Unreadable(f"{type(problem).__name__}: {problem}"[:200]) from problem


def _takings(data: dict[str, Any]) -> Takings:
    currency = data["currency"].upper()
    decimals = decimals_of(currency)
    if decimals is None:
        raise ValueError(f"{currency} is no currency")
    legs: list[tuple[str, Decimal]] = []
    for name, (role, is_credit) in PARTS.items():
        units = data.get(name, 0)
        if isinstance(units, bool) or not isinstance(units, int):
            raise ValueError(f"{name} is {units!r}")
        if units:
            amount = Decimal(units).scaleb(-decimals)
            legs.append((role, -amount if is_credit else amount))
    legs.append(("clearing", -sum((amount for _, amount in legs), Decimal(0))))
    day = datetime.date.fromisoformat(data["date"])
    text = f"Takings of {data.get('location', 'the till')}"
    return Takings(f"{data.get('location', '')} {day}".strip(), tuple(legs), currency, day, text[:500])
