"""Making schedules and changing them: from a day on, for a while, for good."""

import datetime
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from django.db import connection, transaction

from ledger.errors import RecurringHasRun, RecurringNotActive
from ledger.journal.saved import new_ids
from ledger.recurring.answers import recurring_answer, remaining
from ledger.recurring.calendars import DAYS, LARGEST_INTERVAL, MOST_EXECUTIONS
from ledger.recurring.executing import PAUSED, held, point_to_next
from ledger.recurring.models import Execution, Recurring
from ledger.recurring.templates import (
    check,
    read_depreciation,
    read_template,
    refuse_who_may_not,
    template_at,
    template_of,
)
from organizations import clock
from organizations.actors import Actor
from organizations.clock import FIRST_DAY, LAST_DAY
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
NO_DAY = "A date as YYYY-MM-DD, from 1900 to 2200."
NOTHING_LEFT_OUT = "all: a depreciation leaves no period out."
SKIP = """
    insert into ledger_execution (organization_id, recurring_id, number, due_date, status, document_id, error_code,
           error_message, attempts, executed_at)
    select %s, %s, missed.number, missed.day, 'skipped', '', '', '', 1, %s
      from unnest(%s::int[], %s::date[]) as missed (number, day)
"""


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
    refuse_who_may_not(actor, organization, kind)
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
        template = _depreciate(row, read_depreciation(depreciation, organization), template)
    elif template is None:
        template = template_of(organization, kind, repeated)
    kept = read_template(kind, template)
    row.revisions = [{"from": started.isoformat(), "template": kept}]
    check(organization, row, kept)
    _point_to_next(row)
    row.save(force_insert=True)
    row.refresh_from_db()
    _record(CREATED, actor, row, None)
    return row


@transaction.atomic
def update_recurring(
    *, actor: Actor, organization: Organization, recurring_id: int, changes: Mapping[str, Any]
) -> Recurring:
    """Change a schedule, from its next occurrence on; with ``effective_from``, a new template from that day on.

    What is as it was changes nothing: a schedule may come back as it was shown. Raises NotFound, RecurringNotActive,
    Invalid.
    """
    row = held(organization, recurring_id)
    before = recurring_answer(row)
    refuse_who_may_not(actor, organization, row.recurable_type)
    _refuse_over(row)
    for name in PLAIN:
        if name in changes:
            setattr(row, name, changes[name])
    _change_rhythm(row, changes)
    _refuse_rhythm(row)
    if row.depreciation is not None:
        _refuse_of_depreciation(row)
    if changes.get("template") is not None:
        _revise(organization, row, changes)
    elif changes.get("effective_from") is not None:
        raise Invalid(fields={"effective_from": "Of a new template."})
    _point_to_next(row)
    return _save(UPDATED, actor, row, before)


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
    *, actor: Actor, organization: Organization, recurring_id: int, catch_up: str | None = None
) -> Recurring:
    """Go on with a paused schedule. ``catch_up`` says what becomes of the occurrences that fell due meanwhile.

    It goes before the schedule's own rule; unless given, they are passed over. Those are noted as skipped. A
    depreciation leaves none out. Raises NotFound, NotAuthorized, RecurringNotActive, Invalid.
    """
    row = held(organization, recurring_id)
    refuse_who_may_not(actor, organization, row.recurable_type)
    if row.status != "paused":
        raise RecurringNotActive(details={"status": row.status})
    if row.depreciation is not None and catch_up not in (None, "all"):
        raise Invalid(fields={"catch_up": NOTHING_LEFT_OUT})
    wanted = catch_up or ("none" if row.depreciation is None else "all")
    before = recurring_answer(row)
    row.status, row.pause_reason = "active", ""
    row.make_up_through = clock.today(organization.time_zone)
    if wanted != "all":
        _pass_over(row, row.make_up_through, keep=1 if wanted == "latest" else 0)
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
    for name in ("started_at", "ended_at"):
        day = getattr(row, name)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            problems[name] = NO_DAY
    if row.max_executions is not None and not 1 <= row.max_executions <= MOST_EXECUTIONS:
        problems["max_executions"] = f"A whole number from 1 to {MOST_EXECUTIONS}."
    if problems:
        raise Invalid(fields=problems)


