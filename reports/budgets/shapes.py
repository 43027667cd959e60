"""What budgets look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from organizations.wire.shapes import Day, MetadataMap, Number, PublicId, Text
from reports.budgets.keeping import MOST_LINES
from reports.budgets.models import STATUSES

AMOUNT = "In base currency; positive where the account usually goes up: what is earned, what is spent."


class BudgetLineShape(serializers.Serializer):
    account_id = PublicId("ACT", help_text="An account of revenue or expenses.")
    month = Day(help_text="A day of the month; answered as its first.")
    amount = Number(help_text=AMOUNT)


class BudgetSummaryShape(serializers.Serializer):
    """What is meant to be earned and spent."""

    object = serializers.CharField()
    id = PublicId("BUD")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    status = serializers.ChoiceField(STATUSES)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class BudgetShape(BudgetSummaryShape):
    """A budget with its lines."""

    lines = BudgetLineShape(many=True)


class BudgetFields(serializers.Serializer):
    lines = BudgetLineShape(many=True, required=False, max_length=MOST_LINES, help_text="One for account and month.")
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A year's rent and sales",
            request_only=True,
            value={
                "name": "Plan 2026",
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
                "lines": [{"account_id": "ACT_0000000000000001", "month": "2026-01-01", "amount": "1200.00"}],
            },
        )
    ]
)
class NewBudgetShape(BudgetFields):
    name = Text(max_length=100, help_text="Unique; upper and lower case are the same.")
    start_date = Day(help_text="A first day of a month.")
    end_date = Day(help_text="A last day of a month.")


class BudgetChangesShape(BudgetFields):
    name = Text(required=False, max_length=100)
    status = serializers.ChoiceField(STATUSES, required=False)


class BudgetUploadShape(serializers.Serializer):
    file = serializers.FileField(
        help_text="CSV with the column account_code and either month and amount, or a column for each month (2026-01)."
    )


class BudgetImportShape(serializers.Serializer):
    """What an import did."""

    object = serializers.CharField()
    dry_run = serializers.BooleanField()
    lines = serializers.IntegerField(help_text="Lines that the budget has now.")
    budget = BudgetSummaryShape()
