"""Making webhooks, changing them, and what their owners ask of them: another secret, a trial, a delivery again."""

import datetime
import difflib
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound, PermissionsTooWide
from organizations.events import recording
from organizations.events.models import Event
from organizations.tenants.models import Organization
from organizations.webhooks import calling
from organizations.webhooks.answers import delivery_answer, webhook_answer
from organizations.webhooks.delivering import tell_so_far
from organizations.webhooks.errors import DeliveryWaiting, WebhookDisabled
from organizations.webhooks.models import Delivery, Webhook
from organizations.webhooks.signing import ending_at, kept_root, new_root, secret_of

CREATED = recording.event("webhook.created")
UPDATED = recording.event("webhook.updated")
ROTATED = recording.event("webhook.rotated")
DELETED = recording.event("webhook.deleted")
TESTED = recording.event("webhook.tested")
RESENT = recording.event("webhook.resent")

MOST_WEBHOOKS = 20
LONGEST_OVERLAP = 7 * 24 * 3600
MOST_ENDING = 5  # secrets that sign beside the newest
HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def horizon() -> int:
    """Below this number of database transactions everything is settled; nothing is added there any more."""
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        return cursor.fetchone()[0]


@transaction.atomic
def create_webhook(
    *, actor: Actor, organization: Organization, url: str, events: list[str] | None = None, description: str = "",
    metadata: dict | None = None,
) -> tuple[Webhook, str]:  # fmt: skip
    """Make a webhook that hears of what happens from now on; with its secret. Raises PermissionsTooWide, Invalid.

    What was not settled at this moment may be told as well: rather that than miss what commits just now.
    """
    row = Webhook(
        organization=organization,
        url=url,
        description=description,
        events=_events(events or ["*"]),
        metadata=metadata or {},
        root=new_root(organization.pk),
        salt=secrets.token_bytes(16),
        through_xid=horizon(),
    )
    _refuse_who_may_not_hear(actor)
    _refuse_address(url)
    if Webhook.objects.of(organization).count() >= MOST_WEBHOOKS:
        raise Invalid(fields={"url": f"There are {MOST_WEBHOOKS} webhooks already."})
    row.save(force_insert=True)
    row.refresh_from_db()
    _record(CREATED, actor, row, None, webhook_answer(row))
    return row, secret_of(row)


@transaction.atomic
def update_webhook(*, actor: Actor, organization: Organization, webhook_id: int, changes: Mapping[str, Any]) -> Webhook:
    """Change a webhook. One that is enabled again goes on with what waits; other events are told from now on.

    Raises NotFound, PermissionsTooWide, Invalid.
    """
    row = held(organization, webhook_id)
    before = webhook_answer(row)
    _refuse_who_may_not_hear(actor)
    if "url" in changes:
        _refuse_address(changes["url"])
        row.url = changes["url"]
    if "events" in changes and (wanted := _events(changes["events"])) != row.events:
        tell_so_far(row)  # of what it wanted until now; what it wants is told from now on, as when it is made
        row.events, row.through_xid = wanted, horizon()
    for name in ("description", "metadata"):
        if name in changes:
            setattr(row, name, changes[name])
    if changes.get("status", row.status) != row.status:
        row.status, row.disabled_reason = changes["status"], ""
        if row.status == "enabled":
            waiting = Delivery.objects.of(organization).filter(webhook=row, status="queued")
            waiting.update(next_attempt_at=clock.now(), attempts=0, first_attempt_at=None)
    row.save()
    row.refresh_from_db()
    _record(UPDATED, actor, row, before, webhook_answer(row))
    return row


@transaction.atomic
def rotate_secret(
    *, actor: Actor, organization: Organization, webhook_id: int, overlap_seconds: int = 86_400
) -> tuple[Webhook, str]:
    """Give a webhook another secret; for a while messages bear a signature by each. Raises NotFound, Invalid.

    Each secret of before signs until the end that it was given; with no overlap all end now.
    """
    row = held(organization, webhook_id)
    before, now = webhook_answer(row), clock.now()
    ending = ending_at(row, now) if overlap_seconds else {}
    if len(ending) >= MOST_ENDING:
        raise Invalid(fields={"overlap_seconds": f"{MOST_ENDING} secrets of before sign still; 0 ends them all."})
    if overlap_seconds:
        ending[row.secret_version] = now + datetime.timedelta(seconds=overlap_seconds)
    row.secret_version += 1
    row.root = kept_root(row)
    row.ending_secrets = [{"version": version, "until": end.isoformat()} for version, end in ending.items()]
    row.overlap_until = max(ending.values(), default=None)
    row.save(update_fields=["root", "secret_version", "ending_secrets", "overlap_until"])
    row.refresh_from_db()
    _record(ROTATED, actor, row, before, webhook_answer(row))
    return row, secret_of(row)