def _depreciate(row: Recurring, asset: dict, template: Any) -> Any:
    """Let the schedule depreciate an asset; what its template is then."""
    periods = len(asset["amounts"])
    row.depreciation, row.max_executions = asset, periods if row.max_executions is None else row.max_executions
    _refuse_of_depreciation(row)
    named = f"Depreciation of {row.name}, {{period}}" if row.name else "Depreciation, {period}"
    told = template if isinstance(template, dict) else {}
    if told.get("type", "depreciation") != "depreciation":
        raise Invalid(fields={"template.type": "depreciation, beside a depreciation."})
    return {"type": "depreciation", "description": named} | {name: told[name] for name in told if name != "entries"}


def _refuse_of_depreciation(row: Recurring) -> None:
    """A depreciation is done when its asset is, no earlier and no later: it comes to its salvage value to the cent."""
    periods = len(row.depreciation["amounts"])
    problems = {}
    if row.ended_at is not None:
        problems["ended_at"] = "A depreciation ends with its periods."
    if row.max_executions != periods:
        problems["max_executions"] = f"A depreciation has as many as its asset has periods: {periods}."
    if row.catch_up != "all":
        problems["catch_up"] = NOTHING_LEFT_OUT
    try:
        row.rhythm.nominal(periods - row.anchor_number)
    except OverflowError:
        problems["depreciation.periods"] = f"The last one would be after {LAST_DAY}."
    if problems:
        raise Invalid(fields=problems)


def _point_to_next(row: Recurring) -> None:
    """Look up the next occurrence. Raises Invalid where a change would leave none: that is what cancelling is for."""
    point_to_next(row)
    if row.next_execution is None:
        numbered_out = row.max_executions is not None and row.next_number > row.max_executions
        field = "max_executions" if numbered_out else "ended_at"
        raise Invalid(fields={field: "There is no occurrence until then."})


def _change_rhythm(row: Recurring, changes: Mapping[str, Any]) -> None:
    """Another rhythm, with the next occurrence as its first. What a weekend gives way to is no part of the calendar."""
    changed = [name for name in RHYTHM if changes.get(name) not in (None, getattr(row, name))]
    nominal = row.rhythm.nominal(row.next_number - row.anchor_number)
    for name in changed:
        setattr(row, name, changes[name])
    if set(changed) - {"business_day"}:
        row.anchor, row.anchor_number = nominal, row.next_number


def _revise(organization: Organization, row: Recurring, changes: Mapping[str, Any]) -> None:
    """Another template, from a day on, by default the next occurrence's. Later ones that were planned are void."""
    template = read_template(row.recurable_type, changes["template"])
    nominal = row.rhythm.nominal(row.next_number - row.anchor_number)
    first = changes.get("effective_from")
    if first is None and template == template_at(row, nominal):
        return
    if row.depreciation is not None:
        raise Invalid(fields={"template": "A depreciation follows from its asset; make another schedule instead."})
    first, earliest = first or nominal, min(nominal, row.rhythm.moved(nominal))
    if first < earliest:
        raise Invalid(fields={"effective_from": f"Not before {earliest}: what was posted stays."})
    if first > LAST_DAY:
        raise Invalid(fields={"effective_from": NO_DAY})
    check(organization, row, template)
    kept = [each for each in row.revisions if each["from"] < first.isoformat()]
    row.revisions = [*kept, {"from": first.isoformat(), "template": template}]


def _pass_over(row: Recurring, today: datetime.date, *, keep: int) -> None:
    """Note as skipped what fell due before today, but for the last ``keep``."""
    missed = list(takewhile(lambda each: each[1] < today, remaining(row)))
    passed = missed[: len(missed) - keep]
    numbers, days = [number for number, _ in passed], [day for _, day in passed]
    with connection.cursor() as cursor:
        cursor.execute(SKIP, [row.organization_id, row.pk, clock.now(), numbers, days])
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
