"""What a key may be limited to beside its permissions, and that no key is made with less of a limit than its maker's.

A *scoped* key reads some accounts and contacts and nothing else. The database narrows it (``scoped_read``), and only
handlers that say so are open to it (``TenantView.open_to_scoped_keys``).
"""

import datetime
import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from organizations.actors import Actor, covers, covers_scope, granted
from organizations.errors import Invalid, PermissionsTooWide
from organizations.keys.answers import SCOPES
from organizations.keys.errors import ScopedKeyOnlyReads
from organizations.keys.models import ApiKey
from organizations.requests.preconditions import models_by_prefix

MOST_IN_SCOPE = 200
MOST_NETWORKS = 50
LIMITS = ("permissions", "scope", "allowed_addresses", "expires_at")


def network(text: str) -> str:
    """An address or a network in its usual form: ``203.0.113.7/32``. Raises ValueError."""
    return str(ipaddress.ip_network(text.strip()))


def covers_addresses(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    """Whether every address of ``narrow`` is one of ``wide``; no network at all is every address."""
    if not wide or not narrow:
        return not wide
    outer = [ipaddress.ip_network(each) for each in wide]
    return all(
        any(inner.version == each.version and inner.subnet_of(each) for each in outer)
        for inner in map(ipaddress.ip_network, narrow)
    )


def refuse_wider(actor: Actor, fields: Mapping[str, Any]) -> None:
    """Raise PermissionsTooWide where the fields of a key make it stronger than who makes it."""
    held = (
        covers(actor.permissions, fields.get("permissions", [])),
        "scope" not in fields or covers_scope(actor.scope, fields["scope"]),
        "allowed_addresses" not in fields or covers_addresses(actor.allowed_addresses, fields["allowed_addresses"]),
        "expires_at" not in fields or _ends_in_time(actor.expires_at, fields["expires_at"]),
    )
    if not all(held):
        raise PermissionsTooWide()


def refuse_stronger(actor: Actor, key: ApiKey) -> None:
    """Raise PermissionsTooWide for a key that can do more than who would change, rotate or revoke it."""
    try:
        refuse_wider(actor, {name: getattr(key, name) for name in LIMITS})
    except PermissionsTooWide:
        raise PermissionsTooWide("A key that you change, rotate or revoke cannot do more than you") from None


def _ends_in_time(latest: datetime.datetime | None, end: datetime.datetime | None) -> bool:
    return latest is None or (end is not None and end <= latest)


def reading_part(permissions: list | dict) -> list | dict:
    """As much of permissions as a scoped key can have."""
    if isinstance(permissions, dict):
        return {name: ["read"] for name in permissions if "read" in granted(permissions, name)}
    return ["read"] if "read" in permissions else []


def refuse_unfit_scope(organization_id: int, scope: dict | None, permissions: list | dict) -> None:
    """Raise ScopedKeyOnlyReads for a scoped key that could do more, Invalid for a scope that leads nowhere."""
    if scope is None:
        return
    if reading_part(permissions) != permissions:
        raise ScopedKeyOnlyReads()
    for kind, prefix in SCOPES.items():
        found = _named(organization_id, prefix, scope[kind])
        for place, number in enumerate(scope[kind]):
            if number not in found:
                raise Invalid(fields={f"scope.{kind}[{place}]": "There is none with this id."})


def names_of_scope(organization_id: int, scope: dict | None) -> list[str]:
    """What the accounts and contacts of a scope are called."""
    found = [_named(organization_id, SCOPES[kind], numbers) for kind, numbers in (scope or {}).items()]
    return [name for names in found for name in names.values()]


def _named(organization_id: int, prefix: str, numbers: Sequence[int]) -> dict[int, str]:
    rows = models_by_prefix()[prefix].objects.of(organization_id).filter(pk__in=numbers)
    return {row.pk: str(row) for row in rows}
