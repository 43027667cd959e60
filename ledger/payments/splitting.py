"""What each document takes of a payment, and what that is in the document's currency.

In one currency a part is the same for both. Between two, the rates of the day say what one is of the other, unless the
client says so: USD 50 pays EUR 45.45 of an invoice at 1.10, and what differs from its carrying amount is realised.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledger.currencies.rates import rate_on
from ledger.errors import AllocationMismatch, ExchangeRateMissing, PaymentExceedsOpen
from ledger.openitems.models import OpenItem
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.money import MoneyError, add_up, exact, read_amount
from organizations.tenants.models import Organization

#: How many times more or less than by the rates of the day an amount may cost unless the client says both figures.
FAR = 2


@dataclass(slots=True)
class Allocation:
    """A part for one document. ``amount`` as written, in the document's currency; None is as much as there is."""

    document_id: int
    amount: Any = None
    #: What of the payment it takes, where that is in another currency.
    payment_amount: Any = None
    #: How the request names ``amount``, where not as one of many allocations.
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What there is to pay with on a day, one unit of which is ``rate`` in base currency, or as the day's rate says.

    ``spare`` is whether something of it may be left over, as the contact's credit.
    """

    amount: Decimal
    currency: str
    date: datetime.date
    rate: Decimal | None = None
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What a document takes: ``amount`` in its currency, which is ``of_payment`` in the payment's; both positive."""

    document_id: int
    amount: Decimal
    of_payment: Decimal
    field: str


def split(
    organization: Organization, allocations: Sequence[Allocation], means: Means, held: Mapping[int, OpenItem]
) -> list[Part]:
    """What each document takes, in this order, of items that are held.

    Raises Invalid, PaymentExceedsOpen where a part is more than is open or left, or where something is left over that
    nobody allowed to be, ExchangeRateMissing, AllocationMismatch where two figures are far from the rates of the day.
    """
    left, parts = means.amount, []
    for place, allocation in enumerate(allocations):
        field = allocation.field or f"allocations[{place}].amount"
        item = held[allocation.document_id]
        if not left:
            raise _too_much(left, means.currency, field, "left of the payment")
        if item.currency_id == means.currency:
            amount = of_payment = _same(allocation, item, left, place, field)
        else:
            wish = _Wish(allocation, item, left, place, field, alone=len(allocations) == 1)
            amount, of_payment = _between(organization, means, wish)
        if amount > abs(item.open_amount):
            raise _too_much(abs(item.open_amount), item.currency_id, field)
        if of_payment > left:
            raise _too_much(left, means.currency, field, "left of the payment")
        left = add_up([left, -of_payment])
        parts.append(Part(allocation.document_id, amount, of_payment, field))
    if left and parts and not means.spare:
        raise _too_much(add_up([means.amount, -left]), means.currency, "amount")
    return parts


# --- In one currency, and between two ---------------------------------------------------------------------------------


def _same(allocation: Allocation, item: OpenItem, left: Decimal, place: int, field: str) -> Decimal:
    amount = _read(allocation.amount, item.currency_id, field)
    of_payment = _read(allocation.payment_amount, item.currency_id, f"allocations[{place}].payment_amount")
    if None not in (amount, of_payment) and amount != of_payment:
        reason = "The document is in the payment's currency: leave it out."
        raise Invalid(fields={f"allocations[{place}].payment_amount": reason})
    told = of_payment if amount is None else amount
    return min(abs(item.open_amount), left) if told is None else told


@dataclass(frozen=True, slots=True)
class _Wish:
    """An allocation to a document in another currency than the payment, with what is left of that."""

    allocation: Allocation
    item: OpenItem
    left: Decimal
    place: int
    field: str
    alone: bool

    @property
    def payment_field(self) -> str:
        return f"allocations[{self.place}].payment_amount"


def _between(organization: Organization, means: Means, wish: _Wish) -> tuple[Decimal, Decimal]:
    """What a document in another currency takes, in its currency and of the payment.

    With both figures as told. With the payment's alone, or none, what that is worth in the document's currency. With
    the document's alone, the payment if it is for that alone, and what the rates say where something may be left over.
    """
    currency = wish.item.currency_id
    amount = _read(wish.allocation.amount, currency, wish.field)
    of_payment = _read(wish.allocation.payment_amount, means.currency, wish.payment_field)
    if amount is None:
        exchange = _exchange(organization, means, wish)
        return _paid(exchange, wish, of_payment)
    if of_payment is not None:
        return amount, of_payment
    if not wish.alone:
        reason = f"How much of the payment in {means.currency} this takes."
        raise Invalid(fields={wish.payment_field: reason})
    if means.spare:
        exchange = _exchange(organization, means, wish)
        of_payment = min(exchange.price(amount), wish.left)
    else:
        exchange, of_payment = _known_exchange(organization, means, currency), wish.left
    if exchange is not None:
        _refuse_far(exchange, amount, of_payment, wish)
    return amount, of_payment


