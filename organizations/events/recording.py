"""Writing a fact once, in the transaction of what it records.

Audit trail, webhooks, usage and live views read it; nothing else is told.
"""

from typing import Any

from django.db import connection

from organizations.actors import Actor
from organizations.wire.rendering import dumps

#: Every event type of the system, so that a reader (and a test) can list them.
EVENT_TYPES: set[str] = set()

# One JSON text carries all facts: an array of texts would be escaped quote by quote.
INSERT = """
    insert into organizations_event (organization_id, event_type, entity_type, entity_id, before_state, after_state,
                                     changes, api_key_id, user_id, system, ip_address, request_id)
    select %s, event_type, entity_type, entity_id, before_state, after_state, changes, %s, %s, %s, %s, %s
      from jsonb_to_recordset(%s::jsonb)
           as fact (event_type text, entity_type text, entity_id text,
                    before_state jsonb, after_state jsonb, changes jsonb)
"""


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


def statement(
    *, actor: Actor, organization_id: int, facts: list[tuple[str, str, dict | None, dict | None]]
) -> tuple[str, list[Any]]:
    """The SQL and parameters that record ``facts``: (type, entity id, before, after) each.

    The posting verb sends it together with the entries, in one round trip.
    """

    rows = [
        {
            "event_type": name,
            "entity_type": name.partition(".")[0],
            "entity_id": entity_id,
            "before_state": before,
            "after_state": after,
            "changes": changed(before, after),
        }
        for name, entity_id, before, after in facts
    ]
    who = [actor.api_key_id, actor.user_id, actor.system, actor.ip_address, actor.request_id]
    return INSERT, [organization_id, *who, dumps(rows).decode()]


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
