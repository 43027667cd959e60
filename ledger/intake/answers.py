"""Connections and messages as the API shows them. The secret is part of neither."""

from typing import Any

from ledger.intake.models import Connection, InboxEvent
from organizations import ids
from organizations.tenants.answers import public


def connection_answer(row: Connection) -> dict[str, Any]:
    """A connection to a provider."""
    organization = ids.encode("ORG", row.organization_id)
    return {
        "object": "integration",
        "id": row.public_id,
        "organization_id": organization,
        "provider": row.provider,
        "enabled": row.enabled,
        "webhook_path": f"/integrations/{row.provider}/{organization}/webhook",
        "clearing_account_id": public("ACT", row.clearing_account_id),
        "bank_account_id": public("ACT", row.bank_account_id),
        "fee_account_id": public("ACT", row.fee_account_id),
        "sales_account_id": public("ACT", row.sales_account_id),
        "metadata": row.metadata,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def inbox_answer(row: InboxEvent) -> dict[str, Any]:
    """A message, and what became of it."""
    return {
        "object": "inbox_event",
        "id": row.public_id,
        "organization_id": ids.encode("ORG", row.organization_id),
        "provider": row.provider,
        "event_id": row.event_id,
        "event_type": row.event_type,
        "status": row.status,
        "reason": row.reason,
        "error_code": row.error_code or None,
        "kind": row.kind,
        "reference": row.reference,
        "amount": None if row.amount is None else row.amount.normalize() + 0,
        "transaction_id": public("TXN", row.transaction_id),
        "payment_id": public("PAY", row.payment_id),
        "attempts": row.attempts,
        "received_at": row.received_at,
        "booked_at": row.booked_at,
    }
