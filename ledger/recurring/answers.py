"""Schedules and their occurrences as the API shows them."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from ledger.journal.models import Transaction
from ledger.recurring.calendars import period_of
from ledger.recurring.models import Execution, Recurring
from ledger.recurring.templates import body_of, template_at
from organizations import ids
from organizations.clock import LAST_DAY
from organizations.tenants.answers import public

MOST_PREVIEWED = 366
DELETED = "The draft that it had made was deleted."


def recurring_answer(row: Recurring) -> dict[str, Any]:
    """A schedule, with the template that its next occurrence uses and those that come later."""
    now = LAST_DAY if row.next_execution is None else row.rhythm.nominal(row.next_number - row.anchor_number)
    later = [each for each in row.revisions[1:] if each["from"] > now.isoformat()]
    return {
        "object": "recurring",
        "id": row.public_id,
        "organization_id": ids.encode("ORG", row.organization_id),
        "name": row.name,
        "recurable_type": row.recurable_type,
        "status": row.status,
        "pause_reason": row.pause_reason,
        "frequency": row.frequency,
        "interval": row.interval,
        "month_end": row.month_end,
        "business_day": row.business_day,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "max_executions": row.max_executions,
        "catch_up": row.catch_up,
        "catch_up_limit": row.catch_up_limit,
        "auto_post": row.auto_post,
        "auto_send": row.auto_send,
        "template": template_at(row, now),
        "revisions": later,
        "depreciation": row.depreciation,
        "next_execution": row.next_execution,
        "last_execution": row.last_execution,
        "executions_count": row.executions_count,
        "warnings": [],
        "version": row.version,
        "metadata": row.metadata,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def execution_answers(rows: Sequence[Execution]) -> list[dict[str, Any]]:
    """Occurrences; one whose failed transaction was posted since has succeeded. One query for all."""
    failed = {row.transaction_id for row in rows if row.status == "failed" and row.transaction_id}
    posted = set()
    if failed:
        found = Transaction.objects.of(rows[0].organization_id).filter(pk__in=failed, status="posted")
        posted = set(found.values_list("pk", flat=True))
    return [_execution(row, mended=row.transaction_id in posted) for row in rows]


def reason_of(row: Execution, *, mended: bool) -> str | None:
    """Why there is nothing to see of an occurrence: it failed, or somebody deleted what it had made."""
    if row.status == "succeeded" and row.transaction_id is None and not row.document_id:
        return DELETED
    return None if mended else row.error_message or None


def _execution(row: Execution, *, mended: bool) -> dict[str, Any]:
    return {
        "object": "recurring_execution",
        "id": row.public_id,
        "organization_id": ids.encode("ORG", row.organization_id),
        "recurring_id": ids.encode("RCR", row.recurring_id),
        "number": row.number,
        "due_date": row.due_date,
        "status": "succeeded" if mended else row.status,
        "transaction_id": public("TXN", row.transaction_id),
        "document_id": row.document_id or None,
        "error_code": None if mended else row.error_code or None,
        "error_message": reason_of(row, mended=mended),
        "attempts": row.attempts,
        "executed_at": row.executed_at,
    }


def occurrences(row: Recurring, count: int) -> Iterable[dict[str, Any]]:
    """The next occurrences, as they will be made."""
    for number, day in islice(remaining(row), count):
        yield {
            "number": number,
            "due_date": day,
            "period": period_of(row.rhythm, number - row.anchor_number),
            "request": body_of(row, number, day),
        }


def remaining(row: Recurring) -> Iterator[tuple[int, datetime.date]]:
    """The occurrences that are left, in order: the number of each, and the day on which it is due.

    Whether one comes before the last day is decided by the calendar, not by where a weekend moves it.
    """
    rhythm = row.rhythm
    for number, day in enumerate(rhythm.dates(row.next_number - row.anchor_number), row.next_number):
        too_late = row.ended_at is not None and day > row.ended_at
        too_many = row.max_executions is not None and number > row.max_executions
        if too_late or too_many:
            return
        yield number, rhythm.moved(day)
