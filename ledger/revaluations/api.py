"""Revaluations over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.revaluations import shapes
from ledger.revaluations.answers import revaluation_answers
from ledger.revaluations.models import Revaluation
from ledger.revaluations.revaluing import revalue
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Day, Instant, Metadata
from organizations.wire.unknown_fields import unknown_fields, with_warnings


class RevaluationViewSet(TenantViewSet):
    """Foreign balances at the rates of a day."""

    resource = "revaluations"
    list_fields = {"as_of": Day(), "unrealised": Amount(), "created_at": Instant(), "metadata": Metadata()}
    sort_fields = ["as_of", "created_at"]
    default_sort = "-as_of"
    date_field = "as_of"

    @extend_schema(responses=shapes.RevaluationShape(many=True))
    def list(self, request, organization_id):
        """List revaluations, the latest day first."""
        rows = Revaluation.objects.of(self.organization)
        return self.page(rows, lambda page: revaluation_answers(page, self.organization))

    @extend_schema(request=shapes.NewRevaluationShape, responses={201: shapes.RevaluationShape})
    def create(self, request, organization_id):
        """Bring what is held and owed in foreign currencies to the rates of a day.

        The difference is posted as unrealised on that day and taken back on the day after. Once more for the same day
        posts what changed since, and nothing twice. No rate known: 422 `exchange_rate_missing`.
        """
        fields = self.read(shapes.NewRevaluationShape)
        row = revalue(actor=self.actor, organization=self.organization, **fields)
        unknown = unknown_fields(request.data, shapes.NewRevaluationShape().fields)
        return Response(with_warnings(revaluation_answers([row], self.organization)[0], unknown), status=201)

    @extend_schema(responses=shapes.RevaluationShape)
    def retrieve(self, request, organization_id, revaluation_id):
        """Show a revaluation."""
        number = self.read_id("revaluation_id", "RVL")
        row = Revaluation.objects.of(self.organization).filter(pk=number).first()
        if row is None:
            raise NotFound()
        return Response(revaluation_answers([row], self.organization)[0])
