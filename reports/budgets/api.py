"""Budgets over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from organizations.errors import Invalid
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Day, Instant, Metadata, Text
from reports.budgets import shapes
from reports.budgets.answers import budget_answer, lines_of
from reports.budgets.importing import LARGEST, import_budget
from reports.budgets.keeping import budget_of, create_budget, delete_budget, update_budget
from reports.budgets.models import STATUSES, Budget


class BudgetViewSet(TenantViewSet):
    """What is meant to be earned and spent."""

    resource = "reports"
    list_fields = {
        "name": Text(),
        "status": Choice(STATUSES),
        "start_date": Day(source="starts_on"),
        "end_date": Day(source="ends_on"),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["name", "created_at"]
    default_sort = "name"

    @extend_schema(responses=shapes.BudgetSummaryShape(many=True))
    def list(self, request, organization_id):
        """List budgets by name, without their lines."""
        rows = Budget.objects.of(self.organization)
        return self.page(rows, lambda page: [budget_answer(row, with_lines=False) for row in page])

    @extend_schema(request=shapes.NewBudgetShape, responses={201: shapes.BudgetShape})
    def create(self, request, organization_id):
        """Make a budget: amounts by account of revenue or expenses and month, in base currency."""
        made = create_budget(actor=self.actor, organization=self.organization, **self.read(shapes.NewBudgetShape))
        return Response(budget_answer(made), status=201)

    @extend_schema(responses=shapes.BudgetShape)
    def retrieve(self, request, organization_id, budget_id):
        """Show a budget with its lines."""
        return Response(budget_answer(budget_of(self.organization, self._number())))

    @extend_schema(request=shapes.BudgetChangesShape, responses=shapes.BudgetShape)
    def update(self, request, organization_id, budget_id):
        """Change a budget; `lines` take the place of all that it had, `status` archives it or brings it back."""
        changes = dict(self.read(shapes.BudgetChangesShape))
        who = {"actor": self.actor, "organization": self.organization}
        return Response(budget_answer(update_budget(**who, budget_id=self._number(), changes=changes)))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, budget_id):
        """Delete a budget with its lines."""
        delete_budget(actor=self.actor, organization=self.organization, budget_id=self._number())
        return Response(status=204)

    def _number(self) -> int:
        return self.read_id("budget_id", "BUD")


class BudgetImportViewSet(TenantViewSet):
    """Imports of budgets."""

    resource = "reports"
    parser_classes = [MultiPartParser]
    largest_body = LARGEST + 1024 * 1024  # the form around the file

    @extend_schema(request={"multipart/form-data": shapes.BudgetUploadShape}, responses={200: shapes.BudgetImportShape})
    def create(self, request, organization_id, budget_id):
        """Read a CSV file into a budget: it takes the place of all lines, whole or not at all.

        Columns are `account_code` and either `month` and `amount`, or one for each month (`2026-01`). What is wrong is
        told with its line: 400 `budget_file_invalid`.
        """
        files = request.FILES.getlist("file")
        if len(files) != 1:
            raise Invalid(fields={"file": "One file is needed."})
        budget = import_budget(
            actor=self.actor,
            organization=self.organization,
            budget_id=self.read_id("budget_id", "BUD"),
            data=files[0].read(LARGEST + 1),
        )
        return Response(
            {
                "object": "budget_import",
                "dry_run": self.dry_run,
                "lines": len(lines_of(budget)),
                "budget": budget_answer(budget, with_lines=False),
            }
        )
