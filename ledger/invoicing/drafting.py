"""Writing, changing and deleting drafts of documents."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from ledger.contacts.usable import contact_problem
from ledger.errors import DocumentIsIssued, DocumentNumberKept, DocumentNumberTaken
from ledger.invoicing.answers import document_answers
from ledger.invoicing.figuring import Figured, Named, figure, keep, shown_price
from ledger.invoicing.models import PREFIXES, Document
from ledger.invoicing.numbering import passed_over
from ledger.invoicing.reading import NAMES, LineDraft
from ledger.journal.saved import new_ids
from ledger.stationery.answers import stationery_of
from organizations import ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events import recording
from organizations.money import MoneyError, read_rate
from organizations.rows import insert_rows
from organizations.tenants.models import Organization

KINDS = ("invoice", "bill", "credit_note", "vendor_credit")
CREATED = {kind: recording.event(f"{kind}.created") for kind in KINDS}
UPDATED = {kind: recording.event(f"{kind}.updated") for kind in KINDS}
DELETED = {kind: recording.event(f"{kind}.deleted") for kind in KINDS}
PLAIN = ("order_number", "date", "due_date", "metadata")


@transaction.atomic
def create_document(*, actor: Actor, organization: Organization, kind: str, fields: dict[str, Any]) -> Document:
    """Save a draft, from the fields that ``read_document`` found. Raises what ``new_document`` does."""
    document = new_document(organization, kind, fields)
    save_new(actor=actor, organization=organization, documents=[document])
    return document


def new_document(organization: Organization, kind: str, fields: dict[str, Any]) -> Document:
    """A draft in memory. Raises Invalid, and of contacts what they raise."""
    named = Named.by(organization, [fields["contact_id"]], fields["lines"])
    return drafted(organization, kind, fields, named, stationery_of(organization))


def drafted(organization: Organization, kind: str, fields: dict[str, Any], named: Named, stationery) -> Document:
    """A draft in memory, worked out. Raises Invalid, ContactNotFound, ContactDisabled, ContactMerged."""
    contact = named.contacts.get(fields["contact_id"])
    refusal = contact_problem(contact)
    if refusal is not None:
        raise refusal
    document = Document(
        organization=organization,
        kind=kind,
        contact=contact,
        tax_rounding=organization.tax_rounding,
        notes=fields.get("notes") if fields.get("notes") is not None else stationery.default_notes,
        footer=fields.get("footer") if fields.get("footer") is not None else "",
    )
    _take(document, fields, contact)
    figured = figure(
        organization, kind, contact, document.currency_id, document.tax_rounding.strip(), fields["lines"], named
    )
    keep(document, figured)
    return document


def save_new(*, actor: Actor, organization: Organization, documents: Sequence[Document]) -> None:
    """Write new drafts and their events, in three statements."""
    give_keys(organization, documents)
    insert_rows(documents)
    answers = document_answers(documents, organization)
    facts = [
        (CREATED[document.kind], document.public_id, None, answer)
        for document, answer in zip(documents, answers, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(*recording.statement(actor=actor, organization_id=organization.pk, facts=facts))


def give_keys(organization: Organization, documents: Sequence[Document]) -> None:
    """Give new documents their keys, and the instant of this transaction. Raises DocumentNumberTaken."""
    for document in documents:
        refuse_number(organization, document)
    now, numbers = new_ids(len(documents))
    for document, number in zip(documents, numbers, strict=True):
        document.pk, document.created_at, document.updated_at = number, now, now


@transaction.atomic
def change_document(
    *, actor: Actor, organization: Organization, document: Document, fields: dict[str, Any]
) -> Document:
    """Change a draft that is held.

    Raises DocumentIsIssued, DocumentNumberTaken, DocumentNumberKept, Invalid, and of contacts what they raise.
    """
    if document.status != "draft":
        raise DocumentIsIssued()
    if "number" in fields and (fields["number"] or "") != document.number:
        _refuse_kept(organization, document)
    (before,) = document_answers([document], organization)
    lines = fields["lines"] if "lines" in fields else kept_lines(document)
    number = fields.get("contact_id", document.contact_id)
    named = Named.by(organization, [number], lines)
    contact = named.contacts.get(number)
    refusal = contact_problem(contact)
    if refusal is not None:
        raise refusal
    document.contact = contact
    for name in ("notes", "footer"):
        if fields.get(name) is not None:
            setattr(document, name, fields[name])
    _take(document, fields, contact)
    figured: Figured = figure(
        organization, document.kind, contact, document.currency_id, document.tax_rounding.strip(), lines, named
    )
    keep(document, figured)
    refuse_number(organization, document)
    if document_answers([document], organization) == [before]:
        return document
    document.version += 1
    document.save()
    document.refresh_from_db(fields=["updated_at"])
    (after,) = document_answers([document], organization)
    recording.record(
        UPDATED[document.kind],
        actor=actor,
        organization_id=organization.pk,
        entity_id=document.public_id,
        before=before,
        after=after,
    )
    return document


@transaction.atomic
def delete_draft(*, actor: Actor, organization: Organization, document: Document) -> None:
    """Delete a draft that is held. Raises DocumentIsIssued, DocumentNumberKept."""
    if document.transaction_id is not None:
        raise DocumentIsIssued()
    _refuse_kept(organization, document)
    (before,) = document_answers([document], organization)
    identity = document.public_id
    document.delete()
    recording.record(
        DELETED[document.kind], actor=actor, organization_id=organization.pk, entity_id=identity, before=before
    )


def _take(document: Document, fields: dict[str, Any], contact) -> None:
    """The header's fields. Raises Invalid."""
    problems = {}
    for name in PLAIN:
        if name in fields:
            setattr(document, name, fields[name])
    if "number" in fields:
        document.number = fields["number"] or ""
    base = document.organization.base_currency_id
    if "currency" in fields or document.currency_id is None:
        document.currency_id = fields.get("currency") or contact.currency_id or base
        document.currency_rate = None
    if fields.get("rate") is not None and document.currency_id != base:
        try:
            document.currency_rate = read_rate(fields["rate"])
        except MoneyError as problem:
            problems["currency_rate"] = problem.message
    elif "rate" in fields and fields["rate"] is None:
        document.currency_rate = None
    if document.date and document.due_date and document.due_date < document.date:
        problems["due_at"] = "Not before the date of the document."
    if problems:
        raise Invalid(fields=problems)


