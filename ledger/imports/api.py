"""Importing journals over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from ledger.imports.answers import import_answer
from ledger.imports.importing import import_journal
from ledger.imports.tasks import KIND
from organizations.errors import Invalid
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.wire.shapes import PublicId

#: A larger file becomes a job: a request should not hold its transaction for minutes.
LARGEST_AT_ONCE = 2 * 1024 * 1024


class ProblemShape(serializers.Serializer):
    line = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ImportShape(serializers.Serializer):
    """What an import did, or would do."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    status = serializers.ChoiceField(["succeeded", "failed"])
    dry_run = serializers.BooleanField()
    transactions = serializers.IntegerField()
    entries = serializers.IntegerField()
    accounts_created = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Transactions that are in the books already.")
    problems = ProblemShape(many=True)


class UploadShape(serializers.Serializer):
    file = serializers.FileField(help_text="transaction,date,description,reference,account_code,debit,credit,currency")
    accounts_file = serializers.FileField(required=False, help_text="code,name,type,parent_code,currency")
    dry_run = serializers.BooleanField(required=False)


class JournalImportViewSet(TenantViewSet):
    """Imports of journals."""

    resource = "imports"
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": UploadShape}, responses={200: ImportShape, 201: ImportShape, 202: JobShape}
    )
    def create(self, request, organization_id):
        """Import a journal from a CSV file, all or nothing.

        The file is checked whole; `dry_run` lists every problem with its line and changes nothing. The same file
        twice posts nothing new. A large file becomes a job.
        """
        journal, accounts = self._file("file"), self._file("accounts_file")
        if journal is None:
            raise Invalid(fields={"file": "A CSV file is needed."})
        dry_run = self._flag("dry_run")
        if len(journal) > LARGEST_AT_ONCE and not (dry_run or self.dry_run):
            job = queue(
                actor=self.actor,
                organization_id=self.organization.pk,
                kind=KIND,
                payload={"accounts": None if accounts is None else accounts.decode("utf-8", "surrogateescape")},
                file=journal,
            )
            start(job)
            return Response(job_answer(job), status=202)
        done = import_journal(
            actor=self.actor, organization=self.organization, journal=journal, accounts=accounts, dry_run=dry_run
        )
        done.dry_run |= self.dry_run  # rehearsed as everywhere: answered as if it were done, and rolled back
        return Response(import_answer(done, self.organization.pk), status=200 if dry_run else 201)

    def _file(self, name: str) -> bytes | None:
        file = self.request.FILES.get(name)
        return None if file is None else file.read()

    def _flag(self, name: str) -> bool:
        text = str(self.request.data.get(name, "false")).lower()
        if text not in ("true", "false", "1", "0"):
            raise Invalid(fields={name: "true or false."})
        return text in ("true", "1")
