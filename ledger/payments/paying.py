"""Payments: money in and out, against documents or on account.

A payment posts cash against the contact's control account and opens an item of its own; allocating settles that item
with those of documents (``ledger/settlements/settling.py``). Whatever is not allocated is the contact's credit.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.accounts.finding import account_of_role
from ledger.accounts.models import Account
from ledger.contacts.families import same_family
from ledger.contacts.models import Contact
from ledger.errors import (
    AllocationMismatch,
    DocumentAlreadyPaid,
    DocumentNotFound,
    DocumentNotIssued,
    PaymentExceedsOpen,
)
from ledger.invoicing.models import Document
from ledger.openitems.models import OpenItem
from ledger.payments.answers import payment_answers
from ledger.payments.models import Payment
from ledger.payments.moneys import Moneys, moneys_of
from ledger.payments.posting import Terms, control_account, post_payment
from ledger.settlements.dating import refuse_future, refuse_moved
from ledger.settlements.settling import held_items, pairing_of, settle
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events import recording
from organizations.money import MoneyError, add_up, exact, read_amount
from organizations.tenants.models import Organization

CREATED = recording.event("payment.created")
ALLOCATED = recording.event("payment.allocated")
BALANCE_SHEET = ("asset", "liability")
ZERO = Decimal(0)


@dataclass(slots=True)
class Allocation:
    """A part for one document. ``amount`` as written, in the document's currency; None is as much as there is."""

    document_id: int
    amount: Any = None
    #: What of the payment it takes, where that is in another currency.
    payment_amount: Any = None


@dataclass(slots=True)
class NewPayment:
    """A payment as it is wished. What is None follows from the documents, the account and the rates."""

    amount: Any
    direction: str | None = None
    contact_id: int | None = None
    account_id: int | None = None
    currency: str | None = None
    rate: Any = None
    account_amount: Any = None
    fee_amount: Any = None
    fee_account_id: int | None = None
    date: datetime.date | None = None
    method: str = ""
    reference: str = ""
    notes: str = ""
    metadata: dict = field(default_factory=dict)
    allocations: list[Allocation] = field(default_factory=list)
    allow_overpayment: bool = False
    refund_of: Payment | None = None


@transaction.atomic
def record_payment(*, actor: Actor, organization: Organization, new: NewPayment) -> Payment:
    """Record a payment and allocate it.

    Raises DocumentNotFound, DocumentNotIssued, DocumentAlreadyPaid, AllocationMismatch, Invalid, PaymentExceedsOpen,
    ExchangeRateMissing, and what stands in the way of posting.
    """
    documents = documents_of(organization, new.allocations)
    held = held_items(organization, [document.pk for document in documents.values()])
    _refuse_unpayable(documents, held, new)
    contact = _contact(organization, new, documents)
    direction = _direction(new, held)
    currency = new.currency or (next(iter(held.values())).currency_id if held else organization.base_currency_id)
    date = new.date or clock.today(organization.time_zone)
    account = _account(actor, organization, new)
    moneys = moneys_of(organization, new, direction=direction, currency=currency, account=account, date=date)
    taken = _split(organization, new, moneys, documents, held, currency)
    control = control_account(actor, organization, contact, direction, currency, held, refund=new.refund_of is not None)
    payment = post_payment(actor, organization, new, Terms(moneys, contact, direction, date, account, control))
    own = held_items(organization, [payment.pk])[payment.pk]
    pairings = [
        pairing_of(held[number], own, amount, of_payment, f"allocations[{place}].amount")
        for place, (number, amount, of_payment) in enumerate(taken)
    ]
    if pairings:
        settle(actor=actor, organization=organization, pairings=pairings, date=date)
    (after,) = payment_answers([payment], organization)
    recording.record(CREATED, actor=actor, organization_id=organization.pk, entity_id=payment.public_id, after=after)
    return payment


@transaction.atomic
def allocate_payment(
    *,
    actor: Actor,
    organization: Organization,
    payment: Payment,
    allocations: list[Allocation],
    date: datetime.date | None = None,
) -> Payment:
    """Allocate what is left of a payment to documents, on a day; today, or when the last of them is there, unless told.

    Raises as ``record_payment``, and Invalid for a day that is still to come or that is before the payment, a document,
    or the day from which on as much was open.
    """
    (before,) = payment_answers([payment], organization)
    documents = documents_of(organization, allocations)
    held = held_items(organization, [payment.pk, *documents])
    refuse_future(organization, date, *(item.date for item in held.values()))
    own = held.pop(payment.pk)
    new = NewPayment(amount=abs(own.open_amount), contact_id=payment.contact_id, allocations=allocations)
    _refuse_unpayable(documents, held, new)
    _contact(organization, new, documents)
    moneys = Moneys(abs(own.open_amount), payment.currency_rate, ZERO, ZERO, ZERO, ZERO)
    taken = _split(organization, new, moneys, documents, held, payment.currency_id, on_account=True)
    pairings = [
        pairing_of(held[number], own, amount, of_payment, f"allocations[{place}].amount")
        for place, (number, amount, of_payment) in enumerate(taken)
    ]
    rows = settle(actor=actor, organization=organization, pairings=pairings, date=date)
    refuse_moved(date, rows)
    (after,) = payment_answers([payment], organization)
    recording.record(
        ALLOCATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=payment.public_id,
        before=before,
        after=after,
    )
    return payment


# --- Reading what is to be paid ---------------------------------------------------------------------------------------


