"""Applying credits: what is left of a credit note is set off against other invoices of the customer, and taken out
again; a vendor credit likewise against bills.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.contacts.families import same_family
from ledger.errors import (
    AllocationMismatch,
    DocumentAlreadyPaid,
    DocumentCancelled,
    DocumentNotFound,
    DocumentNotIssued,
    PaymentExceedsOpen,
)
from ledger.invoicing.answers import document_answers
from ledger.invoicing.models import Document
from ledger.openitems.models import OpenItem
from ledger.settlements.dating import refuse_future, refuse_moved
from ledger.settlements.models import Settlement
from ledger.settlements.settling import held_items, pairing_of, settle, standing, unsettle
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events import recording
from organizations.money import MoneyError, add_up, exact, read_amount
from organizations.tenants.models import Organization

#: Kind of a credit → what it is applied to.
APPLIED_TO = {"credit_note": "invoice", "vendor_credit": "bill"}
ALLOCATED = {kind: recording.event(f"{kind}.allocated") for kind in APPLIED_TO}
UNALLOCATED = {kind: recording.event(f"{kind}.unallocated") for kind in APPLIED_TO}


@dataclass(slots=True)
class Part:
    """What of a credit is for one document. ``amount`` as written; None is as much as there is of both."""

    document_id: int
    amount: Any = None


@transaction.atomic
def allocate_credit(
    *,
    actor: Actor,
    organization: Organization,
    document: Document,
    allocations: Sequence[Part],
    date: datetime.date | None = None,
) -> Document:
    """Set what is left of a credit that is held off against documents of its contact, in its currency.

    Dated ``date``, or today, or when the last of them is there. Raises DocumentNotIssued, DocumentNotFound,
    DocumentAlreadyPaid, AllocationMismatch, PaymentExceedsOpen, Invalid (also for a day that is still to come, or
    before one of them), BooksClosed, PeriodLocked.
    """
    if document.status != "issued":
        raise DocumentNotIssued()
    (before,) = document_answers([document], organization)
    documents = _named(organization, document, allocations)
    held = held_items(organization, [document.pk, *documents])
    refuse_future(organization, date, *(item.date for item in held.values()))
    own = held.pop(document.pk)
    left, pairings = abs(own.open_amount), []
    for place, part in enumerate(allocations):
        path = f"allocations[{place}]"
        amount = _amount(documents[part.document_id], held.get(part.document_id), own, part.amount, left, path)
        left = add_up([left, -amount])
        pairings.append(pairing_of(held[part.document_id], own, amount, amount, f"{path}.amount"))
    refuse_moved(date, settle(actor=actor, organization=organization, pairings=pairings, date=date))
    _record(ALLOCATED, actor, organization, document, before)
    return document


@transaction.atomic
def unallocate_credit(
    *,
    actor: Actor,
    organization: Organization,
    document: Document,
    document_ids: Sequence[int] | None = None,
    date: datetime.date | None = None,
    reason: str = "",
) -> Document:
    """Take a credit that is held out of some documents, or of all; they are open again, and it is the contact's credit.

    Raises Invalid where it is not allocated to one of them or the day is still to come, DocumentCancelled for one that
    it cancelled, BooksClosed, PeriodLocked.
    """
    (before,) = document_answers([document], organization)
    rows = _settlements(organization, document)
    others = {other.object_id for _, other in rows}
    problems = {
        f"document_ids[{place}]": "The credit is not allocated to this document."
        for place, number in enumerate(document_ids or ())
        if number not in others
    }
    if problems:
        raise Invalid(fields=problems)
    chosen = [(row, other) for row, other in rows if document_ids is None or other.object_id in document_ids]
    numbers = [other.object_id for _, other in chosen]
    if Document.objects.of(organization).filter(pk__in=numbers, status="cancelled").exists():
        raise DocumentCancelled(details={"reason": "What was cancelled is not opened again."})
    refuse_future(organization, date, *(row.date for row, _ in chosen))
    taken = [row for row, _ in chosen]
    unsettle(actor=actor, organization=organization, settlements=taken, date=date, reason=reason)
    _record(UNALLOCATED, actor, organization, document, before)
    return document


def _record(events: dict[str, str], actor: Actor, organization: Organization, document: Document, before: dict) -> None:
    (after,) = document_answers([document], organization)
    recording.record(
        events[document.kind],
        actor=actor,
        organization_id=organization.pk,
        entity_id=document.public_id,
        before=before,
        after=after,
    )


def _named(organization: Organization, credit: Document, allocations: Sequence[Part]) -> dict[int, Document]:
    """The documents that allocations name, each once, of the credit's contact, held until the end.

    Raises Invalid, DocumentNotFound, AllocationMismatch.
    """
    numbers = [part.document_id for part in allocations]
    rows = Document.objects.of(organization).filter(pk__in=numbers, kind=APPLIED_TO[credit.kind])
    rows = rows.select_related("contact").order_by("pk").select_for_update(of=("self",), no_key=True)
    found = {document.pk: document for document in rows}
    for place, number in enumerate(numbers):
        path = f"allocations[{place}].document_id"
        if number in numbers[:place]:
            raise Invalid(fields={path: "Each document once."})
        if number not in found:
            raise DocumentNotFound(fields={path: DocumentNotFound.message})
        if not same_family(credit.contact, found[number].contact):
            raise AllocationMismatch(fields={path: "It is another contact's."})
    return found


def _amount(document: Document, item: OpenItem | None, own: OpenItem, wanted: Any, left: Decimal, path: str) -> Decimal:
    """What a document takes of a credit of which so much is left."""
    if item is None or document.status == "cancelled":
        raise DocumentNotIssued(fields={f"{path}.document_id": DocumentNotIssued.message})
    if item.currency_id != own.currency_id:
        reason = f"A credit in {own.currency_id} is set off against documents in {own.currency_id}."
        raise AllocationMismatch(fields={f"{path}.document_id": reason})
    open_amount = abs(item.open_amount)
    if not open_amount:
        raise DocumentAlreadyPaid(fields={f"{path}.document_id": DocumentAlreadyPaid.message})
    try:
        amount = (
            min(open_amount, left) if wanted is None else read_amount(wanted, decimals=decimals_of(own.currency_id))
        )
    except MoneyError as problem:
        raise Invalid(fields={f"{path}.amount": problem.message}) from problem
    if amount > open_amount or amount > left or not amount:
        most, what = (open_amount, "open") if open_amount < left else (left, "left of the credit")
        shown = exact(most, decimals_of(own.currency_id))
        reason = f"Only {shown} {own.currency_id} is {what}."
        raise PaymentExceedsOpen(details={"reason": reason, "open_amount": shown}, fields={f"{path}.amount": reason})
    return amount


def _settlements(organization: Organization, credit: Document) -> list[tuple[Settlement, OpenItem]]:
    """The standing settlements of a credit with documents, each with the other item; all items held.

    What was paid out for it is undone by its payment.
    """
    own = held_items(organization, [credit.pk]).get(credit.pk)
    if own is None:
        return []
    rows = standing(organization, [own])
    found = [(row, row.credit_item if row.debit_item_id == own.pk else row.debit_item) for row in rows]
    found = [(row, other) for row, other in found if other.kind != "payment"]
    held_items(organization, [credit.pk, *(other.object_id for _, other in found)])
    return found
