"""Delivering events: each becomes a row for every webhook that wants it, and is sent until it has arrived.

Rows are made only of what is settled, so no event that commits late is left out. A delivery is claimed, sent with no
database transaction open, and noted; if its worker dies in between it is sent again with the same id. A later event of
the same entity waits for the one before. Calls wait beside each other in threads: one slow address holds up nobody.
"""

import datetime
import random
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from organizations import clock, ids, scoping
from organizations.actors import system
from organizations.audit.api import event_answer
from organizations.events import recording
from organizations.events.models import Event
from organizations.sealing import Sealed
from organizations.webhooks import calling
from organizations.webhooks.answers import webhook_answer
from organizations.webhooks.models import Delivery, Webhook
from organizations.webhooks.signing import headers_of
from organizations.wire.rendering import dumps

DISABLED = recording.event("webhook.disabled")

#: A delivery that was claimed and not noted within so long was lost with its worker. Above all timeouts of a call.
LEASE = datetime.timedelta(minutes=2)
#: Seconds before each further attempt, give or take a fifth; the last one again and again, until it has been too long.
PAUSES = (5, 60, 300, 1_800, 7_200, 18_000, 36_000)
GIVEN_UP_AFTER = datetime.timedelta(days=3)
GONE = 410  # the receiver wants no more of it
TOGETHER = 500  # organizations asked about in one query
CALLS = 24  # that wait beside each other
#: Where nothing was to be told, how far that is true is written down once in so many database transactions.
REMEMBERED = 100_000
#: A turn of delivering ends after so many seconds; the next one goes on.
LONGEST_TURN = 50

DUE = """
    select distinct organization_id from organizations_webhook
     where organization_id = any (%s) and status = 'enabled' order by 1
"""
FAN_OUT = """
    insert into organizations_delivery (organization_id, webhook_id, event_id, seq, event_type, entity_id, status,
                                        attempts)
    select e.organization_id, %(webhook)s, e.id, e.seq, e.event_type, e.entity_id, 'queued', 0
      from organizations_event e
     where e.organization_id = %(organization)s
       and e.recorded_xid >= %(after)s::text::xid8 and e.recorded_xid < %(before)s::text::xid8
       and e.event_type <> 'webhook.tested'
       and ('*' = any (%(events)s) or e.event_type = any (%(events)s)
            or split_part(e.event_type, '.', 1) || '.*' = any (%(events)s))
     order by e.seq
    on conflict on constraint delivery_once do nothing
"""
#: The earliest that is due and has none of the same entity before it.
NEXT = """
    select d.id from organizations_delivery d
     where d.organization_id = %(organization)s and d.webhook_id = %(webhook)s and d.status = 'queued'
       and d.next_attempt_at <= %(now)s
       and not exists (select 1 from organizations_delivery e
                        where e.organization_id = d.organization_id and e.webhook_id = d.webhook_id
                          and e.status = 'queued' and e.entity_id = d.entity_id and e.seq < d.seq)
     order by d.seq limit 1 for update skip locked
"""


@dataclass(frozen=True, slots=True)
class Errand:
    """One delivery that is to be sent now; ``attempt`` tells whose claim it is."""

    organization_id: int
    webhook_id: int
    delivery_id: int
    attempt: int
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an errand."""

    answer: calling.Answer | None
    error: str
    duration_ms: int

    @property
    def arrived(self) -> bool:
        return self.answer is not None and 200 <= self.answer.status < 300


def listening(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations that have a webhook which is enabled."""
    found = []
    for start in range(0, len(organization_ids), TOGETHER):
        some = list(organization_ids[start : start + TOGETHER])
        with scoping.reading(some), connection.cursor() as cursor:
            cursor.execute(DUE, [some])
            found += [number for (number,) in cursor.fetchall()]
    return found


