"""Taxes over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.taxes import shapes
from ledger.taxes.answers import tax_answer
from ledger.taxes.enacting import create_tax, delete_tax, update_tax
from ledger.taxes.models import TAX_TYPES, TREATMENTS, Tax
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Choice, Day, Flag, Instant, Metadata, Text


class TaxViewSet(TenantViewSet):
    """Taxes that lines of documents are charged with."""

    resource = "taxes"
    list_fields = {
        "name": Text(),
        "rate": Amount(),
        "tax_type": Choice(TAX_TYPES),
        "treatment": Choice(TREATMENTS),
        "is_compound": Flag(),
        "is_inclusive": Flag(),
        "is_recoverable": Flag(),
        "effective_from": Day(nullable=True),
        "effective_to": Day(nullable=True),
        "is_active": Flag(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["name", "rate", "created_at"]
    default_sort = "name"

    @extend_schema(responses=shapes.TaxShape(many=True))
    def list(self, request, organization_id):
        """List taxes by name."""
        return self.page(Tax.objects.of(self.organization), lambda page: [tax_answer(row) for row in page])

    @extend_schema(request=shapes.NewTaxShape, responses={201: shapes.TaxShape})
    def create(self, request, organization_id):
        """Make a tax, which lines of documents can name in `tax_ids`."""
        tax = create_tax(actor=self.actor, organization=self.organization, **self.read(shapes.NewTaxShape))
        return Response(tax_answer(tax), status=201)

    @extend_schema(responses=shapes.TaxShape)
    def retrieve(self, request, organization_id, tax_id):
        """Show a tax."""
        found = Tax.objects.of(self.organization).filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return Response(tax_answer(found))

    @extend_schema(request=shapes.TaxChangesShape, responses=shapes.TaxShape)
    def update(self, request, organization_id, tax_id):
        """Change a tax's name, accounts, days or whether it is offered.

        Its rate and kind are fixed for life: 422 `tax_rate_final`. When a rate changes, make a new tax with
        `effective_from` and end the old one with `effective_to`.
        """
        tax = update_tax(
            actor=self.actor,
            organization=self.organization,
            tax_id=self._number(),
            changes=self.read(shapes.TaxChangesShape),
        )
        return Response(tax_answer(tax))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, tax_id):
        """Delete a tax that no item and no issued document names; deactivate others.

        A draft that names it is refused when it is issued, with the field.
        """
        delete_tax(actor=self.actor, organization=self.organization, tax_id=self._number())
        return Response(status=204)

    def _number(self) -> int:
        return self.read_id("tax_id", "TAX")
