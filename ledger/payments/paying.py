"""Payments: money in and out, against documents or on account.

A payment posts cash against the contact's control account and opens an item of its own; allocating settles that item
with those of documents (``ledger/settlements/settling.py``). Whatever is not allocated is the contact's credit.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from ledger.accounts.finding import account_of_role
from ledger.accounts.models import Account
from ledger.contacts.families import head_of, same_family
from ledger.contacts.models import Contact
from ledger.contacts.usable import contact_problem
from ledger.errors import AllocationMismatch, DocumentAlreadyPaid, DocumentNotFound, DocumentNotIssued
from ledger.invoicing.models import Document
from ledger.openitems.models import OpenItem
from ledger.payments.answers import payment_answers
from ledger.payments.models import Payment
from ledger.payments.moneys import moneys_of
from ledger.payments.posting import Terms, control_account, post_payment
from ledger.payments.splitting import Allocation, Means, split
from ledger.settlements.dating import refuse_future, refuse_moved
from ledger.settlements.settling import held_items, pairing_of, settle
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events import recording
from organizations.money import exact
from organizations.tenants.models import Organization

CREATED = recording.event("payment.created")
ALLOCATED = recording.event("payment.allocated")
BALANCE_SHEET = ("asset", "liability")


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
    """Record a payment and allocate it (``splitting.py``).

    Raises DocumentNotFound, DocumentNotIssued, DocumentAlreadyPaid, AllocationMismatch, ContactMerged, Invalid,
    PaymentExceedsOpen, ExchangeRateMissing, and what stands in the way of posting.
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
    means = Means(moneys.amount, currency, date, moneys.rate, spare=new.allow_overpayment)
    parts = split(organization, new.allocations, means, held)
    control = control_account(actor, organization, contact, direction, currency, held, refund=new.refund_of is not None)
    payment = post_payment(actor, organization, new, Terms(moneys, contact, direction, date, account, control))
    own = held_items(organization, [payment.pk])[payment.pk]
    pairings = [pairing_of(held[part.document_id], own, part.amount, part.of_payment, part.field) for part in parts]
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

    Those in another currency at the rates of the day. Raises as ``record_payment``, and Invalid for a day that is still
    to come or that is before the payment, a document, or the day from which on as much was open.
    """
    (before,) = payment_answers([payment], organization)
    documents = documents_of(organization, allocations)
    held = held_items(organization, [payment.pk, *documents])
    refuse_future(organization, date, *(item.date for item in held.values()))
    own = held.pop(payment.pk)
    new = NewPayment(amount=abs(own.open_amount), contact_id=payment.contact_id, allocations=allocations)
    _refuse_unpayable(documents, held, new)
    _contact(organization, new, documents)
    day = max(date or clock.today(organization.time_zone), payment.payment_date)
    rate = payment.currency_rate if day == payment.payment_date else None
    left = exact(abs(own.open_amount), decimals_of(payment.currency_id))
    means = Means(left, payment.currency_id, day, rate, spare=True)
    parts = split(organization, allocations, means, held)
    pairings = [pairing_of(held[part.document_id], own, part.amount, part.of_payment, part.field) for part in parts]
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
    """Who pays or is paid; all documents are theirs. For a merged contact it is the one that stands for it now.

    Raises Invalid, AllocationMismatch, and ContactMerged where nothing of before is settled or paid back.
    """
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
    if contact.merged_into_id is not None and not documents and new.refund_of is None:
        raise contact_problem(contact)
    return head_of(contact)


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
