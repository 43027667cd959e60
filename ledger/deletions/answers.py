"""A deletion and its certificate as the API shows them."""

import datetime

from ledger.deletions.models import Deletion, DeletionCertificate
from organizations import ids


def due_at(deletion: Deletion) -> datetime.datetime:
    """From when on the organization is deleted."""
    return deletion.created_at + datetime.timedelta(days=deletion.days)


def deletion_answer(deletion: Deletion) -> dict:
    """A deletion that was asked for."""
    return {
        "object": "deletion",
        "organization_id": ids.encode("ORG", deletion.organization_id),
        "reason": deletion.reason,
        "requested_by": named(deletion.actor),
        "requested_at": deletion.created_at,
        "due_at": due_at(deletion),
    }


def named(actor: dict) -> dict:
    """Who it was, by public ids."""
    key, user = actor.get("api_key_id"), actor.get("user_id")
    return {
        "api_key_id": key and ids.encode("KEY", key),
        "user_id": user and ids.encode("USR", user),
        "system": actor.get("system"),
    }


def certificate_answer(certificate: DeletionCertificate) -> dict:
    """What is left of a deleted organization."""
    return {
        "object": "deletion_certificate",
        "id": certificate.public_id,
        "organization_id": ids.encode("ORG", certificate.deleted_id),
        "organization_name": certificate.name,
        "reason": certificate.reason,
        "requested_by": named(certificate.asked_by),
        "requested_at": certificate.asked_at,
        "deleted_at": certificate.deleted_at,
        "counts": certificate.counts,
        "head": certificate.head,
        "statement": certificate.statement,
        "sha256": certificate.digest,
    }