def kept_lines(document: Document) -> list[LineDraft]:
    """The lines of a draft as a client would write them again."""
    decimals = decimals_of(document.currency_id)
    return [
        LineDraft(
            description=line["description"],
            quantity=line["quantity"],
            unit_price=str(shown_price(Decimal(line["unit_price"]), decimals)),
            discount_percent=line["discount_percent"],
            account_id=ids.decode("ACT", line["account_id"]),
            item_id=None if line["item_id"] is None else ids.decode("ITM", line["item_id"]),
            tax_ids=[ids.decode("TAX", number) for number in line["tax_ids"]],
            metadata=line["metadata"],
        )
        for line in document.lines
    ]


def refuse_number(organization: Organization, document: Document) -> None:
    """Raises DocumentNumberTaken. A vendor's number may come twice (``duplicates_of`` warns); ours never."""
    if not document.number or not document.is_sale:
        return
    passed_over(organization, document.number)  # whoever numbers documents of this series now is waited for
    rows = Document.objects.of(organization).filter(kind=document.kind, number=document.number)
    if rows.exclude(pk=document.pk).exists():
        raise DocumentNumberTaken(fields={_number_field(document): f"{document.number} is taken."})


def _refuse_kept(organization: Organization, document: Document) -> None:
    """Raises DocumentNumberKept: without this document the series would have a gap."""
    if document.number and document.is_sale and passed_over(organization, document.number):
        raise DocumentNumberKept(fields={_number_field(document): DocumentNumberKept.message})


def _number_field(document: Document) -> str:
    return NAMES[PREFIXES[document.kind]][0]


def twins_of(organization: Organization, document: Document) -> list[Document]:
    """The bills that this one may be once more: same contact, number and total. At most five."""
    if document.kind != "bill" or not document.number:
        return []
    rows = Document.objects.of(organization).filter(
        kind="bill", number=document.number, contact_id=document.contact_id, total=document.total
    )
    found = rows.exclude(pk=document.pk).exclude(status="cancelled").select_related("contact")
    return list(found.order_by("pk")[:5])


def duplicates_of(organization: Organization, document: Document) -> list[dict[str, str]]:
    """Warnings where a bill looks like one that is there."""
    return [
        {
            "code": "duplicate_bill",
            "field": "bill_number",
            "message": f"Bill {other.number} of {other.contact.name} ({other.public_id}) has this number and amount.",
        }
        for other in twins_of(organization, document)
    ]
