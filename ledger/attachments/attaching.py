"""Attaching files to transactions, and removing them."""

from django.db import transaction

from ledger.attachments import storing
from ledger.attachments.answers import attachment_answer
from ledger.attachments.contents import Content
from ledger.attachments.models import Attachment
from ledger.errors import AttachmentExists, AttachmentLimit, AttachmentRemoved, BooksClosed
from ledger.journal.posting import locked
from organizations import clock
from organizations.actors import Actor
from organizations.errors import NotFound
from organizations.events.recording import event, record
from organizations.tenants.models import Organization

ATTACHED = event("attachment.created")
REMOVED = event("attachment.removed")

MOST_FILES = 50  # of one transaction


@transaction.atomic
def attach_file(
    *,
    actor: Actor,
    organization: Organization,
    transaction_id: int,
    content: Content,
    path: str,
    description: str = "",
    metadata: dict[str, str] | None = None,
) -> Attachment:
    """Note a file on a transaction, whatever its status. The caller has kept the file at ``path``, or will not commit.

    Raises NotFound, AttachmentExists (the same content again), AttachmentLimit.
    """
    locked(organization, transaction_id)
    present = Attachment.objects.of(organization).filter(transaction_id=transaction_id, removed_at=None)
    same = present.filter(sha256=content.sha256).first()
    if same is not None:
        raise AttachmentExists(details={"attachment_id": same.public_id})
    if present.count() >= MOST_FILES:
        raise AttachmentLimit()
    attachment = Attachment(
        organization=organization,
        transaction_id=transaction_id,
        name=content.name,
        description=description,
        content_type=content.content_type,
        size=content.size,
        sha256=content.sha256,
        path=path,
        metadata=metadata or {},
    )
    attachment.save()
    attachment.refresh_from_db()
    record(
        ATTACHED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=attachment.public_id,
        after=attachment_answer(attachment),
    )
    return attachment


@transaction.atomic
def remove_attachment(*, actor: Actor, organization: Organization, attachment_id: int) -> None:
    """Remove a file. A posted transaction keeps the row, which says what there was; a draft keeps nothing.

    The file itself goes when this has committed. Raises NotFound, AttachmentRemoved, and BooksClosed where the
    transaction lies in closed books: its evidence is closed with it.
    """
    found = Attachment.objects.of(organization).filter(pk=attachment_id).first()
    if found is None:
        raise NotFound()
    holder = locked(organization, found.transaction_id)
    found.refresh_from_db()
    if found.removed_at is not None:
        raise AttachmentRemoved()
    closed = organization.books_closed_through
    if holder.status == "posted" and closed is not None and holder.transaction_date <= closed:
        raise BooksClosed("Files of transactions in closed books stay", details={"books_closed_through": closed})
    before, after = attachment_answer(found), None
    rows = Attachment.objects.of(organization).filter(pk=found.pk)
    if holder.status == "posted":
        rows.update(removed_at=clock.now())
        after = attachment_answer(rows.get())
    else:
        rows._raw_delete(using="default")
    record(
        REMOVED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=found.public_id,
        before=before,
        after=after,
    )
    transaction.on_commit(lambda: storing.discard(found.path))
