"""An API key as the API shows it. The secret is never part of it."""

from organizations import ids
from organizations.clock import now
from organizations.keys.models import ApiKey, KeySecret
from organizations.requests import limits


def status_of(key: ApiKey) -> str:
    """``active``, ``revoked`` or ``expired``."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now() else "active"


def key_answers(keys: list[ApiKey]) -> list[dict]:
    """Several keys of one organization, with one look-up of secrets and one of usage."""
    if not keys:
        return []
    secrets = {}
    for secret in KeySecret.objects.of(keys[0].organization_id).filter(api_key_id__in=[key.pk for key in keys]):
        newest = secrets.setdefault(secret.api_key_id, secret)
        if secret.pk > newest.pk:
            secrets[secret.api_key_id] = secret
    activity = limits.activity([f"{key.organization_id}:{key.pk}" for key in keys])
    return [_answer(key, secrets[key.pk], *activity.get(f"{key.organization_id}:{key.pk}", (0, None))) for key in keys]


def key_answer(key: ApiKey) -> dict:
    """One key; see ``key_answers``."""
    return key_answers([key])[0]


def _answer(key: ApiKey, secret: KeySecret, usage: int, last_used_at) -> dict:
    return {
        "object": "api_key",
        "id": key.public_id,
        "organization_id": ids.encode("ORG", key.organization_id),
        "name": key.name,
        "description": key.description,
        "permissions": key.permissions,
        "key_preview": secret.preview,
        "status": status_of(key),
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": last_used_at or key.last_used_at,
        "usage_this_month": usage,
        "metadata": key.metadata,
        "created_at": key.created_at,
        "updated_at": key.updated_at,
    }
