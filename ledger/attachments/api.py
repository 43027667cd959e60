"""Files on transactions over HTTP. Whoever may read a transaction may read its files, and nobody else."""

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from ledger.attachments import shapes, storing
from ledger.attachments.answers import attachment_answer
from ledger.attachments.attaching import attach_file, remove_attachment
from ledger.attachments.contents import TYPES
from ledger.attachments.models import Attachment
from ledger.attachments.receiving import Receipt, inspect
from ledger.errors import AttachmentMissing, AttachmentRemoved
from ledger.journal.models import Transaction
from organizations.errors import Invalid, NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.answering import answer
from organizations.wire.filtering import Choice, Flag, Instant, Metadata, Text
from organizations.wire.query_strings import read_declared, read_parameters


class TransactionAttachmentViewSet(TenantViewSet):
    """The files of one transaction."""

    resource = "transactions"
    parser_classes = [MultiPartParser]
    list_fields = {
        "name": Text(),
        "content_type": Choice(TYPES),
        "sha256": Text(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["created_at", "name"]
    default_sort = "created_at"
    extra_parameters = {"removed": Flag(description="The notes of removed files instead of the files.")}

    receipt: Receipt | None = None
    asked_dry = False
    counted = None

    def _number(self) -> int:
        number = self.read_id("transaction_id", "TXN")
        if not Transaction.objects.of(self.organization).filter(pk=number).exists():
            raise NotFound()
        return number

    def dispatch(self, request, *args, **kwargs):
        """An upload goes in twice, with its file kept in between; see ``receiving``."""
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        self.receipt = Receipt()
        return self.receipt.receive(
            lambda: super(TransactionAttachmentViewSet, self).dispatch(request, *args, **kwargs),
            rehearsed=lambda response: response.status_code == 201 and self.receipt.noted and not self.asked_dry,
        )

    def _count(self):
        if self.receipt and self.receipt.kept:  # two attempts are one request
            self.allowance = self.counted
        else:
            super()._count()
            self.counted = self.allowance

    @extend_schema(responses=shapes.AttachmentShape(many=True))
    def list(self, request, organization_id, transaction_id):
        """List the files of a transaction."""
        removed = read_declared(request.query_params, self.extra_parameters).get("removed", False)
        rows = Attachment.objects.of(self.organization).filter(transaction_id=self._number())
        rows = rows.filter(removed_at__isnull=not removed)
        return self.page(rows, lambda page: [attachment_answer(row) for row in page])

    @extend_schema(request={"multipart/form-data": shapes.NewAttachmentShape}, responses={201: shapes.AttachmentShape})
    def create(self, request, organization_id, transaction_id):
        """Put a file on a transaction, whatever its status.

        What the file is, is read from its content; a name that claims something else is refused. The same
        file twice is a conflict that names the first.
        """
        number = self._number()
        if len(request.FILES.getlist("file")) > 1:
            raise Invalid(fields={"file": "One file at a time."})
        content, data = inspect(request.FILES.get("file"))
        fields = self.read(shapes.NewAttachmentShape)
        receipt, self.asked_dry = self.receipt, self.dry_run
        receipt.path = receipt.path or storing.new_path(self.organization.pk)
        receipt.content = data
        made = attach_file(
            actor=self.actor,
            organization=self.organization,
            transaction_id=number,
            content=content,
            path=receipt.path,
            description=fields.get("description", ""),
        )
        receipt.noted = True
        self.dry_run = self.dry_run or not receipt.kept  # the rehearsal leaves nothing
        return Response(attachment_answer(made), status=201)


class AttachmentViewSet(TenantViewSet):
    """One file, wherever it is."""

    resource = "transactions"

    def _attachment(self) -> Attachment:
        number = self.read_id("attachment_id", "ATT")
        found = Attachment.objects.of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=shapes.AttachmentShape)
    def retrieve(self, request, organization_id, attachment_id):
        """Show what is known of a file, also of one that was removed from a posted transaction."""
        return Response(attachment_answer(self._attachment()))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, attachment_id):
        """Remove a file. On a posted transaction a note of what it was stays; in closed books files stay."""
        remove_attachment(
            actor=self.actor, organization=self.organization, attachment_id=self.read_id("attachment_id", "ATT")
        )
        return Response(status=204)


class AttachmentContentViewSet(AttachmentViewSet):
    """A file itself. It is opened when the database transaction has ended: storage may be far away."""

    found: Attachment | None = None

    def dispatch(self, request, *args, **kwargs):
        self.found = None
        answered = super().dispatch(request, *args, **kwargs)
        if self.found is None or answered.status_code != 200:
            return answered
        try:
            served = content_response(self.found, with_body=request.method != "HEAD")
        except Exception as problem:  # noqa: BLE001 - every storage has errors of its own
            return answer(request, unreadable(self.found, problem))
        for name, value in answered.items():
            served.setdefault(name, value)
        return served

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in TYPES})
    def content(self, request, organization_id, attachment_id):
        """Load a file down: always as a file to save, in the type that its content has."""
        read_parameters(request.query_params, {})
        found = self._attachment()
        if found.removed_at is not None:
            raise AttachmentRemoved()
        self.found = found
        return HttpResponse(content_type=found.content_type)


def content_response(attachment: Attachment, *, with_body: bool = True) -> HttpResponse | StreamingHttpResponse:
    """The file as an answer that no browser shows, guesses at or keeps. Raises what the storage raises."""
    kind = attachment.content_type
    headers = {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Content-Length": str(attachment.size),
        "Content-Disposition": content_disposition_header(True, attachment.name),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    if not with_body:
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(storing.pieces(attachment.path), headers=headers)


def unreadable(attachment: Attachment, problem: Exception) -> AttachmentMissing:
    """What a client is told of a file that its storage does not give; the log has the rest."""
    storing.log.error("an attachment's file cannot be read", attachment=attachment.public_id, exc_info=problem)
    return AttachmentMissing()