def tell_so_far(row: Webhook) -> None:
    """Make deliveries of all that has happened and is not told yet; the webhook is locked by this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (until,) = cursor.fetchone()
        _tell(cursor, row, until)


def _tell(cursor, row: Webhook, until: int) -> None:
    """Make deliveries of what the webhook wants, below this number of database transactions."""
    # In a cluster that a dump was loaded into, numbers begin anew: what came before is not told again.
    after = min(row.through_xid, until)
    asked = {"organization": row.organization_id, "webhook": row.pk, "events": row.events}
    cursor.execute(FAN_OUT, asked | {"after": f"{after}", "before": f"{until}"})


def fan_out(organization_id: int) -> list[int]:
    """Make deliveries of the events that have settled; the webhooks that are enabled. Opens its own transaction."""
    with scoping.acting_in(organization_id), connection.cursor() as cursor:
        rows = Webhook.objects.of(organization_id).filter(status="enabled").order_by("pk")
        for row in rows.select_for_update(of=("self",), skip_locked=True):
            cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            (until,) = cursor.fetchone()
            _tell(cursor, row, until)
            if cursor.rowcount or not 0 <= until - row.through_xid < REMEMBERED:
                Webhook.objects.of(organization_id).filter(pk=row.pk).update(through_xid=until)
        return list(rows.values_list("pk", flat=True))


def deliver(organization_ids: Sequence[int], *, seconds: float = LONGEST_TURN) -> int:
    """Send what is due to every webhook, side by side and one after the other for each; how many arrived."""
    idle = [(number, webhook) for number in organization_ids for webhook in fan_out(number)]
    deadline, arrived = time.monotonic() + seconds, 0
    calls: dict[Future, Errand] = {}
    with ThreadPoolExecutor(max_workers=CALLS) as pool:
        while True:
            while idle and len(calls) < CALLS and time.monotonic() < deadline:
                errand = claim(*idle.pop(0))
                if errand is not None:
                    calls[pool.submit(carry_out, errand)] = errand
            if not calls:
                return arrived
            done, _ = wait(calls, return_when=FIRST_COMPLETED)
            for each in done:
                errand = calls.pop(each)
                arrived += note(errand, each.result())
                idle.append((errand.organization_id, errand.webhook_id))


def claim(organization_id: int, webhook_id: int) -> Errand | None:
    """The next delivery of a webhook, unless somebody else is at it."""
    now = clock.now()
    with scoping.acting_in(organization_id), connection.cursor() as cursor:
        cursor.execute(NEXT, {"organization": organization_id, "webhook": webhook_id, "now": now})
        found = cursor.fetchone()
        if found is None:
            return None
        webhook = Webhook.objects.of(organization_id).filter(pk=webhook_id, status="enabled").first()
        if webhook is None:
            return None
        row = Delivery.objects.of(organization_id).get(pk=found[0])
        event = Event.objects.of(organization_id).get(pk=row.event_id)
        body = dumps({"type": event.event_type, "timestamp": event.timestamp, "data": event_answer(event)})
        try:
            signed = headers_of(webhook, message_id=ids.encode("WHD", row.pk), moment=now, body=body)
            row.attempts, row.next_attempt_at = row.attempts + 1, now + LEASE
            row.first_attempt_at = row.first_attempt_at or now
            row.save(update_fields=["attempts", "next_attempt_at", "first_attempt_at"])
        except Sealed:
            signed = None
    if signed is None:
        _disable_sealed(organization_id, webhook_id)
        return None
    return Errand(
        organization_id=organization_id,
        webhook_id=webhook_id,
        delivery_id=row.pk,
        attempt=row.attempts,
        url=webhook.url,
        body=body,
        headers={"User-Agent": "Crane-Ledger", **signed},
    )


def carry_out(errand: Errand) -> Outcome:
    """Send it. No database is touched here: it runs in a thread of its own."""
    began = time.monotonic()
    answer, error = None, ""
    try:
        answer = calling.call(errand.url, errand.body, headers=errand.headers, allowed=settings.OUTGOING_ALLOWED_HOSTS)
        error = "" if 200 <= answer.status < 300 else f"The answer was {answer.status}."
    except (calling.Undelivered, ValueError) as problem:
        error = str(problem)[:300] or type(problem).__name__
    return Outcome(answer, error, int((time.monotonic() - began) * 1000))


def note(errand: Errand, outcome: Outcome) -> bool:
    """Write down what came of it, unless its claim ran out and another attempt has taken it over."""
    now, organization_id = clock.now(), errand.organization_id
    with scoping.acting_in(organization_id):
        webhook = Webhook.objects.of(organization_id).select_for_update(of=("self",)).filter(pk=errand.webhook_id)
        webhook = webhook.first()  # locked before the delivery, as by whoever changes or deletes it
        row = Delivery.objects.of(organization_id).select_for_update(of=("self",)).filter(pk=errand.delivery_id).first()
        if row is None or webhook is None or row.status != "queued" or row.attempts != errand.attempt:
            return outcome.arrived
        row.duration_ms, row.last_error = outcome.duration_ms, outcome.error
        row.response_status = None if outcome.answer is None else outcome.answer.status
        row.response_excerpt = "" if outcome.answer is None else outcome.answer.excerpt[:500]
        if outcome.arrived:
            row.status, row.delivered_at = "delivered", now
        elif row.response_status == GONE or now - row.first_attempt_at >= GIVEN_UP_AFTER:
            row.status = "failed"
            gone = row.response_status == GONE
            _disable(webhook, "It answered 410 Gone." if gone else f"Three days without success: {row.last_error}")
        else:
            row.next_attempt_at = now + _pause(row.attempts)
        row.save(
            update_fields=[
                *("duration_ms", "last_error", "response_status", "response_excerpt", "status", "delivered_at"),
                "next_attempt_at",
            ]
        )
    return outcome.arrived


def _pause(attempts: int) -> datetime.timedelta:
    seconds = PAUSES[min(attempts, len(PAUSES)) - 1]
    return datetime.timedelta(seconds=random.uniform(seconds * 0.8, seconds * 1.2))  # noqa: S311


def _disable_sealed(organization_id: int, webhook_id: int) -> None:
    """Nobody can sign for it. In a transaction of its own, which locks the webhook before anything else."""
    with scoping.acting_in(organization_id):
        webhook = Webhook.objects.of(organization_id).select_for_update(of=("self",)).filter(pk=webhook_id).first()
        if webhook is not None:
            _disable(webhook, "No key opens what its secret comes from: rotate the secret, then enable it again.")


def _disable(webhook: Webhook, reason: str) -> None:
    """Send nothing more; what waits stays until somebody enables it again."""
    if webhook.status == "disabled":
        return
    before = webhook_answer(webhook)
    webhook.status, webhook.disabled_reason = "disabled", reason[:300]
    webhook.save(update_fields=["status", "disabled_reason"])
    recording.record(
        DISABLED,
        actor=system("deliver_webhooks"),
        organization_id=webhook.organization_id,
        entity_id=webhook.public_id,
        before=before,
        after=webhook_answer(webhook),
    )