def _paid(exchange: "Exchange", wish: _Wish, told: Decimal | None) -> tuple[Decimal, Decimal]:
    """As much of what is open as the payment, or what was told of it, pays by the rates."""
    open_amount = exact(abs(wish.item.open_amount), decimals_of(exchange.document_currency))
    offered = wish.left if told is None else told
    amount, of_payment = exchange.paid(open_amount, offered)
    if not amount:
        shown = exact(offered, decimals_of(exchange.payment_currency))
        reason = f"{shown} {exchange.payment_currency} is nothing in {exchange.document_currency}."
        raise Invalid(fields={"amount" if told is None else wish.payment_field: reason})
    if told is not None and of_payment < told:
        raise _too_much(of_payment, exchange.payment_currency, wish.payment_field)
    return amount, of_payment


def _refuse_far(exchange: "Exchange", amount: Decimal, of_payment: Decimal, wish: _Wish) -> None:
    worth = exchange.price(amount)
    if of_payment * FAR >= worth and of_payment <= worth * FAR:
        return
    said = f"{amount} {exchange.document_currency}"
    reason = (
        f"{said} is worth {worth} {exchange.payment_currency} on that day, far from {of_payment}: "
        "where that is meant, allocate it with both amount and payment_amount."
    )
    field = wish.allocation.field or wish.payment_field
    raise AllocationMismatch(details={"reason": reason}, fields={field: reason})


# --- Rates ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two currencies on a day, and what one unit of each is in base currency. Pure."""

    payment_currency: str
    payment_rate: Decimal
    document_currency: str
    document_rate: Decimal

    def worth(self, of_payment: Decimal) -> Decimal:
        """An amount of the payment in the document's currency, half a unit rounded up."""
        ratio = Fraction(self.payment_rate) / Fraction(self.document_rate)
        return _rounded(Fraction(of_payment) * ratio, decimals_of(self.document_currency))

    def price(self, amount: Decimal) -> Decimal:
        """An amount of the document in the payment's currency, half a unit rounded up, and at least a unit."""
        decimals = decimals_of(self.payment_currency)
        ratio = Fraction(self.document_rate) / Fraction(self.payment_rate)
        return max(_rounded(Fraction(amount) * ratio, decimals), exact(Decimal(1).scaleb(-decimals), decimals))

    def paid(self, open_amount: Decimal, offered: Decimal) -> tuple[Decimal, Decimal]:
        """How much of what is open an offer pays, and how much of the offer that takes.

        All is paid where the two are the same but for the rounding to a unit of either currency.
        """
        worth, price = self.worth(offered), self.price(open_amount)
        if worth < open_amount and offered < price:
            return worth, offered
        return open_amount, offered if worth == open_amount else min(offered, price)


def _rounded(amount: Fraction, decimals: int) -> Decimal:
    units = (amount * 10**decimals + Fraction(1, 2)).__floor__()
    return exact(Decimal(units).scaleb(-decimals), decimals)


def _known_exchange(organization: Organization, means: Means, currency: str) -> Exchange | None:
    base = organization.base_currency_id
    payment_rate = means.rate
    if payment_rate is None:
        found = rate_on(organization, means.currency, base, means.date)
        payment_rate = None if found is None else found.rate
    found = rate_on(organization, currency, base, means.date)
    if payment_rate is None or found is None:
        return None
    return Exchange(means.currency, payment_rate, currency, found.rate)


def _exchange(organization: Organization, means: Means, wish: _Wish) -> Exchange:
    found = _known_exchange(organization, means, wish.item.currency_id)
    if found is not None:
        return found
    base = organization.base_currency_id
    missing = [wish.item.currency_id] if means.rate is not None else [means.currency, wish.item.currency_id]
    foreign = " and ".join(currency for currency in missing if currency != base)
    reason = f"A rate from {foreign} on {means.date} is needed, or what it is in both currencies."
    raise ExchangeRateMissing(details={"reason": reason}, fields={wish.field: reason})


# --- Figures ----------------------------------------------------------------------------------------------------------


def _read(amount: Any, currency: str, field: str) -> Decimal | None:
    if amount is None:
        return None
    try:
        return read_amount(amount, decimals=decimals_of(currency))
    except MoneyError as problem:
        raise Invalid(fields={field: problem.message}) from problem


def _too_much(open_amount: Decimal, currency: str, path: str, what: str = "open") -> PaymentExceedsOpen:
    shown = exact(open_amount, decimals_of(currency))
    reason = f"Only {shown} {currency} is {what}."
    return PaymentExceedsOpen(details={"reason": reason, "open_amount": shown}, fields={path: reason})