def documents_of(organization: Organization, allocations: Sequence[Allocation]) -> dict[int, Document]:
    """The documents that allocations name, each once. Raises Invalid, DocumentNotFound."""
    numbers = [allocation.document_id for allocation in allocations]
    rows = Document.objects.of(organization).filter(pk__in=numbers).select_related("contact")
    found = {document.pk: document for document in rows}
    problems = {}
    for place, number in enumerate(numbers):
        if number not in found:
            problems[f"allocations[{place}].document_id"] = DocumentNotFound.message
        elif number in numbers[:place]:
            raise Invalid(fields={f"allocations[{place}].document_id": "Each document once."})
    if problems:
        raise DocumentNotFound(fields=problems)
    return found


def _refuse_unpayable(documents: dict[int, Document], held: dict[int, OpenItem], new: NewPayment) -> None:
    for place, allocation in enumerate(new.allocations):
        document, path = documents[allocation.document_id], f"allocations[{place}].document_id"
        if allocation.document_id not in held:
            raise DocumentNotIssued(fields={path: DocumentNotIssued.message})
        if not held[allocation.document_id].open_amount:
            refusal = DocumentNotIssued if document.status == "cancelled" else DocumentAlreadyPaid
            raise refusal(fields={path: refusal.message})
    signs = {item.amount > 0 for item in held.values()}
    if len(signs) > 1:
        raise AllocationMismatch(fields={"allocations": "One payment settles claims or debts, not both."})


def _contact(organization: Organization, new: NewPayment, documents: dict[int, Document]) -> Contact:
    """Who pays or is paid; all documents are theirs. Raises Invalid, AllocationMismatch."""
    number = new.contact_id
    if number is None and documents:
        number = next(iter(documents.values())).contact_id
    contact = None if number is None else Contact.objects.of(organization).filter(pk=number).first()
    if contact is None:
        what = "This field is required." if number is None else "There is no such contact."
        raise Invalid(fields={"contact_id": what})
    for place, allocation in enumerate(new.allocations):
        if not same_family(contact, documents[allocation.document_id].contact):
            raise AllocationMismatch(fields={f"allocations[{place}].document_id": "It is another contact's."})
    return contact


def _direction(new: NewPayment, held: dict[int, OpenItem]) -> str:
    """A claim is paid in, a debt is paid out."""
    if not held:
        if new.direction is None:
            raise Invalid(fields={"direction": "in or out, where no document says it."})
        return new.direction
    found = "in" if next(iter(held.values())).amount > 0 else "out"
    if new.direction not in (None, found):
        raise AllocationMismatch(fields={"direction": f"These documents are paid {found}."})
    return found


def _account(actor: Actor, organization: Organization, new: NewPayment) -> Account:
    if new.account_id is None:
        return account_of_role(actor=actor, organization=organization, role="cash")
    found = Account.objects.of(organization).filter(pk=new.account_id).first()
    if found is None:
        raise Invalid(fields={"account_id": "There is no such account."})
    if found.type not in BALANCE_SHEET or found.role in ("receivable", "payable"):
        raise Invalid(fields={"account_id": "Money moves on an account of cash, a bank, or a card."})
    return found


def _split(
    organization: Organization,
    new: NewPayment,
    moneys: Moneys,
    documents: dict[int, Document],
    held: dict[int, OpenItem],
    currency: str,
    *,
    on_account: bool = False,
) -> list[tuple[int, Decimal, Decimal]]:
    """What each document takes: its key, the amount in its currency, and what that is of the payment.

    Raises PaymentExceedsOpen where something is left over that nobody allowed to be, Invalid.
    """
    left, taken = moneys.amount, []
    for place, allocation in enumerate(new.allocations):
        path = f"allocations[{place}]"
        item = held[allocation.document_id]
        open_amount = abs(item.open_amount)
        if item.currency_id == currency:
            amount = min(open_amount, left) if allocation.amount is None else _read(allocation.amount, item, path)
            of_payment = amount
        else:
            amount = open_amount if allocation.amount is None else _read(allocation.amount, item, path)
            of_payment = _of_payment(new, allocation, left, currency, path)
        if amount > open_amount:
            raise _too_much(open_amount, item.currency_id, f"{path}.amount")
        if of_payment > left or not of_payment:
            raise _too_much(left, currency, f"{path}.amount", "left of the payment")
        left = add_up([left, -of_payment])
        taken.append((allocation.document_id, amount, of_payment))
    if left and new.allocations and not on_account and not new.allow_overpayment:
        open_amount = add_up([moneys.amount, -left])
        raise _too_much(open_amount, currency, "amount")
    return taken


def _of_payment(new: NewPayment, allocation: Allocation, left: Decimal, currency: str, path: str) -> Decimal:
    """What an allocation to a document in another currency takes of the payment: as told, or all if it is alone."""
    if allocation.payment_amount is not None:
        try:
            return read_amount(allocation.payment_amount, decimals=decimals_of(currency))
        except MoneyError as problem:
            raise Invalid(fields={f"{path}.payment_amount": problem.message}) from problem
    if len(new.allocations) == 1:
        return left
    reason = f"How much of the payment in {currency} this takes."
    raise Invalid(fields={f"{path}.payment_amount": reason})


def _read(amount: Any, item: OpenItem, path: str) -> Decimal:
    try:
        return read_amount(amount, decimals=decimals_of(item.currency_id))
    except MoneyError as problem:
        raise Invalid(fields={f"{path}.amount": problem.message}) from problem


def _too_much(open_amount: Decimal, currency: str, path: str, what: str = "open") -> PaymentExceedsOpen:
    shown = exact(open_amount, decimals_of(currency))
    reason = f"Only {shown} {currency} is {what}."
    return PaymentExceedsOpen(details={"reason": reason, "open_amount": shown}, fields={path: reason})
