"""An attachment as the API shows it. Where its file is kept is nobody's business."""

from ledger.attachments.models import Attachment
from organizations import ids


def attachment_answer(attachment: Attachment) -> dict:
    """One attachment; ``content_url`` is null once its file is removed."""
    organization = ids.encode("ORG", attachment.organization_id)
    url = f"/organizations/{organization}/attachments/{attachment.public_id}/content"
    return {
        "object": "attachment",
        "id": attachment.public_id,
        "organization_id": organization,
        "transaction_id": ids.encode("TXN", attachment.transaction_id),
        "name": attachment.name,
        "description": attachment.description,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "content_url": None if attachment.removed_at else url,
        "removed_at": attachment.removed_at,
        "metadata": attachment.metadata,
        "created_at": attachment.created_at,
        "updated_at": attachment.updated_at,
    }
