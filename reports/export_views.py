"""The whole books as files for other programs, over HTTP."""

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.renderers import BaseRenderer

from organizations import clock
from organizations.requests.exporting import within
from organizations.requests.views import TenantViewSet
from organizations.wire.query_strings import read_parameters
from reports.outputs.beancount_files import beancount_lines, name_of


class PlainRenderer(BaseRenderer):
    """Stands for a text, which the view writes by itself."""

    media_type, format = "text/plain", "txt"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        raise TypeError("The view writes its text")


class BeancountViewSet(TenantViewSet):
    """The books as Beancount reads them."""

    resource = "reports"

    def reads_replica(self, request) -> bool:
        return True

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), PlainRenderer()]

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def retrieve(self, request, organization_id):
        """Export the whole journal as a file that Beancount reads, checks and balances again.

        Accounts are named by type, code and name; transactions carry their id as metadata; balances are asserted at the
        end, so `bean-check` says whether another program comes to the same.
        """
        read_parameters(request.query_params, {})
        organization = self.organization
        name = name_of(organization, clock.today(organization.time_zone))
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Disposition": content_disposition_header(True, name),
            "Cache-Control": "private, no-store",
        }
        if request.method == "HEAD":
            return StreamingHttpResponse((), headers=headers)
        pieces = within(organization.pk, lambda: beancount_lines(organization))
        return StreamingHttpResponse((piece.encode() for piece in pieces), headers=headers)
