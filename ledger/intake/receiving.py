"""Messages of payment providers: checked, kept, and booked in the database transaction that keeps them.

A provider sends again what it was not answered, twice what it was, and in any order. The id of a message is taken once,
so of twenty that come at once one is booked and the others answer the same. Messages of different ids about the same
(a payment, a payout, the day of a till) are booked one after another, each knowing what became of those before.
"""

from typing import Any

from django.db import connection as database
from django.db import transaction

from ledger.errors import EventBooked, MessageUnreadable
from ledger.intake.adapters.effects import BadSignature, Call, Effect, Incoming, Nothing, Unreadable
from ledger.intake.answers import inbox_answer
from ledger.intake.booking import Booker
from ledger.intake.models import Connection, InboxEvent
from ledger.intake.reading import ADAPTERS, effect_of, payload_of
from ledger.journal.saved import new_ids
from organizations import clock
from organizations.actors import Actor, system
from organizations.errors import Busy, NotFound, OrganizationArchived, Refusal
from organizations.events import recording
from organizations.requests.errors import SignatureInvalid
from organizations.sealing import Sealed, unseal
from organizations.tenants.models import Organization
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of

BOOKED = recording.event("inbox_event.booked")
FAILED = recording.event("inbox_event.failed")


@transaction.atomic
def receive(*, organization: Organization, provider: str, call: Call) -> InboxEvent:
    """Take a message in and book it. Raises SignatureInvalid, also where nobody listens, MessageUnreadable.

    One that cannot be booked is kept with the reason, to be booked again later.
    """
    connection = Connection.objects.of(organization).filter(provider=provider, enabled=True).first()
    if connection is None:
        raise SignatureInvalid()  # of whom there is nothing to know
    payload, incoming = _read(connection, call)
    _, (number,) = new_ids(1)
    row = InboxEvent(
        pk=number,
        organization=organization,
        provider=provider,
        event_id=incoming.event_id,
        event_type=incoming.event_type,
        payload=payload,
    )
    # Waits for whoever takes the same id at this moment, and finds then what became of it.
    InboxEvent.objects.bulk_create([row], ignore_conflicts=True)
    rows = InboxEvent.objects.of(organization).filter(provider=provider, event_id=incoming.event_id)
    kept = rows.select_for_update(of=("self",)).get()
    if kept.pk == number:
        _hold(kept, incoming.effect)
        _work_off(system(f"{provider}_webhook"), organization, connection, kept)
    return kept


@transaction.atomic
def replay(*, actor: Actor, organization: Organization, event_id: int) -> InboxEvent:
    """Try to book a message again. Raises NotFound, EventBooked, MessageUnreadable."""
    rows = InboxEvent.objects.of(organization).filter(pk=event_id)
    row = rows.first()
    connection = row and Connection.objects.of(organization).filter(provider=row.provider).first()
    if row is None or connection is None:
        raise NotFound()
    _hold(row, effect_of(row))
    row = rows.select_for_update(of=("self",)).get()
    if row.status == "booked":
        raise EventBooked()
    row.attempts += 1
    _work_off(actor, organization, connection, row)
    return row


def _read(connection: Connection, call: Call) -> tuple[Any, Incoming]:
    """A message as it is kept, and what it means."""
    adapter = ADAPTERS[connection.provider]
    try:
        adapter.verify(call, unseal(connection.secret, connection.organization_id))
    except (BadSignature, Sealed) as problem:
        raise SignatureInvalid() from problem
    try:
        payload = payload_of(call.body)
        return payload, adapter.read(payload)
    except Unreadable as problem:
        raise MessageUnreadable(details={"reason": str(problem)}) from problem


def _hold(row: InboxEvent, effect: Effect) -> None:
    """Wait for whoever books a message about the same, and keep others waiting until the end.

    Whoever holds the row of an older message has waited here before.
    """
    if isinstance(effect, Nothing):
        return
    with database.cursor() as cursor:
        keys = [f"intake {row.organization_id} {row.provider} {effect.reference}"]
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", keys)


def _work_off(actor: Actor, organization: Organization, connection: Connection, row: InboxEvent) -> None:
    """Book one message, and those that have waited for it."""
    booker = Booker(actor, organization, connection)
    _book(actor, booker, row)
    if row.kind in ("sale", "payout") and row.status == "booked":
        waiting = InboxEvent.objects.of(organization).filter(provider=row.provider, reference=row.reference)
        for each in waiting.filter(status="waiting").order_by("pk").select_for_update(of=("self",)):
            _book(actor, booker, each)


def _book(actor: Actor, booker: Booker, row: InboxEvent) -> None:
    before = inbox_answer(row)
    try:
        with transaction.atomic():
            if booker.organization.status == "archived":
                raise OrganizationArchived()
            booker.book(row, effect_of(row))
    except Busy:
        raise  # nothing is wrong with the message: the provider sends it again
    except Refusal as refusal:
        _fail(row, refusal)
    except DATABASE_ERRORS as problem:
        refusal = None if is_retryable(problem) else refusal_of(problem)
        if refusal is None or refusal.status >= 500 or isinstance(refusal, Busy):
            raise
        _fail(row, refusal)
    row.booked_at = clock.now() if row.status == "booked" else None
    row.save()
    if row.status in ("booked", "failed"):
        recording.record(
            BOOKED if row.status == "booked" else FAILED,
            actor=actor,
            organization_id=row.organization_id,
            entity_id=row.public_id,
            before=before,
            after=inbox_answer(row),
        )


def _fail(row: InboxEvent, refusal: Refusal) -> None:
    said: Any = refusal.details.get("reason") or refusal.details.get("fields") or ""
    row.status, row.reason = "failed", f"{refusal.message}. {said}".strip()[:500]
    row.error_code = refusal.code
    row.transaction_id = row.payment_id = row.amount = None
