"""Choosing what one is written to about."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.members.models import Membership
from organizations.notices.answers import settings_answer
from organizations.notices.kinds import KINDS
from organizations.notices.models import DELIVERIES, NoticeSettings

UPDATED = event("notifications.updated")


@transaction.atomic
def choose(*, actor: Actor, membership: Membership, changes: Mapping[str, Any]) -> NoticeSettings:
    """Change ``delivery``, ``kinds`` or ``includes_owned`` of a member. Raises Invalid.

    Whoever is told nothing so far is told from now on, not of what was.
    """
    Membership.objects.of(membership.organization_id).filter(pk=membership.pk).select_for_update().first()
    row = settings_of(membership)
    before = settings_answer(membership, row)
    row = row or NoticeSettings(organization_id=membership.organization_id, membership=membership)
    was_off = row.delivery == "off"
    for name, value in changes.items():
        setattr(row, name, value)
    if problems := _problems(row):
        raise Invalid(fields=problems)
    row.kinds = [name for name in KINDS if name in row.kinds]
    if was_off:
        row.through_xid = _settled_until()
    row.updated_at = clock.now()
    row.save()
    row.refresh_from_db()
    after = settings_answer(membership, row)
    record(UPDATED, actor=actor, organization_id=row.organization_id, entity_id=membership.public_id, before=before,
           after=after)  # fmt: skip
    return row


def settings_of(membership: Membership) -> NoticeSettings | None:
    """The member's settings, if anything was ever chosen."""
    rows = NoticeSettings.objects.of(membership.organization_id).filter(membership=membership)
    return rows.select_related("membership__user").first()


def _problems(row: NoticeSettings) -> dict[str, str]:
    problems = {}
    if row.delivery not in DELIVERIES:
        problems["delivery"] = f"One of {', '.join(DELIVERIES)}."
    unknown = sorted(set(row.kinds) - KINDS.keys())
    if unknown:
        problems["kinds"] = f"Unknown: {', '.join(unknown)}. There are {', '.join(KINDS)}."
    elif row.delivery != "off" and not row.kinds:
        problems["kinds"] = "Name one kind at least."
    return problems


def _settled_until() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (until,) = cursor.fetchone()
    return until
