"""Credits: taking back what an issued document says, in whole or in part. Nothing of it is ever deleted."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.accounts.models import Account
from ledger.contacts.families import head_of
from ledger.errors import CreditExceedsDocument, DocumentCancelled, DocumentHasPayments, DocumentNotIssued
from ledger.invoicing.answers import document_answers
from ledger.invoicing.drafting import kept_lines
from ledger.invoicing.figuring import Named, account_problem, figure, keep
from ledger.invoicing.issuing import issue_new
from ledger.invoicing.models import Document
from ledger.invoicing.reading import LineDraft
from ledger.invoicing.shrinking import shrunk
from ledger.settlements.settling import held_items, pairing_of, settle
from ledger.taxes.models import Tax
from organizations import clock, ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events import recording
from organizations.money import MoneyError, add_up, exact, read_amount
from organizations.tenants.models import Organization

CREDIT_KIND = {"invoice": "credit_note", "bill": "vendor_credit"}
CREDITED = {kind: recording.event(f"{kind}.credited") for kind in CREDIT_KIND}
CANCELLED = {kind: recording.event(f"{kind}.cancelled") for kind in (*CREDIT_KIND, *CREDIT_KIND.values())}


@dataclass(slots=True)
class Wish:
    """What is to be credited: ``lines``, or an ``amount`` with tax, or all that is left. ``account_id`` takes it from
    another account than the lines' own: a bad debt is an expense, not less revenue."""

    lines: list[LineDraft] | None = None
    amount: Any = None
    account_id: int | None = None
    date: datetime.date | None = None
    reason: str = ""


@transaction.atomic
def credit_document(*, actor: Actor, organization: Organization, document: Document, wish: Wish) -> Document:
    """Credit an issued document that is held, and settle the credit with what is open of it; answers the credit.

    What is more than is open stays as the contact's credit. A contact that was merged or disabled since is no
    obstacle; of a merged one the credit is on the contact that stands for it. Raises DocumentNotIssued,
    CreditExceedsDocument, Invalid, and what issuing raises.
    """
    (before,) = document_answers([document], organization)
    credit = _credit(actor, organization, document, wish)
    (after,) = document_answers([_fresh(document)], organization)
    recording.record(
        CREDITED[document.kind],
        actor=actor,
        organization_id=organization.pk,
        entity_id=document.public_id,
        before=before,
        after=after,
    )
    return credit


@transaction.atomic
def cancel_document(
    *, actor: Actor, organization: Organization, document: Document, reason: str = "", date: datetime.date | None = None
) -> Document:
    """Cancel a document that is held: a draft as it is, an issued one by a credit of all that is left of it.

    Raises DocumentCancelled, DocumentHasPayments (also where a credit of something else is set off against it, or
    one of its own is not: something would be left open of what is cancelled).
    """
    if document.status == "cancelled":
        raise DocumentCancelled()
    (before,) = document_answers([document], organization)
    if document.status == "issued":
        if document.is_credit or before["payments"]:
            raise (
                DocumentHasPayments()
                if before["payments"]
                else DocumentNotIssued(
                    details={"reason": "A credit that is issued stays; issue a document for what it took too much."}
                )
            )
        _refuse_credit_of_another(document, before["credits"])
        if document.credited < document.total:
            _credit(actor, organization, document, Wish(reason=reason, date=date))
            _fresh(document)
        if held_items(organization, [document.pk])[document.pk].open_amount:
            raise DocumentHasPayments(details={"reason": "Its credits are not all set off against it: allocate them."})
    document.status = "cancelled"
    document.version += 1
    document.save(update_fields=["status", "version"])
    _fresh(document)
    (after,) = document_answers([document], organization)
    recording.record(
        CANCELLED[document.kind],
        actor=actor,
        organization_id=organization.pk,
        entity_id=document.public_id,
        before=before,
        after=after,
    )
    return document


def _refuse_credit_of_another(document: Document, credits: list[dict]) -> None:
    numbers = [ids.decode(one["counterpart_id"][:3], one["counterpart_id"]) for one in credits]
    others = Document.objects.of(document.organization_id).filter(pk__in=numbers).exclude(original_id=document.pk)
    if credits and others.exists():
        raise DocumentHasPayments(details={"reason": "A credit of something else is set off against it: take it out."})


def _fresh(document: Document) -> Document:
    document.refresh_from_db(fields=["status", "credited", "version", "updated_at"])
    return document


