"""An API key as the API shows it. The secret is never part of it."""

from django.db.models import F, Sum

from organizations import ids
from organizations.clock import now
from organizations.keys.models import ApiKey, KeySecret
from organizations.requests import limits
from organizations.requests.models import Usage

#: What a scope names, and the prefix of its ids.
SCOPES = {"account_ids": "ACT", "contact_ids": "CON"}


def status_of(key: ApiKey) -> str:
    """``active``, ``revoked`` or ``expired``."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now() else "active"


def scope_answer(scope: dict | None) -> dict | None:
    """A scope with the ids as clients know them."""
    return scope and {kind: [ids.encode(SCOPES[kind], number) for number in scope[kind]] for kind in SCOPES}


def key_answers(keys: list[ApiKey]) -> list[dict]:
    """Several keys of one organization, with one look-up of secrets and one of usage."""
    if not keys:
        return []
    secrets = {}
    for secret in KeySecret.objects.of(keys[0].organization_id).filter(api_key_id__in=[key.pk for key in keys]):
        newest = secrets.setdefault(secret.api_key_id, secret)
        if secret.pk > newest.pk:
            secrets[secret.api_key_id] = secret
    counted = _counted(keys)
    activity = limits.activity([f"{key.organization_id}:{key.pk}" for key in keys])
    answers = []
    for key in keys:
        requests, last_used_at = activity.get(f"{key.organization_id}:{key.pk}", (0, None))
        requests = max(requests, counted.get(key.pk, 0))
        answers.append(_answer(key, secrets.get(key.pk), requests, last_used_at))
    return answers


def _counted(keys: list[ApiKey]) -> dict[int, int]:
    """This month's requests of keys in their own organization, as counted for good.

    Redis knows the last seconds too, and what a key asked of a child, until it is lost.
    """
    rows = Usage.objects.of(keys[0].organization_id).filter(api_key_id__in=[key.pk for key in keys])
    month = rows.filter(day__gte=now().date().replace(day=1)).values_list("api_key_id")
    return dict(month.annotate(found=Sum(F("requests") + F("refused"))).order_by())


def key_answer(key: ApiKey) -> dict:
    """One key; see ``key_answers``."""
    return key_answers([key])[0]


def _answer(key: ApiKey, secret: KeySecret | None, usage: int, last_used_at) -> dict:
    return {
        "object": "api_key",
        "id": key.public_id,
        "organization_id": ids.encode("ORG", key.organization_id),
        "name": key.name,
        "description": key.description,
        "permissions": key.permissions,
        "scope": scope_answer(key.scope),
        "allowed_addresses": key.allowed_addresses,
        "key_preview": secret.preview if secret else "",  # it came with an archive: rotated, it gets a secret
        "status": status_of(key),
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": last_used_at or key.last_used_at,
        "usage_this_month": usage,
        "metadata": key.metadata,
        "created_at": key.created_at,
        "updated_at": key.updated_at,
    }
