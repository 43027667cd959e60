"""Statements over HTTP: a bank's file in, what became of it, and back out."""

import json

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from ledger.accounts.models import Account
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Day, Instant, Metadata, PublicId, Text
from reconciliation.parsers.formats import FORMATS
from reconciliation.statements import shapes
from reconciliation.statements.answers import remark_answer, statement_answer
from reconciliation.statements.mapping import forget_mapping, mapping_answer, mapping_of, save_mapping
from reconciliation.statements.models import REMARKS, Remark, Statement
from reconciliation.statements.reading import Upload, fit, items_for
from reconciliation.statements.tasks import queue_import
from reconciliation.statements.undoing import undo_statement


class AccountPartViewSet(TenantViewSet):
    """The base of what hangs on one account."""

    def account(self) -> Account:
        number = self.read_id("account_id", "ACT")
        found = Account.objects.of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return found


class ImportViewSet(AccountPartViewSet):
    """Importing a bank's file into an account."""

    resource = "statements"
    parser_classes = [MultiPartParser]

    @property
    def largest_body(self) -> int:
        return settings.STATEMENT_MAX_BYTES + 1024 * 1024  # the form around the file

    @extend_schema(request={"multipart/form-data": shapes.StatementUploadShape}, responses={202: JobShape})
    def create(self, request, organization_id, account_id):
        """Import a bank's file: CSV of any bank, OFX, QFX, QIF, MT940 or CAMT.052/.053/.054.

        The file is looked at and refused at once where it cannot be read; then a job takes it line by line. The
        job's result counts the lines that are `new`, `duplicates` of known ones, in `conflict` with one (kept, to be
        looked at) and `errors`, and says of each line why. The same file, or an overlapping one, never makes a line
        twice; two equal movements in one file are two lines. Importing starts matching.
        """
        account, upload = self.account(), self._upload()
        dry_run = self._flag("dry_run")
        fit(account, upload)
        items_for(self.organization, account, upload)
        if upload.mapping is not None and not dry_run:
            save_mapping(actor=self.actor, organization=self.organization, account=account, mapping=upload.mapping)
        job = queue_import(
            actor=self.actor, organization=self.organization, account=account, upload=upload, dry_run=dry_run
        )
        return Response(job_answer(job), status=202)

    def _upload(self) -> Upload:
        files = self.request.FILES.getlist("file")
        if len(files) != 1:
            raise Invalid(fields={"file": "One file is needed."})
        text = self.request.data.get("mapping")
        mapping = None
        if text:
            try:
                mapping = json.loads(text)
            except (ValueError, RecursionError) as problem:
                raise Invalid(fields={"mapping": "The mapping is a JSON object."}) from problem
            if not isinstance(mapping, dict):
                raise Invalid(fields={"mapping": "The mapping is a JSON object."})
        format = self.request.data.get("format") or ""
        if format and format not in FORMATS:
            raise Invalid(fields={"format": f"One of {', '.join(FORMATS)}."})
        number = str(self.request.data.get("account_number") or "")
        return Upload(
            file_name=(files[0].name or "")[:255],
            data=files[0].read(),
            format=format,
            mapping=mapping,
            account_number=number[:64],
        )

    def _flag(self, name: str) -> bool:
        text = str(self.request.data.get(name, "false")).lower()
        if text not in ("true", "false", "1", "0"):
            raise Invalid(fields={name: "true or false."})
        return text in ("true", "1")


class MappingViewSet(AccountPartViewSet):
    """How an account's CSV files are read."""

    resource = "statements"
    parser_classes = [JSONParser]

    @extend_schema(responses=shapes.MappingShape)
    def retrieve(self, request, organization_id, account_id):
        """Show how the account's CSV files are read; 404 where each is read as it looks."""
        return Response(mapping_answer(mapping_of(self.organization, self.account())))

    @extend_schema(request=shapes.MappingShape, responses=shapes.MappingShape)
    def update(self, request, organization_id, account_id):
        """Keep how the account's CSV files are to be read."""
        wish = self.read(shapes.MappingShape)
        saved = save_mapping(
            actor=self.actor, organization=self.organization, account=self.account(), mapping=wish["mapping"]
        )
        return Response(mapping_answer(saved))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, account_id):
        """Read the account's CSV files as they look again."""
        forget_mapping(actor=self.actor, organization=self.organization, account=self.account())
        return Response(status=204)


class StatementViewSet(TenantViewSet):
    """Imported statements."""

    resource = "statements"
    list_fields = {
        "account_id": PublicId("ACT"),
        "format": Choice(FORMATS),
        "start_date": Day(nullable=True),
        "end_date": Day(nullable=True),
        "file_name": Text(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    def _statement(self) -> Statement:
        number = self.read_id("statement_id", "STM")
        found = Statement.objects.of(self.organization).select_related("account").filter(pk=number).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=shapes.StatementShape(many=True))
    def list(self, request, organization_id):
        """List imported statements, the latest first."""
        rows = Statement.objects.of(self.organization).select_related("account")
        return self.page(rows, lambda page: [statement_answer(row, row.account) for row in page])

    @extend_schema(responses=shapes.StatementShape)
    def retrieve(self, request, organization_id, statement_id):
        """Show a statement, with what became of its lines."""
        found = self._statement()
        return Response(statement_answer(found, found.account))

    @extend_schema(request=None, responses=shapes.UndoneStatementShape)
    def undo(self, request, organization_id, statement_id):
        """Undo an import: exactly its unmatched lines go. What was matched, booked or ignored stays."""
        found = self._statement()
        statement, removed = undo_statement(actor=self.actor, organization=self.organization, statement_id=found.pk)
        return Response(statement_answer(statement, found.account) | {"removed": removed})


class RemarkViewSet(TenantViewSet):
    """What imports did not simply take."""

    resource = "statements"
    list_fields = {"verdict": Choice(REMARKS), "code": Text()}
    sort_fields = ["place"]
    default_sort = "place"

    @extend_schema(responses=shapes.RemarkShape(many=True))
    def list(self, request, organization_id, statement_id):
        """List the lines of a file that were not simply taken, each with the reason."""
        number = self.read_id("statement_id", "STM")
        found = Statement.objects.of(self.organization).select_related("account").filter(pk=number).first()
        if found is None:
            raise NotFound()
        decimals = decimals_of(found.account.currency_id)
        rows = Remark.objects.of(self.organization).filter(statement=found)
        return self.page(rows, lambda page: [remark_answer(row, decimals) for row in page])
