"""Running schedules: what is due is posted, once.

A part of an organization's due occurrences is worked off in one database transaction: schedules are locked, what
they post is written by the batch contract, and each occurrence is noted under its number, which the database takes
once. A worker that dies leaves nothing of the part; two workers share the schedules out.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from django.db import connection, transaction

from ledger.errors import ExecutionFailedAgain, ExecutionNotFailed, NothingToRun, RecurringNotActive
from ledger.invoicing.drafting import create_document, delete_draft, new_document
from ledger.invoicing.issuing import issue_new
from ledger.invoicing.models import Document
from ledger.invoicing.reading import read_document
from ledger.invoicing.sending import send_document
from ledger.journal.batching import create_batch
from ledger.journal.posting import post_transaction
from ledger.journal.saved import new_ids
from ledger.recurring.answers import execution_answers, recurring_answer, remaining
from ledger.recurring.models import Execution, Recurring
from ledger.recurring.templates import PREFIX, body_of, refuse_who_may_not
from organizations import clock, ids, scoping
from organizations.actors import Actor, system
from organizations.errors import Invalid, NotFound, Refusal
from organizations.events import recording
from organizations.rows import insert_rows, update_rows
from organizations.tenants.models import Organization
from organizations.wire.answering import describe
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of

FAILED = recording.event("recurring.failed")
COMPLETED = recording.event("recurring.completed")
PAUSED = recording.event("recurring.paused")
RETRIED = recording.event("recurring.retried")
#: So many occurrences are worked off in one database transaction.
PART = 500
TOO_MANY = "More than {} occurrences were missed: see what happened, then resume."
MOVED = ("status", "pause_reason", "next_number", "next_execution", "executions_count", "last_execution")


@dataclass(slots=True)
class Occurrence:
    """One occurrence that is due, and what became of it."""

    row: Recurring
    number: int
    day: datetime.date
    skipped: bool = False
    transaction_id: int | None = None
    document_id: str = ""
    error: dict | None = None

    @property
    def status(self) -> str:
        return "skipped" if self.skipped else "succeeded" if self.error is None else "failed"


@dataclass(slots=True)
class Part:
    """What is worked off together: the schedules, locked, and their occurrences in the order of their days."""

    rows: list[Recurring]
    occurrences: list[Occurrence] = field(default_factory=list)


def run_due(organization_id: int) -> int:
    """Work off everything that is due in an organization; how many occurrences. Opens its own transactions."""
    done = 0
    while True:
        with scoping.acting_in(organization_id):
            organization = Organization.objects.get(pk=organization_id)
            today = clock.today(organization.time_zone)
            due = Recurring.objects.of(organization).filter(status="active", next_execution__lte=today)
            rows = due.order_by("next_execution", "pk").select_for_update(of=("self",), skip_locked=True)[:PART]
            part = Part(list(rows))
            if not part.rows:
                return done
            _work_off(system("run_recurring"), organization, part, today)
            done += len(part.occurrences)


@transaction.atomic
def run_now(*, actor: Actor, organization: Organization, recurring_id: int) -> list[Execution]:
    """Run what is due of one schedule, or its next occurrence today where nothing is due yet.

    Raises NotFound, RecurringNotActive, NothingToRun.
    """
    row = held(organization, recurring_id)
    refuse_who_may_not(actor, organization, row.recurable_type)
    if row.status != "active":
        raise RecurringNotActive(details={"status": row.status})
    if row.next_execution is None:
        raise NothingToRun()
    today = clock.today(organization.time_zone)
    part = Part([row])
    if row.next_execution > today:
        part.occurrences.append(Occurrence(row, row.next_number, today))
    return _work_off(actor, organization, part, today)


@transaction.atomic
def retry_execution(*, actor: Actor, organization: Organization, recurring_id: int, execution_id: int) -> Execution:
    """Try a failed occurrence again: its failed transaction is posted, or it is made anew.

    Raises NotFound, ExecutionNotFailed, ExecutionFailedAgain.
    """
    row = held(organization, recurring_id)
    refuse_who_may_not(actor, organization, row.recurable_type)
    rows = Execution.objects.of(organization).filter(pk=execution_id, recurring=row)
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound()
    (before,) = execution_answers([found])
    if before["status"] != "failed":
        raise ExecutionNotFailed(details={"status": before["status"]})
    again = Occurrence(row, found.number, found.due_date, transaction_id=found.transaction_id)
    again.document_id = found.document_id
    if found.transaction_id is not None:
        again.error = _attempt(
            lambda: post_transaction(actor=actor, organization=organization, transaction_id=found.transaction_id)
        )
    elif not _is_issued(organization, again):
        _discard_draft(actor, organization, again)
        _make(actor, organization, [again])
    if again.error is not None:
        raise ExecutionFailedAgain(details={"cause": again.error})
    found.status, found.error_code, found.error_message = "succeeded", "", ""
    found.transaction_id, found.document_id = again.transaction_id, again.document_id
    found.attempts, found.executed_at = found.attempts + 1, clock.now()
    update_rows([found], ["status", "error_code", "error_message", "transaction", "document_id", "attempts",
                          "executed_at"])  # fmt: skip
    (after,) = execution_answers([found])
    recording.record(
        RETRIED, actor=actor, organization_id=organization.pk, entity_id=row.public_id, before=before, after=after
    )
    return found


def held(organization: Organization, number: int) -> Recurring:
    """A schedule, locked until the end. Raises NotFound."""
    found = Recurring.objects.of(organization).filter(pk=number).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound()
    return found


# --- One part ---------------------------------------------------------------------------------------------------------


def _work_off(actor: Actor, organization: Organization, part: Part, today: datetime.date) -> list[Execution]:
    """Do what is due of the schedules, at most a part of it, and move them on."""
    before = {row.pk: recurring_answer(row) for row in part.rows}
    if not part.occurrences:
        for row in part.rows:
            part.occurrences += _due(row, today)
        part.occurrences.sort(key=lambda each: (each.day, each.row.pk, each.number))
        del part.occurrences[PART:]
    _make(actor, organization, [each for each in part.occurrences if not each.skipped])
    executions = _note(organization, part.occurrences)
    for each in part.occurrences:
        each.row.next_number = each.number + 1
        if not each.skipped:
            each.row.executions_count += 1
            each.row.last_execution = executions[0].executed_at
    for row in part.rows:
        point_to_next(row)
    update_rows(part.rows, MOVED)
    _tell(actor, organization, part, before)
    return executions


def _due(row: Recurring, today: datetime.date) -> list[Occurrence]:
    """What is due of one schedule, by its rule of catching up. Too much of it pauses the schedule.

    What was asked for on resuming comes whatever the rule, and of a depreciation every period: it must add up.
    """
    rule = "all" if row.depreciation is not None else row.catch_up
    found: list[Occurrence] = []
    asked = 0
    for number, day in remaining(row):
        if day > today or asked == PART:
            break
        found.append(Occurrence(row, number, day))
        if row.make_up_through is not None and day <= row.make_up_through:
            asked += 1
        elif rule == "all" and len(found) - asked > row.catch_up_limit:
            row.status, row.pause_reason = "paused", TOO_MANY.format(row.catch_up_limit)
            return []
    for each in found[asked:]:
        each.skipped = rule != "all" and (each is not found[-1] if rule == "latest" else each.day < today)
    return found


def point_to_next(row: Recurring) -> None:
    """Look up the day of the next occurrence; where there is none, the schedule is complete."""
    _, row.next_execution = next(remaining(row), (None, None))
    if row.next_execution is None and row.status in ("active", "paused"):
        row.status, row.pause_reason = "completed", ""


def _make(actor: Actor, organization: Organization, occurrences: Sequence[Occurrence]) -> None:
    """Post or save what the occurrences are; each notes what became of it."""
    entries = [each for each in occurrences if each.row.recurable_type == "transaction"]
    if entries:
        bodies = [
            body_of(each.row, each.number, each.day) | {"auto_post": each.row.auto_post, "client_ref": f"{place}"}
            for place, each in enumerate(entries)
        ]
        done = create_batch(actor=actor, organization=organization, bodies=bodies, mode="independent", dry_run=False)
        for each, result in zip(entries, done["results"], strict=True):
            each.error = result.get("error")
            made = result.get("transaction")
            each.transaction_id = None if made is None else ids.decode("TXN", _id_of(made))
    for each in occurrences:
        if each.row.recurable_type != "transaction":
            each.error = _attempt(lambda each=each: _make_document(actor, organization, each))
            if each.error is not None:
                _keep_draft(actor, organization, each)


class _Named(msgspec.Struct):
    id: str


def _id_of(made: dict | msgspec.Raw) -> str:
    return made["id"] if isinstance(made, dict) else msgspec.json.decode(bytes(made), type=_Named).id


def _fields(each: Occurrence) -> dict:
    fields, problems, _ = read_document(PREFIX[each.row.recurable_type], body_of(each.row, each.number, each.day))
    if problems:
        raise Invalid(fields=problems)
    return fields


def _make_document(actor: Actor, organization: Organization, each: Occurrence) -> None:
    who, kind = {"actor": actor, "organization": organization}, each.row.recurable_type
    if not (each.row.auto_post or each.row.auto_send):
        each.document_id = create_document(**who, kind=kind, fields=_fields(each)).public_id
        return
    document = new_document(organization, kind, _fields(each))
    issue_new(**who, documents=[document])
    each.document_id, each.transaction_id = document.public_id, document.transaction_id
    if each.row.auto_send:
        send_document(**who, document=Document.objects.of(organization).get(pk=document.pk))


def _keep_draft(actor: Actor, organization: Organization, each: Occurrence) -> None:
    """A document that cannot be issued is kept as a draft; not where even that is refused."""
    each.document_id, each.transaction_id = "", None

    def save() -> None:
        kept = create_document(
            actor=actor, organization=organization, kind=each.row.recurable_type, fields=_fields(each)
        )
        each.document_id = kept.public_id

    _attempt(save)


def _is_issued(organization: Organization, each: Occurrence) -> bool:
    """Whether somebody has issued the draft that a failed document left: then that is the occurrence."""
    if not each.document_id:
        return False
    rows = Document.objects.of(organization).filter(pk=ids.decode(each.document_id[:3], each.document_id))
    found = rows.exclude(status="draft").first()
    if found is not None:
        each.transaction_id = found.transaction_id
    return found is not None


def _discard_draft(actor: Actor, organization: Organization, each: Occurrence) -> None:
    """The draft that a failed document left: it is made anew."""
    if each.document_id:
        number = ids.decode(each.document_id[:3], each.document_id)
        draft = Document.objects.of(organization).filter(pk=number, status="draft").first()
        if draft is not None:
            delete_draft(actor=actor, organization=organization, document=draft)
        each.document_id = ""


def _attempt(act) -> dict | None:
    """Do something within a savepoint; the error that undid it, as the API tells it, or None."""
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        return describe(refusal, None)["error"]
    except DATABASE_ERRORS as problem:
        refusal = None if is_retryable(problem) else refusal_of(problem)
        if refusal is None or refusal.status >= 500:
            raise
        return describe(refusal, None)["error"]
    return None


def _note(organization: Organization, occurrences: Sequence[Occurrence]) -> list[Execution]:
    """Write down what became of each occurrence, under its number."""
    now = clock.now()
    _, numbers = new_ids(len(occurrences))
    rows = [
        Execution(
            pk=number,
            organization=organization,
            recurring=each.row,
            number=each.number,
            due_date=each.day,
            status=each.status,
            transaction_id=each.transaction_id,
            document_id=each.document_id,
            error_code=(each.error or {}).get("code", "")[:60],
            error_message=_sentence(each.error),
            executed_at=now,
        )
        for number, each in zip(numbers, occurrences, strict=True)
    ]
    insert_rows(rows)
    return rows


def _sentence(error: dict | None) -> str:
    """What was wrong, with what each field said."""
    if error is None:
        return ""
    fields = error.get("details", {}).get("fields", {})
    said = [f"{name}: {' '.join(problems)}" for name, problems in fields.items()]
    return ". ".join([error["message"], *said])


def _tell(actor: Actor, organization: Organization, part: Part, before: dict[int, dict]) -> None:
    """Events for what somebody should know: an occurrence failed, a schedule is complete or had to pause."""
    facts = []
    for each in part.occurrences:
        if each.error is not None:
            said = {"number": each.number, "due_date": each.day, "error": each.error}
            facts.append((FAILED, each.row.public_id, None, said))
    for row in part.rows:
        if row.status != before[row.pk]["status"]:
            kind = COMPLETED if row.status == "completed" else PAUSED
            facts.append((kind, row.public_id, before[row.pk], recurring_answer(row)))
    if facts:
        with connection.cursor() as cursor:
            cursor.execute(*recording.statement(actor=actor, organization_id=organization.pk, facts=facts))
