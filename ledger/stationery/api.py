"""Stationery over HTTP."""

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from ledger.stationery import shapes
from ledger.stationery.answers import stationery_answer, stationery_of
from ledger.stationery.branding_api import logo_response
from ledger.stationery.designing import remove_logo, set_logo, update_stationery
from ledger.stationery.logos import TYPES
from organizations.errors import Invalid, NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.parsing import JSONParser
from organizations.wire.query_strings import read_parameters


class StationeryViewSet(TenantViewSet):
    """How documents look."""

    resource = "stationery"

    @extend_schema(responses=shapes.StationeryShape)
    def retrieve(self, request, organization_id):
        """Show the stationery; the defaults, with `id` null, while nothing was saved."""
        return Response(stationery_answer(stationery_of(self.organization)))

    @extend_schema(request=shapes.StationeryChangesShape, responses=shapes.StationeryShape)
    def update(self, request, organization_id):
        """Change the stationery. Documents that were issued before keep their numbers and texts."""
        changes = dict(self.read(shapes.StationeryChangesShape))
        done = update_stationery(actor=self.actor, organization=self.organization, changes=changes)
        return Response(stationery_answer(done))


class LogoViewSet(TenantViewSet):
    """The logo on documents."""

    resource = "stationery"
    parser_classes = [MultiPartParser, JSONParser]

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in TYPES.values()})
    def show(self, request, organization_id):
        """Load the logo down."""
        read_parameters(request.query_params, {})
        found = stationery_of(self.organization)
        if not found.logo:
            raise NotFound()
        return logo_response(bytes(found.logo), found.logo_type)

    @extend_schema(request={"multipart/form-data": shapes.NewLogoShape}, responses=shapes.StationeryShape)
    def replace(self, request, organization_id):
        """Put a logo on documents: the `file` of a form, PNG or JPEG."""
        files = request.FILES.getlist("file")
        if len(files) != 1:
            raise Invalid(fields={"file": "One file is needed."})
        done = set_logo(actor=self.actor, organization=self.organization, content=files[0].read())
        return Response(stationery_answer(done))

    @extend_schema(responses={204: None})
    def remove(self, request, organization_id):
        """Take the logo off documents."""
        remove_logo(actor=self.actor, organization=self.organization)
        return Response(status=204)
