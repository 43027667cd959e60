"""Exports of whole organizations over HTTP."""

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.response import Response

from ledger.archives.tasks import KIND
from ledger.attachments import storing
from organizations.errors import NotFound
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.jobs.errors import JobNotFinished, JobResultExpired
from organizations.jobs.models import FINISHED, Job
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.wire.answering import answer
from organizations.wire.query_strings import read_parameters

ZIP = "application/zip"


class ExportViewSet(TenantViewSet):
    """Everything that is one organization's, as a file."""

    resource = "exports"
    stages = False
    works_archived = True

    @extend_schema(request=None, responses={202: JobShape})
    def create(self, request, organization_id):
        """Export the organization, as a job: a zip of JSON lines with a manifest, read at one moment.

        `manage.py import_organization` reads it into another installation, with the same ids, balances and proofs.
        Secrets, usage and credits stay behind. The result has the SHA-256 to compare, and `download`: where the archive
        is, for a day.
        """
        job = queue(actor=self.actor, organization_id=self.organization.pk, kind=KIND, payload={})
        start(job)
        return Response(job_answer(job), status=202)


class ExportFileViewSet(TenantViewSet):
    """An archive itself. It is opened when the database transaction has ended: storage may be far away."""

    resource = "exports"
    found: Job | None = None

    def dispatch(self, request, *args, **kwargs):
        self.found = None
        answered = super().dispatch(request, *args, **kwargs)
        if self.found is None or answered.status_code != 200:
            return answered
        try:
            pieces = storing.pieces(self.found.payload["path"])
        except (FileNotFoundError, KeyError):
            return answer(request, JobResultExpired(details={"expired_at": self.found.expired_at}))
        headers = {
            "Content-Type": ZIP,
            "Content-Length": str(self.found.result["size"]),
            "Content-Disposition": content_disposition_header(True, f"{self.kwargs['organization_id']}.zip"),
            "Cache-Control": "private, no-store",
        }
        whole = request.method != "HEAD"
        served = StreamingHttpResponse(pieces, headers=headers) if whole else HttpResponse(headers=headers)
        for name, value in answered.items():
            served.setdefault(name, value)
        return served

    @extend_schema(responses={(200, ZIP): OpenApiTypes.BINARY})
    def retrieve(self, request, organization_id, job_id):
        """Load an archive down. An export that has not ended answers 409, one that is older than a day 410."""
        read_parameters(request.query_params, {})
        number = self.read_id("job_id", "REQ")
        found = Job.objects.of(self.organization).defer("file").filter(pk=number, kind=KIND).first()
        if found is None:
            raise NotFound()
        if found.status not in FINISHED:
            raise JobNotFinished(details={"status": found.status})
        if found.status != "succeeded" or found.expired_at is not None:
            raise JobResultExpired(details={"expired_at": found.expired_at})
        self.found = found
        return HttpResponse(content_type=ZIP)
