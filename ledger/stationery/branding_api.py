"""Branding over HTTP: what an organization is known by, its own or of who is above it."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ledger.stationery import colours
from ledger.stationery.answers import logo_answer
from ledger.stationery.branding import DEFAULT_COLOUR, Branding, branding_of
from ledger.stationery.designing import problem_with, update_stationery
from ledger.stationery.logos import TYPES
from ledger.stationery.shapes import LogoShape
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.tenants.answers import public
from organizations.tenants.models import Organization
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import PublicId, Text

#: Field of the request → column, and what it is when it is taken back.
FIELDS = {"name": ("brand_name", ""), "color": ("accent_color", DEFAULT_COLOUR)}


class BrandSourcesShape(serializers.Serializer):
    """Whose each part is; null where it is the default."""

    name = PublicId("ORG", allow_null=True)
    color = PublicId("ORG", allow_null=True)
    logo = PublicId("ORG", allow_null=True)


class BrandingShape(serializers.Serializer):
    """What an organization is known by on papers, reports and letters."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    color = serializers.CharField(help_text="Of bands and rules, such as `#1f4e79`.")
    text_color = serializers.CharField(help_text="The same for words on white: dark enough to be read.")
    on_color = serializers.CharField(help_text="For words on the colour.")
    logo = LogoShape(allow_null=True)
    sources = BrandSourcesShape()


class BrandingChangesShape(serializers.Serializer):
    name = Text(required=False, allow_null=True, allow_blank=True, max_length=200)
    color = Text(required=False, allow_null=True, max_length=7, help_text="Such as `#1f4e79`.")

    def validate_name(self, value: str | None) -> str | None:
        return _checked("name", value)

    def validate_color(self, value: str | None) -> str | None:
        return _checked("color", value)


def _checked(name: str, value: str | None) -> str | None:
    column, nothing = FIELDS[name]
    problem = problem_with(column, nothing if value is None else value)
    if problem:
        raise serializers.ValidationError(problem)
    return value


class BrandingViewSet(TenantViewSet):
    """What an organization is known by."""

    resource = "branding"
    open_to_scoped_keys = ("retrieve", "logo")

    @extend_schema(responses=BrandingShape)
    def retrieve(self, request, organization_id):
        """Show the branding as it is on papers, reports and letters.

        What is not the organization's own comes from the nearest one above, as long as organizations are billed with
        their parents (`billing_type` `shared`); `sources` says from whom.
        """
        return Response(branding_answer(self.organization, branding_of(self.organization)))

    @extend_schema(request=BrandingChangesShape, responses=BrandingShape)
    def update(self, request, organization_id):
        """Change the organization's own name and colour; null takes them back. The logo is that of its stationery."""
        changes = {}
        for name, value in self.read(BrandingChangesShape).items():
            column, nothing = FIELDS[name]
            changes[column] = nothing if value is None else value
        update_stationery(actor=self.actor, organization=self.organization, changes=changes)
        return Response(branding_answer(self.organization, branding_of(self.organization)))

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in TYPES.values()})
    def logo(self, request, organization_id):
        """Load the logo down, the own one or that of who is above."""
        read_parameters(request.query_params, {})
        found = branding_of(self.organization)
        if found.logo is None:
            raise NotFound()
        return logo_response(found.logo, found.logo_type)


def logo_response(content: bytes, kind: str) -> HttpResponse:
    """A picture that somebody uploaded, which a browser shows and never runs."""
    headers = {
        "Content-Type": kind,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, headers=headers)


def branding_answer(organization: Organization, branding: Branding) -> dict:
    """The branding as the API shows it."""
    url = f"/organizations/{organization.public_id}/branding/logo"
    return {
        "object": "branding",
        "organization_id": organization.public_id,
        "name": branding.name,
        "color": branding.color,
        "text_color": colours.as_text(branding.color),
        "on_color": colours.on(branding.color),
        "logo": logo_answer(branding.logo, branding.logo_type, url),
        "sources": {name: public("ORG", whose) for name, whose in branding.sources.items()},
    }
