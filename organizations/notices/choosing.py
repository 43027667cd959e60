"""Choosing what one is written to about."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

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

    What is chosen anew is told from now on, not of what was; what was chosen before is told on. What was not settled
    at this moment may be told as well: rather that than miss what commits just now.
    """
    Membership.objects.of(membership.organization_id).filter(pk=membership.pk).select_for_update().first()
    row = _settings(membership).select_for_update(of=("self",)).first()
    before = settings_answer(membership, row)
    row = row or NoticeSettings(organization_id=membership.organization_id, membership=membership)
    was_off, told = row.delivery == "off", _chosen(row)
    for name, value in changes.items():
        setattr(row, name, value)
    if problems := _problems(row):
        raise Invalid(fields=problems)
    row.kinds = [name for name in KINDS if name in row.kinds]
    now = _settled_until()
    if was_off:
        row.through_xid, row.since = now, {}
    else:
        kept = {name: number for name, number in row.since.items() if name in _chosen(row)}
        row.since = kept | {name: now for name in _chosen(row) if name not in told}
    row.updated_at = clock.now()
    row.save()
    row.refresh_from_db()
    after = settings_answer(membership, row)
    record(UPDATED, actor=actor, organization_id=row.organization_id, entity_id=membership.public_id, before=before,
           after=after)  # fmt: skip
    return row


def settings_of(membership: Membership) -> NoticeSettings | None:
    """The member's settings, if anything was ever chosen."""
    return _settings(membership).first()


def _settings(membership: Membership) -> QuerySet[NoticeSettings]:
    rows = NoticeSettings.objects.of(membership.organization_id).filter(membership=membership)
    return rows.select_related("membership__user")


def _chosen(row: NoticeSettings) -> list[str]:
    """What can be told from a moment of its own: the kinds, and the organizations that this one owns."""
    return [*row.kinds, *(["includes_owned"] if row.includes_owned else [])]


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
