"""Saved reports, and reports as jobs, over HTTP."""

from collections.abc import Sequence

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from organizations import clock
from organizations.errors import Invalid, NotFound
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Instant, Metadata
from organizations.wire.filtering import Text as TextField
from organizations.wire.shapes import Day, MetadataMap, PublicId, Text
from organizations.wire.unknown_fields import unknown_fields, with_warnings
from reports.saved.answers import saved_answer
from reports.saved.keeping import MOST_RECIPIENTS, delete_report, parameters_of, save_report, update_report
from reports.saved.models import FORMATS, FREQUENCIES, PERIODS, STATUSES, SavedReport
from reports.saved.running import REPORTS
from reports.saved.tasks import KIND

PARAMETERS = "Those of the report's own address as texts, without its dates and format."
#: What the addresses of reports take; beside ``parameters`` it would be ignored, and another report made.
TAKEN_BY_REPORTS = frozenset(
    {"account_id", "as_of", "basis", "budget_id", "category_id", "compare", "contact_id", "currency", "depth",
     "dimension", "end_date", "format", "investor_id", "known_at", "method", "period", "start_date"}
)  # fmt: skip


class SavedReportShape(serializers.Serializer):
    """A report with its parameters, and who gets it how often."""

    object = serializers.CharField()
    id = PublicId("SRP")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    report = serializers.ChoiceField(list(REPORTS))
    parameters = serializers.DictField(child=serializers.CharField())
    period = serializers.ChoiceField(PERIODS)
    format = serializers.ChoiceField(FORMATS)
    frequency = serializers.ChoiceField(FREQUENCIES)
    recipients = serializers.ListField(child=serializers.CharField())
    next_run = serializers.DateField(allow_null=True)
    last_run_at = serializers.DateTimeField(allow_null=True)
    status = serializers.ChoiceField(STATUSES)
    warnings = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Fields of the request that nobody read."
    )
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class SavedReportFields(serializers.Serializer):
    parameters = serializers.DictField(child=Text(max_length=500), required=False, help_text=PARAMETERS)
    period = serializers.ChoiceField(PERIODS, required=False, help_text="The dates, on the day on which it is made.")
    format = serializers.ChoiceField(FORMATS, required=False)
    frequency = serializers.ChoiceField(FREQUENCIES, required=False)
    recipients = serializers.ListField(child=Text(max_length=254), required=False, max_length=MOST_RECIPIENTS)
    first_run = Day(
        required=False, help_text="When it is sent first; one step from today unless given. By months a day up to 28."
    )
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Last month's income, each month",
            request_only=True,
            value={
                "name": "Income of the month",
                "report": "income-statement",
                "parameters": {"compare": "previous_year"},
                "period": "last_month",
                "format": "pdf",
                "frequency": "monthly",
                "recipients": ["owner@example.com"],
                "first_run": "2026-02-05",
            },
        )
    ]
)
class NewSavedReportShape(SavedReportFields):
    name = Text(max_length=100)
    report = serializers.ChoiceField(list(REPORTS))


class SavedReportChangesShape(SavedReportFields):
    name = Text(required=False, max_length=100)
    report = serializers.ChoiceField(list(REPORTS), required=False)
    status = serializers.ChoiceField(STATUSES, required=False)


class ReportWishShape(serializers.Serializer):
    report = serializers.ChoiceField(list(REPORTS))
    parameters = serializers.DictField(child=Text(max_length=500), required=False, help_text="As texts.")


class SavedReportViewSet(TenantViewSet):
    """Reports that are made again and again."""

    resource = "reports"
    list_fields = {
        "name": TextField(),
        "report": Choice(list(REPORTS)),
        "status": Choice(STATUSES),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["name", "created_at"]
    default_sort = "name"

    @extend_schema(responses=SavedReportShape(many=True))
    def list(self, request, organization_id):
        """List saved reports by name."""
        return self.page(SavedReport.objects.of(self.organization), lambda page: [saved_answer(row) for row in page])

    @extend_schema(request=NewSavedReportShape, responses={201: SavedReportShape})
    def create(self, request, organization_id):
        """Save a report, and let it be sent by e-mail `daily`, `weekly`, `monthly` or `quarterly`.

        It is made once: what cannot be made is not saved (422 `report_refused`).
        """
        fields = self.read(NewSavedReportShape)
        made = save_report(actor=self.actor, organization=self.organization, fields=fields)
        unknown = unknown_fields(request.data, NewSavedReportShape().fields)
        return Response(with_warnings(saved_answer(made), unknown), status=201)

    @extend_schema(responses=SavedReportShape)
    def retrieve(self, request, organization_id, report_id):
        """Show a saved report."""
        return Response(saved_answer(self._row()))

    @extend_schema(request=SavedReportChangesShape, responses=SavedReportShape)
    def update(self, request, organization_id, report_id):
        """Change a saved report; `status` pauses it or lets it go on."""
        changes = dict(self.read(SavedReportChangesShape))
        who = {"actor": self.actor, "organization": self.organization}
        answer = saved_answer(update_report(**who, report_id=self._number(), changes=changes))
        unknown = unknown_fields(request.data, SavedReportChangesShape().fields, shown=answer)
        return Response(with_warnings(answer, unknown))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, report_id):
        """Delete a saved report."""
        delete_report(actor=self.actor, organization=self.organization, report_id=self._number())
        return Response(status=204)

    @extend_schema(request=None, responses={202: JobShape})
    def run(self, request, organization_id, report_id):
        """Make a saved report now, as a job whose result is the report."""
        row = self._row()
        today = clock.today(self.organization.time_zone)
        return self.queue(row.report, parameters_of(row, today, as_file=False))

    @extend_schema(request=ReportWishShape, responses={202: JobShape})
    def run_any(self, request, organization_id):
        """Make any report as a job, whose result is what the report's own address answers."""
        wish = self.read(ReportWishShape)
        misplaced = sorted(TAKEN_BY_REPORTS & request.data.keys())
        if misplaced:
            raise Invalid(fields={name: f"Belongs into parameters: parameters.{name}." for name in misplaced})
        if "format" in wish.get("parameters", {}):
            raise Invalid(fields={"parameters.format": "A job answers JSON; leave this out."})
        unknown = unknown_fields(request.data, ReportWishShape().fields)
        return self.queue(wish["report"], wish.get("parameters", {}), unknown)

    def queue(self, report: str, parameters: dict[str, str], unknown: Sequence[dict[str, str]] = ()) -> Response:
        payload = {"report": report, "parameters": parameters}
        job = queue(actor=self.actor, organization_id=self.organization.pk, kind=KIND, payload=payload)
        start(job)
        return Response(with_warnings(job_answer(job), [*unknown]), status=202)

    def _row(self) -> SavedReport:
        found = SavedReport.objects.of(self.organization).filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return found

    def _number(self) -> int:
        return self.read_id("report_id", "SRP")
