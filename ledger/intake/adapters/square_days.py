"""A till's day in the shape of Square's: one message with what was sold, taxed, tipped, given back and kept. Pure.

Source: developer.squareup.com/docs/webhooks/step3validate (the signature is over the address and the body).
"""

import base64
import datetime
import hmac
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ledger.intake.adapters.effects import (
    BadSignature,
    Call,
    Incoming,
    Nothing,
    Takings,
    Unbookable,
    Unreadable,
    id_of,
)
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
BESIDE = frozenset({"currency", "date", "location"})


def verify(call: Call, secret: str) -> None:
    """Raises BadSignature."""
    wanted = base64.b64encode(hmac.digest(secret.encode(), call.url.encode() + call.body, "sha256"))
    given = call.headers.get(HEADER, "").encode("ascii", "replace")
    if not hmac.compare_digest(wanted, given):
        raise BadSignature("The signature is not Square's")


def read(message: Mapping[str, Any]) -> Incoming:
    """What a message means. Raises Unreadable."""
    try:
        kind = message["type"]
        effect = _day(message["data"]) if kind == "daily_summary" else Nothing("Nothing for the books.")
        return Incoming(id_of(message["event_id"]), str(kind)[:100], effect)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Unreadable(f"{type(problem).__name__}: {problem}"[:200]) from problem


def _day(data: dict[str, Any]) -> Takings | Unbookable:
    currency = data["currency"].upper()
    decimals = decimals_of(currency)
    if decimals is None:
        raise ValueError(f"{currency} is no currency")
    day = datetime.date.fromisoformat(data["date"])
    location = str(data.get("location") or "")[:200]
    reference = f"{location} {day}".strip()
    unknown = sorted(name for name, value in data.items() if name not in {*PARTS, *BESIDE} and _is_money(value))
    if unknown:
        return Unbookable(reference, f"Nobody knows where in the books this belongs: {', '.join(unknown)[:300]}.")
    legs: list[tuple[str, Decimal]] = []
    for name, (role, is_credit) in PARTS.items():
        units = data.get(name, 0)
        if isinstance(units, bool) or not isinstance(units, int):
            raise ValueError(f"{name} is {units!r}")
        if units:
            amount = Decimal(units).scaleb(-decimals)
            legs.append((role, -amount if is_credit else amount))
    legs.append(("clearing", -sum((amount for _, amount in legs), Decimal(0))))
    return Takings(reference, tuple(legs), currency, day, f"Takings of {location or 'the till'}")


def _is_money(value: Any) -> bool:
    """Whether a part that is not known may be money: anything but words, a yes or no, and zero."""
    if isinstance(value, str):
        try:
            return bool(Decimal(value))
        except InvalidOperation:
            return False
    return bool(value) and not isinstance(value, bool)