@transaction.atomic
def delete_webhook(*, actor: Actor, organization: Organization, webhook_id: int) -> None:
    """Delete a webhook with all its deliveries. Raises NotFound."""
    row = held(organization, webhook_id)
    Delivery.objects.of(organization).filter(webhook=row).delete()
    _record(DELETED, actor, row, webhook_answer(row), None)
    row.delete()


@transaction.atomic
def test_webhook(*, actor: Actor, organization: Organization, webhook_id: int) -> Delivery:
    """Send an event ``webhook.tested`` to one webhook alone. Raises NotFound, WebhookDisabled."""
    row = held(organization, webhook_id)
    if row.status != "enabled":
        raise WebhookDisabled()
    _record(TESTED, actor, row, None, webhook_answer(row))
    told = Event.objects.of(organization).filter(entity_id=row.public_id, event_type=TESTED).order_by("-seq").first()
    made = Delivery(
        organization=organization,
        webhook=row,
        event_id=told.pk,
        seq=told.seq,
        event_type=told.event_type,
        entity_id=told.entity_id,
    )
    made.save(force_insert=True)
    made.refresh_from_db()
    return made


test_webhook.__test__ = False  # no test of pytest's


@transaction.atomic
def resend_delivery(*, actor: Actor, organization: Organization, webhook_id: int, delivery_id: int) -> Delivery:
    """Send a webhook once more what was delivered or has failed. Raises NotFound, DeliveryWaiting, WebhookDisabled."""
    rows = Delivery.objects.of(organization).filter(pk=delivery_id, webhook=webhook_id).select_related("webhook")
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound()
    if row.status == "queued":
        raise DeliveryWaiting()
    if row.webhook.status != "enabled":
        raise WebhookDisabled()
    before = delivery_answer(row)
    row.status, row.attempts, row.first_attempt_at, row.next_attempt_at = "queued", 0, None, clock.now()
    row.save(update_fields=["status", "attempts", "first_attempt_at", "next_attempt_at"])
    _record(RESENT, actor, row.webhook, before, delivery_answer(row))
    return row


def held(organization: Organization, number: int) -> Webhook:
    """A webhook, locked until the end. Raises NotFound."""
    found = Webhook.objects.of(organization).filter(pk=number).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound()
    return found


def _events(wanted: list[str]) -> list[str]:
    """Types of events, ``invoice.*`` for all of a kind, ``*`` for all. Raises Invalid."""
    known = recording.EVENT_TYPES
    kinds = {f"{name.split('.')[0]}.*" for name in known} | {"*"}
    problems = {
        f"events[{place}]": _no_such_event(name, [*sorted(known), *sorted(kinds)])
        for place, name in enumerate(wanted)
        if name not in known and name not in kinds
    }
    if problems:
        raise Invalid(fields=problems)
    return sorted(set(wanted))


def _no_such_event(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"There is no such event.{meant} The reference lists them, where a webhook is made."


def _refuse_who_may_not_hear(actor: Actor) -> None:
    """A webhook tells what happens, so who makes one must be allowed to read that."""
    if not actor.may("read", "events"):
        raise PermissionsTooWide("A webhook tells events: that takes the permission to read them")


def _refuse_address(url: str) -> None:
    problem = calling.problem_with(url, allowed=settings.OUTGOING_ALLOWED_HOSTS)
    if problem is not None:
        raise Invalid(fields={"url": problem})


def _record(event: str, actor: Actor, row: Webhook, before: dict | None, after: dict | None) -> None:
    recording.record(
        event,
        actor=actor,
        organization_id=row.organization_id,
        entity_id=row.public_id,
        before=before,
        after=after,
    )
