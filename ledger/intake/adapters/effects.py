"""What the message of a payment provider or a till means for the books. Pure: every adapter speaks in these.

A further provider is one more file beside ``stripe_events.py``: a ``verify``, and a ``read`` that gives ``Incoming``.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


class BadSignature(Exception):
    """The message is not the provider's, or too old."""


class Unreadable(Exception):
    """The message is the provider's and has not the form that it should have; says what is missing."""


@dataclass(frozen=True, slots=True)
class Sale:
    """Money that a provider took for us, less what it kept of it. ``invoice_id`` is what it pays, if anything."""

    reference: str
    amount: Decimal
    fee: Decimal
    currency: str
    day: datetime.date
    invoice_id: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """What was given back of a sale until now, all in all: told twice or out of order, it is the same."""

    reference: str
    total: Decimal
    currency: str
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a bank took back, or gave back (below zero), with the fee for it."""

    reference: str
    amount: Decimal
    currency: str
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Payout:
    """Money on its way from the provider to the bank; below zero where it came back."""

    reference: str
    amount: Decimal
    currency: str
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Takings:
    """A day of a till: each leg is a role of the chart (or ``clearing``), debit positive. They add up to nothing."""

    reference: str
    legs: tuple[tuple[str, Decimal], ...]
    currency: str
    day: datetime.date
    description: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing for the books; why."""

    reason: str


Effect = Sale | Refund | Dispute | Payout | Takings | Nothing


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message: its id at the provider, its kind, and what it means."""

    event_id: str
    event_type: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Call:
    """A message as it came over HTTP."""

    body: bytes
    headers: Mapping[str, str]
    url: str
