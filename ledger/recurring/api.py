"""Schedules over HTTP."""

import datetime
from itertools import islice
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from ledger.recurring import shapes
from ledger.recurring.answers import MOST_PREVIEWED, execution_answers, occurrences, recurring_answer
from ledger.recurring.calendars import FREQUENCIES
from ledger.recurring.executing import retry_execution, run_now
from ledger.recurring.models import OUTCOMES, STATUSES, TYPES, Execution, Recurring
from ledger.recurring.scheduling import (
    cancel_recurring,
    create_recurring,
    delete_recurring,
    pause_recurring,
    resume_recurring,
    update_recurring,
)
from ledger.recurring.templates import BESIDE_TEMPLATE, DEPRECIATION, plain, unread
from organizations.errors import Invalid, NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Day, Instant, Metadata, Text, Whole
from organizations.wire.query_strings import read_parameters
from organizations.wire.unknown_fields import unknown_fields, with_warnings

COUNT = OpenApiParameter(
    "count", {"type": "integer", "minimum": 1, "maximum": MOST_PREVIEWED}, description="How many; 12 unless given."
)
SHOWN = frozenset(shapes.RecurringShape().fields)
#: What is shown, and a client might think that it can be changed here: with another value it is warned of.
FIXED = {"recurable_type", "status", "pause_reason", "started_at", "next_execution", "revisions", "depreciation"}


def _is_same(told: Any, shown: Any) -> bool:
    return plain(told) == (shown.isoformat() if isinstance(shown, datetime.date) else shown)


def _unread_of_new(body: dict, kind: str, told: dict[str, Any]) -> list[dict]:
    """Warnings of what a new schedule is not made from; what stands beside a template is none of it."""
    known = {*shapes.NewRecurringShape().fields, "organization_id"}
    beside, asset = told["template"] is not body.get("template"), told["depreciation"] is not None
    if not beside:
        known -= set(BESIDE_TEMPLATE)
    elif asset:
        known.discard("entries")
    found = unknown_fields(body, known)
    found += unread(kind, told["template"], path="" if beside else "template.")
    if asset:
        found += unknown_fields(told["depreciation"], DEPRECIATION, path="depreciation.")
        if not beside and "entries" in (told["template"] or {}):
            found += unknown_fields({"entries": None}, (), path="template.")
    return found


