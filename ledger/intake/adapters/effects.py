"""What the message of a payment provider or a till means for the books. Pure: every adapter speaks in these.

A further provider is one more file beside ``stripe_events.py``: a ``verify``, and a ``read`` that gives ``Incoming``.

What an effect is about (``reference``) and its ``fact`` are booked once, in however many messages they are told;
``money`` is what those have to agree in.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LONGEST_ID = 255
#: When it was: a date is that day, an instant the day that it is where the organization is.
Day = datetime.date | datetime.datetime


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
    day: Day
    invoice_id: str | None = None
    description: str = ""

    @property
    def fact(self) -> tuple:
        return ()

    @property
    def money(self) -> tuple:
        return (self.currency, self.amount)


@dataclass(frozen=True, slots=True)
class Refund:
    """What was given back of a sale until now, all in all: told twice or out of order, it is the same."""

    reference: str
    total: Decimal
    currency: str
    day: Day


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a bank took back, or gave back (below zero), with the fee for it: all moves until now, each with its id."""

    reference: str
    moves: tuple[tuple[str, Decimal], ...]
    currency: str
    day: Day


@dataclass(frozen=True, slots=True)
class Payout:
    """Money on its way from the provider to the bank, or that it ``failed`` and came back."""

    reference: str
    amount: Decimal
    currency: str
    day: Day
    failed: bool = False

    @property
    def fact(self) -> tuple:
        return (self.failed,)

    @property
    def money(self) -> tuple:
        return (self.currency, self.amount)


@dataclass(frozen=True, slots=True)
class Takings:
    """A day of a till: each leg is a role of the chart (or ``clearing``), debit positive. They add up to nothing."""

    reference: str
    legs: tuple[tuple[str, Decimal], ...]
    currency: str
    day: Day
    description: str = ""

    @property
    def fact(self) -> tuple:
        return (self.currency,)

    @property
    def money(self) -> tuple:
        return self.legs


@dataclass(frozen=True, slots=True)
class Unbookable:
    """Money that moved in a way that is not booked by itself; why."""

    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing for the books; why."""

    reason: str


Effect = Sale | Refund | Dispute | Payout | Takings | Unbookable | Nothing


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


def id_of(value: Any) -> str:
    """An id at the provider, or that of a thing which is told whole. Raises KeyError, ValueError."""
    found = value["id"] if isinstance(value, dict) else value
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_ID:
        raise ValueError(f"{found!r} is no id")
    return found
