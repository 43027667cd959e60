"""Sending documents by e-mail: through the outbox, committed with what it says; and that they were seen."""

from collections.abc import Sequence

from django.db import transaction

from ledger.errors import DocumentNotIssued
from ledger.invoicing.answers import document_answers
from ledger.invoicing.models import Document
from ledger.invoicing.printing import document_pdf, paper_of
from ledger.stationery.answers import stationery_of
from ledger.stationery.figures import Figures
from ledger.stationery.placeholders import fill
from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.events import recording
from organizations.letters.posting import Enclosure, post_letter
from organizations.tenants.models import Organization

SENT = recording.event("document.sent")
VIEWED = recording.event("document.viewed")


@transaction.atomic
def send_document(
    *,
    actor: Actor,
    organization: Organization,
    document: Document,
    to: Sequence[str] | None = None,
    subject: str | None = None,
    message: str | None = None,
) -> Document:
    """Send an issued document that is held, with its PDF. Raises DocumentNotIssued, Invalid.

    To the contact's address unless told, with the stationery's words unless told.
    """
    if document.status != "issued":
        raise DocumentNotIssued()
    to = list(to) if to is not None else [document.contact.email] if document.contact.email else []
    if not to:
        raise Invalid(fields={"to": "The contact has no e-mail address; name one."})
    (before,) = document_answers([document], organization)
    stationery = stationery_of(organization)
    paper = paper_of(organization, document)
    figures = Figures(paper.locale, paper.currency, paper.decimals)
    values = {
        "number": document.number,
        "total": figures.money(document.total),
        "due_date": figures.day(document.due_date),
        "contact": document.contact.name,
        "organization": paper.seller.name,
    }
    name = f"{document.number}.pdf".replace("/", "-")
    post_letter(
        actor=actor,
        organization=organization,
        to=to,
        subject=subject or fill(stationery.email_subject, values),
        body=message or fill(stationery.email_body, values),
        reply_to=stationery.email,
        sender_name=paper.seller.name,
        attachments=[Enclosure(name, "application/pdf", document_pdf(organization, document))],
        about_kind=document.kind,
        about_id=document.public_id,
    )
    _stamp(SENT, "sent_at", actor, organization, document, before)
    return document


@transaction.atomic
def mark_viewed(*, actor: Actor, organization: Organization, document: Document) -> Document:
    """Note that the customer has seen an issued document that is held, the first time. Raises DocumentNotIssued."""
    if document.status != "issued":
        raise DocumentNotIssued()
    if document.viewed_at is None:
        (before,) = document_answers([document], organization)
        _stamp(VIEWED, "viewed_at", actor, organization, document, before)
    return document


def _stamp(event: str, field: str, actor: Actor, organization: Organization, document: Document, before: dict) -> None:
    setattr(document, field, clock.now())
    document.version += 1
    document.save(update_fields=[field, "version"])
    document.refresh_from_db(fields=[field, "updated_at"])
    (after,) = document_answers([document], organization)
    recording.record(
        event, actor=actor, organization_id=organization.pk, entity_id=document.public_id, before=before, after=after
    )