class RecurringViewSet(TenantViewSet):
    """What is posted again and again."""

    resource = "recurring"
    list_fields = {
        "status": Choice(STATUSES),
        "recurable_type": Choice(TYPES),
        "frequency": Choice(FREQUENCIES),
        "name": Text(),
        "next_execution": Day(nullable=True),
        "started_at": Day(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["next_execution", "started_at", "created_at"]
    default_sort = "-created_at"

    @property
    def _rows(self):
        return Recurring.objects.of(self.organization)

    @property
    def _who(self) -> dict:
        return {"actor": self.actor, "organization": self.organization}

    @property
    def _named(self) -> dict:
        return self._who | {"recurring_id": self.read_id("recurring_id", "RCR")}

    def _found(self) -> Recurring:
        found = self._rows.filter(pk=self.read_id("recurring_id", "RCR")).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=shapes.RecurringShape(many=True))
    def list(self, request, organization_id):
        """List schedules, the newest first."""
        return self.page(self._rows, lambda rows: [recurring_answer(row) for row in rows])

    @extend_schema(request=shapes.NewRecurringShape, responses={201: shapes.RecurringShape})
    def create(self, request, organization_id):
        """Make a schedule, from a template, from what is to be repeated, or for an asset's depreciation.

        Days before today are caught up with at the next run, in order and dated as due, unless `catch_up` says
        otherwise. Every due date is posted exactly once.
        """
        fields = dict(self.read(shapes.NewRecurringShape))
        kind = fields.pop("recurable_type", "transaction")
        told = self._template(request.data, kind)
        row = create_recurring(**self._who, kind=kind, fields=fields, **told)
        return Response(with_warnings(recurring_answer(row), _unread_of_new(request.data, kind, told)), status=201)

    def _template(self, body: dict, kind: str) -> dict[str, Any]:
        """Where the template comes from: one of three ways."""
        told = {"template": body.get("template"), "repeated": body.get("recurable_id")}
        beside = {name: body[name] for name in BESIDE_TEMPLATE if name in body}
        if beside and kind == "transaction" and told["template"] is None and told["repeated"] is None:
            told["template"] = beside
        told["depreciation"] = body.get("depreciation")
        if kind != "transaction" and told["depreciation"] is not None:
            raise Invalid(fields={"depreciation": "Of a transaction only."})
        if not any(each is not None for each in told.values()):
            raise Invalid(fields={"template": "A template, a recurable_id, or a depreciation."})
        if told["repeated"] is not None and (told["template"] is not None or told["depreciation"] is not None):
            raise Invalid(fields={"recurable_id": "Either this, or a template, or a depreciation."})
        return told

    @extend_schema(responses=shapes.RecurringShape)
    def retrieve(self, request, organization_id, recurring_id):
        """Show a schedule."""
        return Response(recurring_answer(self._found()))

    @extend_schema(request=shapes.ChangedRecurringShape, responses=shapes.RecurringShape)
    def update(self, request, organization_id, recurring_id):
        """Change a schedule, from its next occurrence on; what was posted stays.

        A new `template` counts from `effective_from` on, and those that were planned for later are void. Another
        rhythm begins with the next occurrence. What is as it was changes nothing: a schedule may be sent back as it
        was shown.
        """
        changes = dict(self.read(shapes.ChangedRecurringShape))
        if changes.get("template") is not None:
            changes["template"] = request.data["template"]
        before = recurring_answer(self._found())
        row = update_recurring(**self._named, changes=changes)
        other = {name for name in FIXED & request.data.keys() if not _is_same(request.data[name], before[name])}
        unknown = unknown_fields(request.data, shapes.ChangedRecurringShape().fields, shown=SHOWN - other)
        unknown += unread(row.recurable_type, changes.get("template"))
        return Response(with_warnings(recurring_answer(row), unknown))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, recurring_id):
        """Delete a schedule that never ran. One that ran is cancelled instead."""
        delete_recurring(**self._named)
        return Response(status=204)

    @extend_schema(request=shapes.PauseShape, responses=shapes.RecurringShape)
    def pause(self, request, organization_id, recurring_id):
        """Let a schedule rest."""
        return self._act(pause_recurring, shapes.PauseShape)

    @extend_schema(request=shapes.ResumeShape, responses=shapes.RecurringShape)
    def resume(self, request, organization_id, recurring_id):
        """Go on with a paused schedule. Days that fell due meanwhile are skipped unless `catch_up` says otherwise."""
        return self._act(resume_recurring, shapes.ResumeShape)

    @extend_schema(request=shapes.PauseShape, responses=shapes.RecurringShape)
    def cancel(self, request, organization_id, recurring_id):
        """End a schedule for good."""
        return self._act(cancel_recurring, shapes.PauseShape)

    def _act(self, verb, shape) -> Response:
        row = verb(**self._named, **self.read(shape))
        return Response(with_warnings(recurring_answer(row), unknown_fields(self.request.data, shape().fields)))

    @extend_schema(request=None, responses=shapes.RecurringShape)
    def run(self, request, organization_id, recurring_id):
        """Run what is due now; where nothing is due yet, the next occurrence, dated today.

        What became of it stands in the executions.
        """
        run_now(**self._named)
        return Response(recurring_answer(self._found()))


class PreviewViewSet(TenantViewSet):
    """Occurrences of a schedule that come."""

    resource = "recurring"

    @extend_schema(parameters=[COUNT], responses=shapes.PreviewShape)
    def preview(self, request, organization_id, recurring_id):
        """Show the next occurrences as they will be made."""
        count = read_parameters(request.query_params, {"count": Whole()}).get("count", 12)
        row = Recurring.objects.of(self.organization).filter(pk=self.read_id("recurring_id", "RCR")).first()
        if row is None:
            raise NotFound()
        if not 1 <= count <= MOST_PREVIEWED:
            raise Invalid(fields={"count": f"A whole number from 1 to {MOST_PREVIEWED}."})
        rows = [] if row.next_execution is None else list(islice(occurrences(row, count + 1), count + 1))
        shown = {"object": "list", "recurring_id": row.public_id, "data": rows[:count]}
        return Response(shown | {"has_more": len(rows) > count, "next_cursor": None})


class ExecutionViewSet(TenantViewSet):
    """Occurrences of a schedule that were due."""

    resource = "recurring"
    list_fields = {"status": Choice(OUTCOMES), "due_date": Day(), "executed_at": Instant()}
    sort_fields = ["due_date", "executed_at"]
    default_sort = "-due_date"
    date_field = "due_date"

    def _recurring_id(self) -> int:
        number = self.read_id("recurring_id", "RCR")
        if not Recurring.objects.of(self.organization).filter(pk=number).exists():
            raise NotFound()
        return number

    @extend_schema(responses=shapes.ExecutionShape(many=True))
    def list(self, request, organization_id, recurring_id):
        """List the occurrences that were due, the latest first, each with what became of it."""
        rows = Execution.objects.of(self.organization).filter(recurring_id=self._recurring_id())
        return self.page(rows, execution_answers)

    @extend_schema(request=None, responses=shapes.ExecutionShape)
    def retry(self, request, organization_id, recurring_id, execution_id):
        """Try a failed occurrence again: its failed transaction is posted, or it is made anew, dated as due."""
        done = retry_execution(
            actor=self.actor,
            organization=self.organization,
            recurring_id=self._recurring_id(),
            execution_id=self.read_id("execution_id", "EXC"),
        )
        return Response(execution_answers([done])[0])
