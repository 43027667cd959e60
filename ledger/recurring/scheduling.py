"""Making schedules and changing them: from a day on, for a while, for good."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ledger.errors import RecurringHasRun, RecurringNotActive
from ledger.journal.saved import new_ids
from ledger.recurring.answers import is_over, recurring_answer
from ledger.recurring.calendars import DAYS, LARGEST_INTERVAL, Rhythm
from ledger.recurring.executing import COMPLETED, PAUSED, held, point_to_next
from ledger.recurring.models import Execution, Recurring
from ledger.recurring.templates import check, read_depreciation, read_template, refuse_who_may_not, template_of
from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.events import recording
from organizations.tenants.models import Organization

CREATED = recording.event("recurring.created")
UPDATED = recording.event("recurring.updated")
RESUMED = recording.event("recurring.resumed")
CANCELLED = recording.event("recurring.cancelled")
DELETED = recording.event("recurring.deleted")

#: What sets the days. Changing one of these begins anew with the next occurrence.
RHYTHM = ("frequency", "interval", "month_end", "business_day")
#: What may simply be written.
PLAIN = ("name", "catch_up", "catch_up_limit", "auto_post", "auto_send", "ended_at", "max_executions", "metadata")


@transaction.atomic
def create_recurring(
    *,
    actor: Actor,
    organization: Organization,
    kind: str,
    fields: Mapping[str, Any],
    template: Any = None,
    repeated: Any = None,
    depreciation: Any = None,
) -> Recurring:
    """Make a schedule from a ``template``, or from what is ``repeated``. Raises NotAuthorized, Invalid, obstacles.

    Days before today are caught up with at the next run, by the rule of catching up.
    """
    refuse_who_may_not(actor, kind)
    started = fields.get("started_at") or clock.today(organization.time_zone)
    _, (number,) = new_ids(1)
    row = Recurring(pk=number, organization=organization, recurable_type=kind, started_at=started, anchor=started)
    for name in (*RHYTHM, *PLAIN):
        if fields.get(name) is not None:
            setattr(row, name, fields[name])
    if fields.get("month_end") is None:
        row.month_end = started.day == 31
    _refuse_rhythm(row)
    if depreciation is not None:
        row.depreciation = read_depreciation(depreciation, organization)
        row.max_executions = len(row.depreciation["amounts"])
        named = f"Depreciation of {row.name}, {{period}}" if row.name else "Depreciation, {period}"
        template = {"type": "depreciation", "description": named} | (template or {})
        template.pop("entries", None)
    elif template is None:
        template = template_of(organization, kind, repeated)
    kept = read_template(kind, template)
    row.revisions = [{"from": started.isoformat(), "template": kept}]
    check(organization, row, kept)
    point_to_next(row)
    if row.next_execution is None:
        raise Invalid(fields={"ended_at": "There is no occurrence until then."})
    row.save(force_insert=True)
    row.refresh_from_db()
    _record(CREATED, actor, row, None)
    return row


@transaction.atomic
def update_recurring(
    *, actor: Actor, organization: Organization, recurring_id: int, changes: Mapping[str, Any]
) -> Recurring:
    """Change a schedule, from its next occurrence on; with ``effective_from``, a new template from that day on.

    Raises NotFound, RecurringNotActive, Invalid.
    """
    row = held(organization, recurring_id)
    before = recurring_answer(row)
    refuse_who_may_not(actor, row.recurable_type)
    _refuse_over(row)
    for name in PLAIN:
        if name in changes:
            setattr(row, name, changes[name])
    if row.depreciation is not None:
        row.max_executions = len(row.depreciation["amounts"])
    if any(name in changes for name in RHYTHM):
        _begin_anew(row, changes)
    if changes.get("template") is not None:
        _revise(organization, row, changes)
    elif changes.get("effective_from") is not None:
        raise Invalid(fields={"effective_from": "Of a new template."})
    point_to_next(row)
    return _save(UPDATED if row.next_execution else COMPLETED, actor, row, before)


@transaction.atomic
def pause_recurring(*, actor: Actor, organization: Organization, recurring_id: int, reason: str = "") -> Recurring:
    """Let a schedule rest. Raises NotFound, RecurringNotActive."""
    row = held(organization, recurring_id)
    if row.status != "active":
        raise RecurringNotActive(details={"status": row.status})
    before = recurring_answer(row)
    row.status, row.pause_reason = "paused", reason
    return _save(PAUSED, actor, row, before)


@transaction.atomic
def resume_recurring(
    *, actor: Actor, organization: Organization, recurring_id: int, catch_up: str = "none"
) -> Recurring:
    """Go on with a paused schedule. ``catch_up`` says what becomes of the occurrences that fell due meanwhile.

    Those that are passed over are noted as skipped. Raises NotFound, RecurringNotActive.
    """
    row = held(organization, recurring_id)
    if row.status != "paused":
        raise RecurringNotActive(details={"status": row.status})
    before = recurring_answer(row)
    row.status, row.pause_reason = "active", ""
    if catch_up != "all":
        _pass_over(row, clock.today(organization.time_zone), keep=1 if catch_up == "latest" else 0)
    point_to_next(row)
    return _save(RESUMED, actor, row, before)


@transaction.atomic
def cancel_recurring(*, actor: Actor, organization: Organization, recurring_id: int, reason: str = "") -> Recurring:
    """End a schedule for good. Raises NotFound, RecurringNotActive."""
    row = held(organization, recurring_id)
    _refuse_over(row)
    before = recurring_answer(row)
    row.status, row.pause_reason, row.next_execution = "cancelled", reason, None
    return _save(CANCELLED, actor, row, before)


@transaction.atomic
def delete_recurring(*, actor: Actor, organization: Organization, recurring_id: int) -> None:
    """Delete a schedule that never ran. Raises NotFound, RecurringHasRun."""
    row = held(organization, recurring_id)
    if Execution.objects.of(organization).filter(recurring=row).exists():
        raise RecurringHasRun()
    _record(DELETED, actor, row, recurring_answer(row), gone=True)
    row.delete()


def _refuse_over(row: Recurring) -> None:
    if row.status not in ("active", "paused"):
        raise RecurringNotActive(details={"status": row.status})


def _refuse_rhythm(row: Recurring) -> None:
    problems = {}
    if not 1 <= row.interval <= LARGEST_INTERVAL:
        problems["interval"] = f"A whole number from 1 to {LARGEST_INTERVAL}."
    if row.month_end and row.frequency in (*DAYS, "semimonthly"):
        row.month_end = False
    if row.ended_at is not None and row.ended_at < row.started_at:
        problems["ended_at"] = "Not before started_at."
    if row.max_executions is not None and row.max_executions < 1:
        problems["max_executions"] = "At least 1."
    if problems:
        raise Invalid(fields=problems)


def _begin_anew(row: Recurring, changes: Mapping[str, Any]) -> None:
    """Another rhythm, with the next occurrence as its first."""
    if row.next_execution is None:
        return
    nominal = row.rhythm.nominal(row.next_number - row.anchor_number)
    for name in RHYTHM:
        if name in changes:
            setattr(row, name, changes[name])
    _refuse_rhythm(row)
    row.anchor, row.anchor_number = nominal, row.next_number


def _revise(organization: Organization, row: Recurring, changes: Mapping[str, Any]) -> None:
    """Another template, from a day on, by default the next occurrence's. Later ones that were planned are void."""
    if row.depreciation is not None:
        raise Invalid(fields={"template": "A depreciation follows from its asset; make another schedule instead."})
    first = changes.get("effective_from") or row.next_execution
    if row.next_execution is not None and first < row.next_execution:
        raise Invalid(fields={"effective_from": f"Not before {row.next_execution}: what was posted stays."})
    template = read_template(row.recurable_type, changes["template"])
    check(organization, row, template)
    kept = [each for each in row.revisions if each["from"] < first.isoformat()]
    row.revisions = [*kept, {"from": first.isoformat(), "template": template}]


def _pass_over(row: Recurring, today: datetime.date, *, keep: int) -> None:
    """Note as skipped what fell due before today, but for the last ``keep``."""
    rhythm: Rhythm = row.rhythm
    missed = []
    for day in rhythm.dates(row.next_number - row.anchor_number):
        number = row.next_number + len(missed)
        if day >= today or is_over(row, number, day):
            break
        missed.append((number, day))
    passed = missed[: len(missed) - keep] if keep else missed
    now = clock.now()
    Execution.objects.bulk_create(
        Execution(
            organization=row.organization,
            recurring=row,
            number=number,
            due_date=day,
            status="skipped",
            executed_at=now,
        )
        for number, day in passed
    )
    row.next_number += len(passed)


def _save(event: str, actor: Actor, row: Recurring, before: dict) -> Recurring:
    row.version += 1
    row.save()
    row.refresh_from_db()
    _record(event, actor, row, before)
    return row


def _record(event: str, actor: Actor, row: Recurring, before: dict | None, *, gone: bool = False) -> None:
    recording.record(
        event,
        actor=actor,
        organization_id=row.organization_id,
        entity_id=row.public_id,
        before=before,
        after=None if gone else recurring_answer(row),
    )
