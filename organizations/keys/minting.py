"""Making, rotating, changing and revoking API keys.

A key reads ``cl_live_<prefix>_<secret>``: 12 random characters by which it is found, and
43 (256 bits) of which only a SHA-256 is kept. A fast hash is right at this entropy.
"""

import datetime
import hashlib
import secrets
import string

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models.functions import Coalesce, Least

from organizations import clock, ids
from organizations.actors import Actor, covers
from organizations.errors import Conflict
from organizations.events.recording import event, record
from organizations.keys.answers import key_answer, status_of
from organizations.keys.limiting import reading_part, refuse_stronger, refuse_unfit_scope, refuse_wider
from organizations.keys.models import ApiKey, KeySecret

CREATED = event("api_key.created")
UPDATED = event("api_key.updated")
ROTATED = event("api_key.rotated")
REVOKED = event("api_key.revoked")

REVOKED_ALREADY = "The key was revoked; make another"
#: What a key may do unless its maker says otherwise, or may do less.
READ_WRITE = ["read", "write"]

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH, SECRET_LENGTH = 12, 43


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def preview_of(secret: str) -> str:
    """As much of a secret as tells keys apart: ``cl_live_Ab3x…9Kq2``."""
    return f"{secret[:12]}…{secret[-4:]}"


def _add_secret(key: ApiKey, mode: str) -> str:
    prefix = _random(PREFIX_LENGTH)
    secret = f"cl_{mode}_{prefix}_{_random(SECRET_LENGTH)}"
    KeySecret.objects.create(
        organization_id=key.organization_id,
        api_key_id=key.pk,
        prefix=prefix,
        preview=preview_of(secret),
        secret_hash=hashlib.sha256(secret.encode()).digest(),
    )
    return secret


def usual_permissions(actor: Actor) -> list | dict:
    """What a new key may do if nobody says: read and write, or what its maker may do where that is less."""
    return READ_WRITE if covers(actor.permissions, READ_WRITE) else actor.permissions


@transaction.atomic
def create_key(
    *,
    actor: Actor,
    organization_id: int,
    mode: str,
    name: str,
    permissions: list | dict | None = None,
    description: str = "",
    expires_at: datetime.datetime | None = None,
    scope: dict | None = None,
    allowed_addresses: list[str] | None = None,
    metadata: dict | None = None,
) -> tuple[ApiKey, str]:
    """Mint a key. Returns it with its secret, which is never shown again.

    Without ``permissions`` it gets those of ``usual_permissions``, of which a scoped one keeps what only reads; without
    a limit of its own that of its maker. Raises PermissionsTooWide: a key makes only keys that can do no more than it
    can. Raises ScopedKeyOnlyReads, and Invalid for a scope that leads nowhere.
    """
    if permissions is None:
        permissions = usual_permissions(actor)
        permissions = permissions if scope is None else reading_part(permissions)
    limits = {
        "permissions": permissions,
        "scope": scope,
        "allowed_addresses": list(actor.allowed_addresses) if allowed_addresses is None else allowed_addresses,
        "expires_at": expires_at or actor.expires_at,
    }
    refuse_wider(actor, limits)
    refuse_unfit_scope(organization_id, scope, permissions)
    key = ApiKey(
        organization_id=organization_id,
        name=name,
        description=description,
        metadata=metadata or {},
        **limits,
    )
    key.save()
    key.refresh_from_db()
    secret = _add_secret(key, mode)
    _record(CREATED, actor, key, before=None)
    return key, secret


@transaction.atomic
def rotate_key(*, actor: Actor, key: ApiKey, mode: str, overlap_seconds: int) -> tuple[ApiKey, str]:
    """Give a key a new secret; the old ones stay good for ``overlap_seconds`` more.

    Raises PermissionsTooWide, since the caller learns the new secret, and Conflict for a key that no secret opens.
    """
    refuse_stronger(actor, key)
    match status_of(key):
        case "revoked":
            raise Conflict(REVOKED_ALREADY)
        case "expired":
            raise Conflict("The key has expired; give it a later end first")
    before = key_answer(key)
    end = TransactionNow() + datetime.timedelta(seconds=overlap_seconds)  # by the clock that will judge it
    old = KeySecret.objects.of(key.organization_id).filter(api_key_id=key.pk)
    old.update(expires_at=Least(Coalesce("expires_at", end), end))
    secret = _add_secret(key, mode)
    _record(ROTATED, actor, key, before=before)
    return key, secret


@transaction.atomic
def update_key(*, actor: Actor, key: ApiKey, changes: dict) -> ApiKey:
    """Change name, description, permissions, limits or metadata.

    Raises PermissionsTooWide, also for a key that can do more than the caller before or after; Conflict for one that
    was revoked; ScopedKeyOnlyReads, and Invalid for a scope that leads nowhere.
    """
    refuse_stronger(actor, key)
    refuse_wider(actor, changes)
    if key.revoked_at is not None:
        raise Conflict(REVOKED_ALREADY)
    scope = changes.get("scope", key.scope)
    if "scope" in changes or "permissions" in changes:
        refuse_unfit_scope(key.organization_id, scope, changes.get("permissions", key.permissions))
    before = key_answer(key)
    for name, value in changes.items():
        setattr(key, name, value)
    if changes:
        key.updated_at = clock.now()
        key.save(update_fields=[*changes, "updated_at"])
        _record(UPDATED, actor, key, before=before)
    return key


@transaction.atomic
def revoke_key(*, actor: Actor, key: ApiKey) -> ApiKey:
    """End a key at once. Revoking again changes nothing. Raises PermissionsTooWide."""
    refuse_stronger(actor, key)
    if key.revoked_at is None:
        before = key_answer(key)
        key.revoked_at = key.updated_at = clock.now()
        key.save(update_fields=["revoked_at", "updated_at"])
        _record(REVOKED, actor, key, before=before)
    return key


def _record(event_type: str, actor: Actor, key: ApiKey, *, before: dict | None) -> None:
    record(
        event_type,
        actor=actor,
        organization_id=key.organization_id,
        entity_id=ids.encode("KEY", key.pk),
        before=before,
        after=key_answer(key),
    )
