"""Jobs over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.jobs.answers import job_answer, whole_answer
from organizations.jobs.models import STATUSES, Job
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Instant, Text
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import MetadataMap, PublicId


class ProgressShape(serializers.Serializer):
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)


class JobShape(serializers.Serializer):
    """Long work, and how far it is."""

    object = serializers.CharField()
    id = PublicId("REQ")
    organization_id = PublicId("ORG")
    kind = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    progress = ProgressShape()
    result = serializers.DictField(
        allow_null=True,
        help_text="What the request would have answered at once. Transactions of a batch are in short: without "
        "`entries`, with `entries_query`, which leads to the whole.",
    )
    error = serializers.DictField(allow_null=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class JobViewSet(TenantViewSet):
    """Jobs of an organization."""

    resource = "jobs"
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
        number = self.read_id("job_id", "REQ")
        found = Job.objects.of(self.organization).defer("file", "payload").filter(pk=number).first()
        if found is None:
            raise NotFound()
        return Response(whole_answer(found))
