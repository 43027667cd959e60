"""Items over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.items import shapes
from ledger.items.answers import item_answer
from ledger.items.models import Item
from ledger.items.offering import create_item, delete_item, update_item
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Currency, Flag, Instant, Metadata, PublicId, Text


class ItemViewSet(TenantViewSet):
    """Products and services that lines of documents name."""

    resource = "items"
    list_fields = {
        "name": Text(),
        "code": Text(),
        "description": Text(),
        "currency_id": Currency(),
        "sale_price": Amount(nullable=True),
        "purchase_price": Amount(nullable=True),
        "revenue_account_id": PublicId("ACT", nullable=True),
        "expense_account_id": PublicId("ACT", nullable=True),
        "is_active": Flag(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["name", "code", "created_at"]
    default_sort = "name"

    @extend_schema(responses=shapes.ItemShape(many=True))
    def list(self, request, organization_id):
        """List items by name."""
        rows = Item.objects.of(self.organization).prefetch_related("taxes")
        return self.page(rows, lambda page: [item_answer(row) for row in page])

    @extend_schema(request=shapes.NewItemShape, responses={201: shapes.ItemShape})
    def create(self, request, organization_id):
        """Make an item, which lines of documents can name as their `item_id`."""
        item = create_item(actor=self.actor, organization=self.organization, **self.read(shapes.NewItemShape))
        return Response(item_answer(item), status=201)

    @extend_schema(responses=shapes.ItemShape)
    def retrieve(self, request, organization_id, item_id):
        """Show an item."""
        found = Item.objects.of(self.organization).prefetch_related("taxes").filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return Response(item_answer(found))

    @extend_schema(request=shapes.ItemChangesShape, responses=shapes.ItemShape)
    def update(self, request, organization_id, item_id):
        """Change an item. A list of taxes replaces the one before; documents that name the item stay as they are."""
        item = update_item(
            actor=self.actor,
            organization=self.organization,
            item_id=self._number(),
            changes=self.read(shapes.ItemChangesShape),
        )
        return Response(item_answer(item))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, item_id):
        """Delete an item. Documents keep what it said when they were written."""
        delete_item(actor=self.actor, organization=self.organization, item_id=self._number())
        return Response(status=204)

    def _number(self) -> int:
        return self.read_id("item_id", "ITM")
