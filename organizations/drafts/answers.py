"""Drafts as the API shows them."""

from typing import Any

from organizations import ids
from organizations.drafts.models import Draft
from organizations.wire.entity_tags import tag_of, version_of


def draft_answer(row: Draft) -> dict[str, Any]:
    """A draft with what it would write, and what came of it."""
    return draft_in_short(row) | {
        "payload": row.payload,
        "problems": row.problems,
        "preview": row.preview,
        "current": row.current,
        "result": None if row.result_status is None else {"status": row.result_status, "body": row.result},
    }


def version_of_draft(row: Draft) -> str:
    """What names its state: whoever decides says which one they were shown."""
    return version_of(tag_of(draft_answer(row)))


def draft_in_short(row: Draft) -> dict[str, Any]:
    """A draft without what it would write: what its events tell."""
    return {
        "object": "draft",
        "id": row.public_id,
        "organization_id": ids.encode("ORG", row.organization_id),
        "operation": row.operation,
        "parameters": row.parameters,
        "note": row.note,
        "status": row.status,
        "is_valid": row.valid,
        "validated_at": row.validated_at,
        "expires_at": row.expires_at,
        "author": _who(row.author_key_id, row.author_user_id),
        "decided_by": _who(row.decider_key_id, row.decider_user_id),
        "decided_at": row.decided_at,
        "reason": row.reason,
        "metadata": row.metadata,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _who(key_id: int | None, user_id: int | None) -> dict[str, str | None] | None:
    if key_id is None and user_id is None:
        return None
    return {
        "api_key_id": key_id and ids.encode("KEY", key_id),
        "user_id": user_id and ids.encode("USR", user_id),
    }