def _credit(actor: Actor, organization: Organization, document: Document, wish: Wish) -> Document:
    if document.status != "issued" or document.kind not in CREDIT_KIND:
        raise DocumentNotIssued()
    left = add_up([document.total, -document.credited])
    if not left:
        raise _too_much(document, left)
    credit = Document(
        organization=organization,
        kind=CREDIT_KIND[document.kind],
        contact=head_of(document.contact),
        account=document.account,
        currency_id=document.currency_id,
        currency_rate=document.currency_rate,
        date=wish.date or max(clock.today(organization.time_zone), document.date),
        tax_rounding=document.tax_rounding,
        original=document,
        reason=wish.reason,
        metadata=document.metadata,
    )
    if credit.date < document.date:
        raise Invalid(fields={"date": f"Not before {document.date}, the date of the document."})
    credit.due_date = credit.date
    _fill(organization, document, credit, wish, left)
    _refuse_too_much(document, credit.total, left)
    held = held_items(organization, [document.pk])
    issue_new(actor=actor, organization=organization, documents=[credit])
    mine = held_items(organization, [credit.pk])[credit.pk]
    item = held[document.pk]
    part = min(abs(item.open_amount), credit.total)
    if part:
        settle(actor=actor, organization=organization, pairings=[pairing_of(item, mine, part, part)], date=credit.date)
    return credit


def _refuse_too_much(document: Document, amount: Decimal, left: Decimal) -> None:
    if amount > left:
        raise _too_much(document, left)


def _too_much(document: Document, left: Decimal) -> CreditExceedsDocument:
    shown = exact(left, decimals_of(document.currency_id))
    reason = f"Only {shown} is left of {document.number}."
    if not left:
        reason = f"Nothing is left of {document.number} to credit."
    return CreditExceedsDocument(details={"reason": reason, "remaining": shown}, fields={"amount": reason})


def _refuse_unfit_account(organization: Organization, document: Document, wish: Wish) -> None:
    """The account that takes it instead of the lines' own follows the rules of a line. Raises Invalid."""
    if wish.account_id is None:
        return
    account = Account.objects.of(organization).filter(pk=wish.account_id).first()
    problem = account_problem(account, document.currency_id, organization.base_currency_id)
    if problem is not None:
        raise Invalid(fields={"account_id": problem})


def _fill(organization: Organization, document: Document, credit: Document, wish: Wish, left: Decimal) -> None:
    """The lines of the credit and what they add up to."""
    _refuse_unfit_account(organization, document, wish)
    lines = wish.lines
    if lines is None:
        share = _share(document, wish, left)
        if share is not None:
            _refuse_too_much(document, share, left)
            _fill_in_proportion(document, credit, wish, share)
            return
        lines = kept_lines(document)
    if wish.account_id is not None:
        for line in lines:
            line.account_id = wish.account_id
    named = Named.by(organization, [document.contact_id], lines)
    figured = figure(
        organization, credit.kind, document.contact, document.currency_id, document.tax_rounding.strip(), lines, named
    )
    keep(credit, figured)


def _share(document: Document, wish: Wish, left: Decimal) -> Decimal | None:
    """How much of the document is credited by amount, tax included; None for a whole that was never credited."""
    if wish.amount is None:
        return left if document.credited else None
    try:
        return read_amount(wish.amount, decimals=decimals_of(document.currency_id))
    except MoneyError as problem:
        raise Invalid(fields={"amount": problem.message}) from problem


def _fill_in_proportion(document: Document, credit: Document, wish: Wish, share: Decimal) -> None:
    decimals = decimals_of(document.currency_id)
    numbers = {ids.decode("TAX", number) for line in document.lines for number in line["tax_ids"]}
    reverse = Tax.objects.of(document.organization_id).filter(pk__in=numbers, treatment="reverse_charge")
    uncharged = {tax.public_id for tax in reverse}
    credit.lines = shrunk(document.lines, document.total, share, decimals, uncharged)
    if wish.account_id is not None:
        for line in credit.lines:
            line["account_id"] = ids.encode("ACT", wish.account_id)
    credit.subtotal = add_up(Decimal(line["amount"]) for line in credit.lines)
    credit.tax_amount = add_up(Decimal(line["tax_amount"]) for line in credit.lines)
    credit.total = add_up([credit.subtotal, credit.tax_amount])
