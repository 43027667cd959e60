"""Categories over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.categories import shapes
from ledger.categories.answers import category_answer
from ledger.categories.models import STATUSES, TYPES, Category
from ledger.categories.naming import create_category, delete_category, update_category
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Instant, Metadata, Text


class CategoryViewSet(TenantViewSet):
    """What transactions are about."""

    resource = "categories"
    list_fields = {
        "name": Text(),
        "type": Choice(TYPES),
        "status": Choice(STATUSES),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["name", "type", "created_at"]
    default_sort = "name"

    @extend_schema(responses=shapes.CategoryShape(many=True))
    def list(self, request, organization_id):
        """List categories by name."""
        return self.page(Category.objects.of(self.organization), lambda page: [category_answer(row) for row in page])

    @extend_schema(request=shapes.NewCategoryShape, responses={201: shapes.CategoryShape})
    def create(self, request, organization_id):
        """Make a category, which transactions can name as their `category_id`."""
        fields = self.read(shapes.NewCategoryShape)
        made = create_category(actor=self.actor, organization=self.organization, **fields)
        return Response(category_answer(made), status=201)

    @extend_schema(responses=shapes.CategoryShape)
    def retrieve(self, request, organization_id, category_id):
        """Show a category."""
        found = Category.objects.of(self.organization).filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return Response(category_answer(found))

    @extend_schema(request=shapes.CategoryChangesShape, responses=shapes.CategoryShape)
    def update(self, request, organization_id, category_id):
        """Change a category; `status` archives it or brings it back."""
        changes = dict(self.read(shapes.CategoryChangesShape))
        done = update_category(
            actor=self.actor, organization=self.organization, category_id=self._number(), changes=changes
        )
        return Response(category_answer(done))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, category_id):
        """Delete a category that no transaction has; archive others."""
        delete_category(actor=self.actor, organization=self.organization, category_id=self._number())
        return Response(status=204)

    def _number(self) -> int:
        return self.read_id("category_id", "CAT")
