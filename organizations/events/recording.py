"""Writing a fact once, in the transaction of what it records.

Audit trail, webhooks, usage and live views read it; nothing else is told.
"""

from typing import Any

from django.db import connection

from organizations.actors import Actor
from organizations.wire.rendering import dumps

#: Every event type of the system, so that a reader (and a test) can list them.
EVENT_TYPES: set[str] = set()


def event(name: str) -> str:
    """Declare an event type, e.g. ``POSTED = event("transaction.posted")``."""
    EVENT_TYPES.add(name)
    return name


def changed(before: dict | None, after: dict | None) -> dict | None:
    """What differs: ``{field: {"from": …, "to": …}}``; None where one side is missing."""
    if before is None or after is None:
        return None
    names = sorted(before.keys() | after.keys())
    return {
        name: {"from": before.get(name), "to": after.get(name)}
        for name in names
        if before.get(name) != after.get(name) and name != "updated_at"
    }


Fact = tuple[str, str, dict | None, dict | None]


def described(facts: list[Fact]) -> list[dict]:
    """Facts as the database function ``crane_record`` reads them (migrations/sql/0003_recording.sql)."""
    return [
        {
            "event_type": event_type,
            "entity_id": entity_id,
            "before_state": before,
            "after_state": after,
            "changes": changed(before, after),
        }
        for event_type, entity_id, before, after in facts
    ]


def who(actor: Actor) -> dict:
    """The actor as ``crane_record`` reads it."""
    return {name: getattr(actor, name) for name in ("api_key_id", "user_id", "system", "ip_address", "request_id")}


def statement(*, actor: Actor, organization_id: int, facts: list[Fact]) -> tuple[str, list[Any]]:
    """The SQL and parameters that record ``facts``: (type, entity id, before, after) each."""
    # One JSON text carries all facts: an array of texts would be escaped quote by quote.
    parameters = [organization_id, dumps(who(actor)).decode(), dumps(described(facts)).decode()]
    return "select crane_record(%s, %s, %s)", parameters


def record(
    event_type: str,
    *,
    actor: Actor,
    organization_id: int,
    entity_id: str,
    before: dict | None = None,
    after: dict | None = None,
) -> None:
    """Record one event. ``before`` and ``after`` are the object as the API shows it."""
    sql, parameters = statement(
        actor=actor, organization_id=organization_id, facts=[(event_type, entity_id, before, after)]
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
