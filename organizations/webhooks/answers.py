"""Webhooks and deliveries as the API shows them. The secret is part of neither."""

from typing import Any

from organizations import ids
from organizations.webhooks.models import Delivery, Webhook


def webhook_answer(row: Webhook) -> dict[str, Any]:
    """A webhook; its secret is shown when it is made or rotated, and not again."""
    return {
        "object": "webhook",
        "id": row.public_id,
        "organization_id": ids.encode("ORG", row.organization_id),
        "url": row.url,
        "description": row.description,
        "events": row.events,
        "status": row.status,
        "disabled_reason": row.disabled_reason,
        "secret_version": row.secret_version,
        "overlap_until": row.overlap_until,
        "metadata": row.metadata,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def delivery_answer(row: Delivery) -> dict[str, Any]:
    """One event on its way to one webhook."""
    return {
        "object": "webhook_delivery",
        "id": ids.encode("WHD", row.pk),
        "organization_id": ids.encode("ORG", row.organization_id),
        "webhook_id": ids.encode("WHK", row.webhook_id),
        "event_id": ids.encode("EVT", row.event_id),
        "event_type": row.event_type,
        "entity_id": row.entity_id,
        "seq": row.seq,
        "status": row.status,
        "attempts": row.attempts,
        "next_attempt_at": row.next_attempt_at if row.status == "queued" else None,
        "response_status": row.response_status,
        "response_excerpt": row.response_excerpt,
        "last_error": row.last_error,
        "duration_ms": row.duration_ms,
        "delivered_at": row.delivered_at,
        "created_at": row.created_at,
    }
