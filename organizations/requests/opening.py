"""Opening a request: who asks, for which organization, how far it reaches.

One round trip to PostgreSQL finds the key (or the user's memberships), finds the
organization, and binds the tenant settings to it. The reach rules themselves stand in
``organizations/tenants/reach.py`` and, as row-level security, in the migration.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from organizations import ids
from organizations.actors import Actor
from organizations.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyRevoked,
    NotFound,
    RateLimited,
    Unauthenticated,
    WrongIdKind,
)
from organizations.requests import limits
from organizations.requests.addresses import is_among
from organizations.requests.errors import AddressNotAllowed
from organizations.roles import ROLES, strongest
from organizations.tenants.models import Organization

FIELDS = Organization._meta.concrete_fields
TARGET = ", ".join(f"(opened.target).{field.column}" for field in FIELDS)
BY_KEY = f"""
    select opened.key_id, opened.home_id, opened.secret_hash, opened.secret_expires_at, opened.permissions::text,
           opened.expires_at, opened.revoked_at, opened.mode, opened.oversight, opened.opened_at,
           pg_current_snapshot()::text, opened.scope::text, opened.allowed_addresses, {TARGET}
      from crane_open_by_key(%s, %s) opened
"""
BY_USER = f"""
    select opened.roles, opened.oversight, opened.opened_at, pg_current_snapshot()::text, {TARGET}
      from crane_open_by_user(%s, %s, %s) opened
"""
NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An opened request. ``organization`` is None only where the route names none and a user asks.

    ``snapshot`` says which database transactions the opening saw; where the whole answer is read from one
    snapshot, all of it saw these.
    """

    actor: Actor
    organization: Organization | None
    oversight: bool
    opened_at: datetime
    mode: str
    snapshot: str | None = None


def organization_number(text: str | None) -> int | None:
    """The key of the organization that a path names; 404 for what cannot be an id."""
    if text is None:
        return None
    try:
        return ids.decode("ORG", text)
    except ids.WrongKind as problem:
        raise WrongIdKind(fields={"organization_id": str(problem)}) from problem
    except ids.MalformedId as problem:
        raise NotFound() from problem


def split_key(key: str) -> tuple[str, bytes]:
    """The public prefix of a presented key, by which it is found, and the hash of the whole."""
    parts = key.split("_")
    if len(parts) != 4 or parts[0] != "cl" or parts[1] not in ("live", "test") or len(parts[2]) != 12:
        raise ApiKeyInvalid()
    if not key.isascii() or len(key) > 128:
        raise ApiKeyInvalid()
    return parts[2], hashlib.sha256(key.encode()).digest()


def open_by_key(key: str, target: int | None, *, ip_address: str | None, request_id: str | None) -> Opening:
    """Open with an API key. Unknown, wrong, expired and revoked keys are 401, and one from an
    address that it is not for 403; all else out of reach is 404.

    An address from which too many such keys came in a minute is told so; a good key from there still opens.
    """
    try:
        return _open_by_key(key, target, ip_address=ip_address, request_id=request_id)
    except (ApiKeyInvalid, ApiKeyExpired, ApiKeyRevoked) as problem:
        allowance = limits.failed(ip_address)
        if allowance.exceeded:
            raise RateLimited(retry_after=allowance.retry_after()) from problem
        raise


def _open_by_key(key: str, target: int | None, *, ip_address: str | None, request_id: str | None) -> Opening:
    prefix, digest = split_key(key)
    with connection.cursor() as cursor:
        cursor.execute(BY_KEY, [prefix, target])
        row = cursor.fetchone()
    if row is None:
        hmac.compare_digest(NO_HASH, digest)
        raise ApiKeyInvalid()
    key_id, home_id, stored, secret_ends, permissions, key_ends, revoked_at, mode, oversight, now, snapshot = row[:11]
    scope, allowed = row[11:13]
    if not hmac.compare_digest(bytes(stored), digest):
        raise ApiKeyInvalid()
    if revoked_at is not None:
        raise ApiKeyRevoked()
    if any(end is not None and end <= now for end in (key_ends, secret_ends)):
        raise ApiKeyExpired()
    if allowed and not is_among(ip_address, allowed):
        raise AddressNotAllowed()
    actor = Actor(
        api_key_id=key_id,
        home_id=home_id,
        permissions=json.loads(permissions),
        scope=scope and json.loads(scope),
        allowed_addresses=tuple(allowed),
        expires_at=key_ends,
        ip_address=ip_address,
        request_id=request_id,
    )
    return Opening(
        actor=actor,
        organization=_organization(row[13:]),
        oversight=oversight,
        opened_at=now,
        mode=mode,
        snapshot=snapshot,
    )


def open_by_user(user, target: int | None, *, ip_address: str | None, request_id: str | None) -> Opening:
    """Open with a logged-in user: the strongest role of the memberships that reach the organization."""
    if not user.is_active:
        raise Unauthenticated()
    with connection.cursor() as cursor:
        cursor.execute(BY_USER, [user.pk, user.is_superuser, target])
        roles, oversight, now, snapshot, *target_row = cursor.fetchone()
    organization = _organization(target_row)
    role = strongest(roles)
    actor = Actor(
        user_id=user.pk,
        permissions=ROLES[role] if role else [],
        ip_address=ip_address,
        request_id=request_id,
    )
    return Opening(
        actor=actor,
        organization=organization,
        oversight=oversight,
        opened_at=now,
        mode=organization.mode if organization else "live",
        snapshot=snapshot,
    )


def _organization(row: list) -> Organization | None:
    if row[0] is None:
        return None
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(FIELDS, row, strict=True)
    ]
    return Organization.from_db("default", [field.attname for field in FIELDS], values)
