"""Jobs over HTTP."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.jobs import files
from organizations.jobs.answers import job_answer, whole_answer
from organizations.jobs.cancelling import cancel
from organizations.jobs.models import FINISHED, STATUSES, Job
from organizations.requests.exporting import FORMAT, ExportingViewSet
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Instant, Text
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import MetadataMap, PublicId


class ProgressShape(serializers.Serializer):
    done = serializers.IntegerField(
        help_text="Of a job that was cancelled or has failed: what was committed, and stands."
    )
    total = serializers.IntegerField(allow_null=True)


class JobShape(serializers.Serializer):
    """Long work, and how far it is."""

    object = serializers.CharField()
    id = PublicId("REQ")
    organization_id = PublicId("ORG")
    kind = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    is_cancelling = serializers.BooleanField(help_text="It is to be cancelled, and its worker has not got there yet.")
    progress = ProgressShape()
    result = serializers.DictField(
        allow_null=True,
        help_text="What the request would have answered at once. Transactions of a batch are in short: without "
        "`entries`, with `entries_query`, which leads to the whole.",
    )
    error = serializers.DictField(allow_null=True)
    warnings = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Of the request: fields that nobody read."
    )
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    result_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until then the result is kept; the job itself stays."
    )


class JobResultShape(serializers.Serializer):
    """What came of a job, whole."""

    object = serializers.CharField()
    job_id = PublicId("REQ")
    status = serializers.ChoiceField(FINISHED)
    error = serializers.DictField(allow_null=True)
    result = serializers.DictField(allow_null=True)
    results = serializers.ListField(child=serializers.DictField(), help_text="Of a batch: in the order of its items.")


class JobViewSet(TenantViewSet):
    """Jobs of an organization."""

    resource = "jobs"
    stages = False
    list_fields = {"kind": Text(), "status": Choice(STATUSES), "created_at": Instant()}
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    @extend_schema(responses=JobShape(many=True))
    def list(self, request, organization_id):
        """List long work, newest first."""
        rows = Job.objects.of(self.organization).defer("file")
        return self.page(rows, lambda page: [job_answer(row) for row in page])

    @extend_schema(responses=JobShape)
    def retrieve(self, request, organization_id, job_id):
        """Show a job and its progress, and when it has succeeded its result.

        The results of a large batch stand here, in the order of the request; the list of jobs leaves them out.
        """
        read_parameters(request.query_params, {})
        return Response(whole_answer(job_of(self)))

    @extend_schema(request=None, responses=JobShape)
    def cancel(self, request, organization_id, job_id):
        """Stop a job.

        One that waits is `cancelled` at once. One at work says `is_cancelling` and is stopped within a second or before
        its next step; what it had committed stands, and the rest is undone. One that has ended answers 409.
        """
        number = self.read_id("job_id", "REQ")
        return Response(job_answer(cancel(actor=self.actor, organization_id=self.organization.pk, job_id=number)))


class JobResultViewSet(ExportingViewSet):
    """Results of jobs as files."""

    resource = "jobs"
    extra_parameters = FORMAT
    file_actions = ("retrieve",)

    @extend_schema(
        responses={(200, "application/json"): JobResultShape, (200, "text/csv"): OpenApiTypes.STR},
        operation_id="jobs_result",
    )
    def retrieve(self, request, organization_id, job_id):
        """Download the whole result of a job that has ended.

        `format=csv` gives the results of a batch, a line for each item with its error. A job that has not ended
        answers 409, and after `result_expires_at` 410.
        """
        self.extra()
        job, with_body = job_of(self), request.method != "HEAD"
        files.check(job)
        if self.wants_file:
            return files.csv_file(self.organization, job, with_body=with_body)
        return files.json_file(job, with_body=with_body)


def job_of(view: TenantViewSet) -> Job:
    """The job that the address names. Raises NotFound."""
    number = view.read_id("job_id", "REQ")
    found = Job.objects.of(view.organization).defer("file", "payload").filter(pk=number).first()
    if found is None:
        raise NotFound()
    return found
