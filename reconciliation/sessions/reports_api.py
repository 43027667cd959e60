"""What a reconciliation says, over HTTP: its entries, its report, what may be behind its difference."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from ledger.accounts.models import Account
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Choice, Day, PublicId, Text
from organizations.wire.query_strings import read_parameters
from reconciliation.sessions import shapes
from reconciliation.sessions.answers import sessions_of
from reconciliation.sessions.discrepancies import discrepancies
from reconciliation.sessions.models import Reconciliation
from reconciliation.sessions.printing import report_pdf
from reconciliation.sessions.reports import reconciliation_report
from reconciliation.sessions.standings import (
    ENTRY_STATUSES,
    MARK_STATES,
    Standing,
    bank_entries,
    session_entries,
    standing_answers,
    with_status,
)

FORMATS = ("json", "pdf")
ENTRY_FIELDS = {
    "transaction_date": Day(),
    "transaction_id": PublicId("TXN"),
    "amount": Amount(),
    "description": Text(),
    "reference": Text(),
}


class PDFRenderer(BaseRenderer):
    """Stands for a report on paper, which its view draws by itself: nothing is rendered here."""

    media_type = "application/pdf"
    format = "pdf"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        raise TypeError("A PDF is drawn by its view")


class SessionViewSet(TenantViewSet):
    """A view on one reconciliation that changes nothing of it."""

    resource = "reconciliations"

    def reads_one_snapshot(self, request) -> bool:
        """All parts of the answer are of one moment."""
        return True

    def session(self) -> Reconciliation:
        """The reconciliation that the address names. Raises NotFound."""
        number = self.read_id("reconciliation_id", "REC")
        found = sessions_of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return found


class SessionEntryViewSet(SessionViewSet):
    """The entries of a reconciliation."""

    list_fields = {"state": Choice(MARK_STATES), **ENTRY_FIELDS}
    sort_fields = ["transaction_date"]
    default_sort = "transaction_date"
    date_field = "transaction_date"

    @extend_schema(responses=shapes.SessionEntryShape(many=True))
    def list(self, request, organization_id, reconciliation_id):
        """List what the reconciliation has marked, and what it could mark: the entries until its last day."""
        session = self.session()
        standing = Standing.of(session.account)

        def answers(rows: list) -> list[dict]:
            found = standing_answers(rows, standing)
            return [answer | {"state": row.state} for answer, row in zip(found, rows, strict=True)]

        return self.page(session_entries(session, standing), answers)


class ReportViewSet(SessionViewSet):
    """The report on a reconciliation."""

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), PDFRenderer()]

    @extend_schema(
        responses={
            (200, "application/json"): shapes.ReconciliationReportShape,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
        parameters=[OpenApiParameter("format", {"type": "string", "enum": FORMATS}, description="`pdf` for paper.")],
    )
    def retrieve(self, request, organization_id, reconciliation_id):
        """Show how the statement's closing balance and the books come together, and what lies between them."""
        read_parameters(request.query_params, {"format": Choice(FORMATS)})
        session = self.session()
        report = reconciliation_report(session)
        if request.accepted_renderer.format != PDFRenderer.format:
            return Response(report)
        name = f"reconciliation-{session.account.code}-{session.end_date}.pdf"
        headers = {
            "Content-Disposition": content_disposition_header(False, name),
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(
            report_pdf(report, self.organization.name), content_type=PDFRenderer.media_type, headers=headers
        )


class DiscrepancyViewSet(SessionViewSet):
    """What may be behind a difference."""

    @extend_schema(responses=shapes.DiscrepanciesShape)
    def retrieve(self, request, organization_id, reconciliation_id):
        """Name what may be behind the difference of a reconciliation, each with an explanation and the ids.

        Lines that are not in the books, among them fees and interest; entries that the statement does not show; an
        entry that is just the difference, stands on the wrong side, has two digits in the wrong order, or was posted
        twice.
        """
        read_parameters(request.query_params, {})
        return Response(discrepancies(self.session()))


class EntryStandingViewSet(TenantViewSet):
    """Whether the entries of an account are reconciled."""

    resource = "reconciliations"
    list_fields = {"status": Choice(ENTRY_STATUSES), **ENTRY_FIELDS}
    sort_fields = ["transaction_date"]
    default_sort = "-transaction_date"
    date_field = "transaction_date"

    def reads_one_snapshot(self, request) -> bool:
        """What is said of the entries, and the entries, are of one moment."""
        return True

    @extend_schema(responses=shapes.EntryStandingShape(many=True))
    def list(self, request, organization_id, account_id):
        """List the entries on an account, newest first, each with whether the bank has shown it.

        `reconciled`: marked in a reconciliation, or part of the first opening balance where that was taken from the
        books. `outstanding`: the account is reconciled through its day, and no statement has shown it.
        """
        number = self.read_id("account_id", "ACT")
        account = Account.objects.of(self.organization).filter(pk=number).first()
        if account is None:
            raise NotFound()
        standing = Standing.of(account)
        return self.page(with_status(bank_entries(account), standing), lambda rows: standing_answers(rows, standing))
