"""Close packages over HTTP."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ledger.stationery.branding import branding_of
from organizations.errors import Invalid
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Day as DayField
from organizations.wire.filtering import Instant
from organizations.wire.filtering import PublicId as PublicIdField
from organizations.wire.query_strings import bad, read_parameters
from organizations.wire.shapes import Day, Number, PublicId, Text
from reports.outputs.pdf_files import pdf_file
from reports.packages.answers import package_answer
from reports.packages.comparing import differences, turned
from reports.packages.contents import sheets_of
from reports.packages.models import ClosePackage
from reports.packages.sealing import before, is_genuine, package_of, read, seal_package
from reports.periods import Period
from reports.serving import RENDERERS

AGAINST = OpenApiParameter(
    "against", {"type": "string"}, description="Another package; the version before unless given."
)


class ClosePackageShape(serializers.Serializer):
    """All statements of a period as they were when it was closed."""

    object = serializers.CharField()
    id = PublicId("CLP")
    organization_id = PublicId("ORG")
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    version = serializers.IntegerField()
    note = serializers.CharField()
    digest = serializers.CharField(help_text="SHA-256 of the contents, which the event of its making has, too.")
    created_at = serializers.DateTimeField()


class WholePackageShape(ClosePackageShape):
    """A package with what it holds."""

    is_genuine = serializers.BooleanField(help_text="Whether the contents are still those that were sealed.")
    contents = serializers.JSONField(
        help_text="organization, balance_sheet, income_statement, cash_flow, trial_balance, aged_receivables, "
        "aged_payables, tax_summary, checklist, reconciliations: each as its own address answers it."
    )


class NewPackageShape(serializers.Serializer):
    start_date = Day()
    end_date = Day()
    note = Text(required=False, allow_blank=True, max_length=2000, help_text="Such as why it was reopened.")


class DifferenceShape(serializers.Serializer):
    statement = serializers.CharField()
    about = serializers.CharField(help_text="An account's code, or the id of a contact or tax; empty for a total.")
    name = serializers.CharField()
    before = Number()
    after = Number()
    difference = Number()


class TurnedShape(serializers.Serializer):
    name = serializers.CharField()
    before = serializers.BooleanField(allow_null=True)
    after = serializers.BooleanField()


class PackageDiffShape(serializers.Serializer):
    """What differs between two packages."""

    object = serializers.CharField()
    package_id = PublicId("CLP")
    against_id = PublicId("CLP")
    version = serializers.IntegerField()
    against_version = serializers.IntegerField()
    is_same = serializers.BooleanField()
    differences = DifferenceShape(many=True)
    checklist = TurnedShape(many=True)


class ClosePackageViewSet(TenantViewSet):
    """Periods as they were closed."""

    resource = "reports"
    writes_one_snapshot = True
    list_fields = {
        "start_date": DayField(),
        "end_date": DayField(),
        "created_at": Instant(),
    }
    sort_fields = ["end_date", "created_at"]
    default_sort = "-created_at"

    def get_renderers(self):
        return [*super().get_renderers(), *(each() for each in RENDERERS if each.format == "pdf")]

    @extend_schema(responses=ClosePackageShape(many=True))
    def list(self, request, organization_id):
        """List close packages, the latest first."""
        rows = ClosePackage.objects.of(self.organization).defer("content")
        return self.page(rows, lambda page: [package_answer(row) for row in page])

    @extend_schema(request=NewPackageShape, responses={201: ClosePackageShape})
    def create(self, request, organization_id):
        """Seal a period: all statements, reconciliations and the checklist, read in one snapshot of the books.

        A period that was sealed before gets the next version; the earlier ones stay as they are.
        """
        wish = self.read(NewPackageShape)
        if wish["start_date"] > wish["end_date"]:
            raise Invalid(fields={"end_date": "Lies before start_date."})
        period = Period(wish["start_date"], wish["end_date"])
        made = seal_package(actor=self.actor, organization=self.organization, period=period, note=wish.get("note", ""))
        return Response(package_answer(made), status=201)

    @extend_schema(responses=WholePackageShape)
    def retrieve(self, request, organization_id, package_id):
        """Show a package with what it holds, and whether that is still what was sealed."""
        found = self._package()
        return Response(package_answer(found) | {"is_genuine": is_genuine(found), "contents": read(found)})

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def pdf(self, request, organization_id, package_id):
        """Show the statements of a package on paper."""
        found = self._package()
        content = pdf_file(*sheets_of(read(found)), branding=branding_of(self.organization))
        name = f"close-{found.end_date}-v{found.version}.pdf"
        headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "private, no-store"}
        return HttpResponse(content, content_type="application/pdf", headers=headers)

    @extend_schema(responses=PackageDiffShape, parameters=[AGAINST])
    def diff(self, request, organization_id, package_id):
        """Show which figures differ from the version before, or from another package."""
        asked = read_parameters(request.query_params, {"against": PublicIdField("CLP")})
        found = self._package()
        rows = ClosePackage.objects.of(self.organization)
        other = rows.filter(pk=asked["against"]).first() if "against" in asked else before(found)
        if other is None:
            raise bad({"against": "There is no such package, and none before this one."})
        old, new = read(other), read(found)
        changes, checklist = differences(old, new), turned(old, new)
        return Response(
            {
                "object": "close_package_diff",
                "package_id": found.public_id,
                "against_id": other.public_id,
                "version": found.version,
                "against_version": other.version,
                "is_same": not changes and not checklist,
                "differences": changes,
                "checklist": checklist,
            }
        )

    def _package(self) -> ClosePackage:
        return package_of(self.organization, self.read_id("package_id", "CLP"))
