"""Saving, changing and deleting reports, and sending those that are due."""

import datetime
from collections.abc import Sequence
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from organizations import clock, scoping
from organizations.actors import Actor, system
from organizations.errors import Invalid, NotAuthorized, NotFound, Refusal
from organizations.events.recording import event, record
from organizations.letters.posting import Enclosure, post_letter
from organizations.tenants.models import Organization
from reports.saved.answers import saved_answer
from reports.saved.models import SavedReport
from reports.saved.running import dates_of, make

CREATED = event("saved_report.created")
UPDATED = event("saved_report.updated")
DELETED = event("saved_report.deleted")
SENT = event("saved_report.sent")
FAILED = event("saved_report.failed")

STEPS = {
    "daily": relativedelta(days=1),
    "weekly": relativedelta(weeks=1),
    "monthly": relativedelta(months=1),
    "quarterly": relativedelta(months=3),
}
BY_MONTH = ("monthly", "quarterly")
#: A later day would move to the end of a shorter month, and stay there.
LAST_OF_ALL = 28
FIELDS = ("name", "report", "parameters", "period", "format", "frequency", "recipients", "status", "metadata")
MOST_RECIPIENTS = 20
#: Parameters that ``period`` and ``format`` give.
OWN = ("format", "as_of", "start_date", "end_date", "known_at")
TOGETHER = 500  # organizations asked about in one query
DUE = """
    select distinct r.organization_id from reports_savedreport r
     where r.organization_id = any (%s) and r.status = 'active' and r.next_run <= (%s::timestamptz at time zone
           (select o.time_zone from organizations_organization o where o.id = r.organization_id))::date
     order by 1
"""


@transaction.atomic
def save_report(*, actor: Actor, organization: Organization, fields: dict[str, Any]) -> SavedReport:
    """Save a report; it is made once, so that what cannot be made is not saved.

    Raises NotAuthorized, Invalid, ReportRefused.
    """
    row = SavedReport(organization=organization, **{name: fields[name] for name in FIELDS if name in fields})
    _check(actor, row, fields.get("first_run"))
    row.save()
    row.refresh_from_db()
    record(CREATED, actor=actor, organization_id=organization.pk, entity_id=row.public_id, after=saved_answer(row))
    return row


@transaction.atomic
def update_report(*, actor: Actor, organization: Organization, report_id: int, changes: dict[str, Any]) -> SavedReport:
    """Change a saved report. Raises NotFound, Invalid, ReportRefused."""
    row = held(organization, report_id)
    before = saved_answer(row)
    for name in FIELDS:
        if name in changes:
            setattr(row, name, changes[name])
    _check(actor, row, changes.get("first_run") or (row.next_run if "frequency" not in changes else None))
    row.save(update_fields=[*FIELDS, "next_run"])
    row.refresh_from_db()
    record(UPDATED, actor=actor, organization_id=organization.pk, entity_id=row.public_id, before=before,
           after=saved_answer(row))  # fmt: skip
    return row


@transaction.atomic
def delete_report(*, actor: Actor, organization: Organization, report_id: int) -> None:
    """Delete a saved report. Raises NotFound."""
    row = held(organization, report_id)
    before = saved_answer(row)
    SavedReport.objects.of(organization).filter(pk=row.pk)._raw_delete(using="default")
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=row.public_id, before=before)


def held(organization: Organization, report_id: int) -> SavedReport:
    """A saved report, locked until the end. Raises NotFound."""
    found = SavedReport.objects.of(organization).select_for_update().filter(pk=report_id).first()
    if found is None:
        raise NotFound()
    return found


def _check(actor: Actor, row: SavedReport, first: datetime.date | None) -> None:
    organization = row.organization
    if not actor.may("read", "reports"):
        raise NotAuthorized()  # who may not read reports does not have them sent, either
    problems = {f"parameters.{name}": "The saved report says this itself." for name in OWN if name in row.parameters}
    row.name = " ".join(row.name.split())
    if not row.name:
        problems["name"] = "A name is needed."
    if len(row.recipients) > MOST_RECIPIENTS:
        problems["recipients"] = f"At most {MOST_RECIPIENTS}."
    for place, address in enumerate(row.recipients):
        try:
            validate_email(address)
        except ValidationError:
            problems[f"recipients[{place}]"] = "Not an e-mail address."
    if row.frequency != "never" and not row.recipients:
        problems["recipients"] = "Whom is it sent to?"
    if first is not None and row.frequency in BY_MONTH and first.day > LAST_OF_ALL:
        problems["first_run"] = f"A day from 1 to {LAST_OF_ALL}, which every month has."
    if problems:
        raise Invalid(fields=problems)
    today = clock.today(organization.time_zone)
    make(actor, organization, row.report, parameters_of(row, today, as_file=False))
    row.next_run = None if row.frequency == "never" else (first or _first(row.frequency, today))


def _first(frequency: str, today: datetime.date) -> datetime.date:
    """One step from today; by months on a day that every month has, so that it never moves."""
    day = today + STEPS[frequency]
    return day.replace(day=min(day.day, LAST_OF_ALL)) if frequency in BY_MONTH else day


def parameters_of(row: SavedReport, today: datetime.date, *, as_file: bool = True) -> dict[str, str]:
    """What the report is asked with today."""
    dates = dates_of(row.organization, row.report, row.period, today)
    form = {"format": row.format} if as_file and row.format != "json" else {}
    return {**row.parameters, **dates, **form}


def due(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations where a report is due, by the date there."""
    found = []
    for start in range(0, len(organization_ids), TOGETHER):
        some = list(organization_ids[start : start + TOGETHER])
        with scoping.reading(some), connection.cursor() as cursor:
            cursor.execute(DUE, [some, clock.now()])
            found += [number for (number,) in cursor.fetchall()]
    return found


def send_due(organization_id: int) -> int:
    """Send what is due in an organization; how many letters. Each is committed with its next day."""
    sent = 0
    while _send_one(organization_id):
        sent += 1
    return sent


def _send_one(organization_id: int) -> bool:
    with scoping.acting_in(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        today = clock.today(organization.time_zone)
        rows = SavedReport.objects.of(organization).filter(status="active", next_run__lte=today)
        row = rows.select_for_update(skip_locked=True).order_by("next_run", "pk").first()
        if row is None:
            return False
        actor = system("saved_report")
        day = row.next_run
        while row.next_run <= today:  # what was missed is sent once, not as often as it was missed
            row.next_run = row.next_run + STEPS[row.frequency]
        row.last_run_at = clock.now()
        row.save(update_fields=["next_run", "last_run_at"])
        try:
            with transaction.atomic():
                _send(actor, row, day, today)
        except Refusal as refusal:
            record(FAILED, actor=actor, organization_id=organization.pk, entity_id=row.public_id,
                   after=saved_answer(row) | {"error": refusal.code})  # fmt: skip
        else:
            record(SENT, actor=actor, organization_id=organization.pk, entity_id=row.public_id, after=saved_answer(row))
        return True


def _send(actor: Actor, row: SavedReport, day: datetime.date, today: datetime.date) -> None:
    made = make(actor, row.organization, row.report, parameters_of(row, today))
    post_letter(
        actor=actor,
        organization=row.organization,
        to=row.recipients,
        subject=f"{row.name}, {day}",
        body=f"{row.name} of {row.organization.name} is enclosed.\n",
        attachments=[Enclosure(f"{row.report}-{today}.{row.format}", made.content_type, made.content)],
        about_kind="saved_report",
        about_id=row.public_id,
        sender_name=row.organization.name,
    )
