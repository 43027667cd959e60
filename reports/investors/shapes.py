"""What investors and their statements look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from organizations.wire.shapes import Day, Flag, MetadataMap, Number, PublicId, Text
from reports.investors.calling import KINDS
from reports.investors.models import STATUSES

MOST_ALLOCATIONS = 500
PERCENTAGE = "Of the whole, in percent. Investors with units share what percentages leave."


class HoldingFields(serializers.Serializer):
    effective_date = Day(help_text="From this day on, until the next.")
    percentage = Number(required=False, allow_null=True, help_text=PERCENTAGE)
    units = Number(required=False, allow_null=True)
    commitment = Number(
        required=False,
        allow_null=True,
        help_text="What is promised to be put in, in base currency; stays what it was unless given.",
    )


class HoldingShape(HoldingFields):
    """What an investor has from a day on."""


class InvestorShape(serializers.Serializer):
    """Who has put money into the organization."""

    object = serializers.CharField()
    id = PublicId("IVR")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    email = serializers.CharField()
    reference = serializers.CharField()
    capital_account_id = PublicId("ACT")
    preferred_return_rate = Number(allow_null=True)
    status = serializers.ChoiceField(STATUSES)
    holdings = HoldingShape(many=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class InvestorFields(serializers.Serializer):
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    reference = Text(required=False, allow_blank=True, max_length=100)
    preferred_return_rate = Number(
        required=False, allow_null=True, help_text="In percent a year, of what was put in and not given back."
    )
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A limited partner with a quarter",
            request_only=True,
            value={
                "name": "Harbour Fund LP",
                "capital_account_id": "ACT_0000000000000001",
                "holding": {"effective_date": "2026-01-01", "percentage": "25", "commitment": "500000.00"},
            },
        )
    ]
)
class NewInvestorShape(InvestorFields):
    name = Text(max_length=200)
    capital_account_id = PublicId("ACT", help_text="An account of equity in base currency, of this investor alone.")
    holding = HoldingFields(required=False, help_text="What they begin with.")


class InvestorChangesShape(InvestorFields):
    name = Text(required=False, max_length=200)
    capital_account_id = PublicId("ACT", required=False, help_text="Until something was put in or given back.")
    status = serializers.ChoiceField(STATUSES, required=False)


class InvestorAllocationShape(serializers.Serializer):
    investor_id = PublicId("IVR")
    amount = Number()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A call of 100,000",
            request_only=True,
            value={"amount": "100000.00", "account_id": "ACT_0000000000000001", "date": "2026-02-01"},
        )
    ]
)
class CapitalFields(serializers.Serializer):
    account_id = PublicId("ACT", help_text="Of assets: where the money arrives or leaves.")
    amount = Number(required=False, help_text="Shared out to all; or name the allocations.")
    allocations = InvestorAllocationShape(many=True, required=False, max_length=MOST_ALLOCATIONS)
    date = Day(required=False, help_text="Today unless given.")
    description = Text(required=False, allow_blank=True, max_length=2000)
    reference = Text(required=False, allow_blank=True, max_length=100)
    external_id = Text(required=False, max_length=255)
    metadata = MetadataMap(required=False)


class CapitalShape(serializers.Serializer):
    """What was posted."""

    object = serializers.ChoiceField(list(KINDS))
    transaction_id = PublicId("TXN")
    date = serializers.DateField()
    amount = Number()
    allocations = InvestorAllocationShape(many=True)


class InvestorFlowShape(serializers.Serializer):
    date = serializers.DateField()
    kind = serializers.ChoiceField(["contribution", "distribution"])
    amount = Number(help_text="A reversal is negative.")
    entry_id = PublicId("LED")
    transaction_id = PublicId("TXN")


class ResultStretchShape(serializers.Serializer):
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    result = Number(help_text="Of the organization.")
    share = Number(help_text="Of the investor.")


class PreferredShape(serializers.Serializer):
    rate = Number()
    accrued = Number()
    accrued_to_date = Number()
    distributed_to_date = Number()


class InvestorTotalsShape(serializers.Serializer):
    opening_balance = Number()
    contributions = Number()
    share_of_result = Number()
    distributions = Number()
    closing_balance = Number()


class InvestorStatementShape(InvestorTotalsShape):
    """What stood, came in, was earned, was given back, and stands."""

    object = serializers.CharField()
    investor_id = PublicId("IVR")
    name = serializers.CharField()
    percentage = Number(help_text="At the end of the period.")
    units = Number(allow_null=True)
    commitment = Number()
    called = Number()
    uncalled = Number()
    internal_rate_of_return = Number(allow_null=True, help_text="In percent a year, since the first contribution.")
    preferred_return = PreferredShape(allow_null=True)
    results = ResultStretchShape(many=True, help_text="Cut where somebody's share changes.")
    flows = InvestorFlowShape(many=True)
    entries_query = serializers.CharField()


class InvestorStatementsShape(serializers.Serializer):
    """All investors of a period, tied to the equity of the books."""

    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    currency = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    statements = InvestorStatementShape(many=True)
    totals = InvestorTotalsShape()
    equity_of_books = Number(allow_null=True, help_text="Null for one investor.")
    not_of_investors = Number(allow_null=True, help_text="Equity that is no investor's; null for one investor.")


class InvestorStatementsWishShape(serializers.Serializer):
    start_date = Day(required=False, help_text="Needed, as `end_date` is, unless there is a `period`.")
    end_date = Day(required=False)
    period = Text(
        required=False, max_length=7, help_text="Instead of the days, of the calendar: `Q4-2024`, `2024-12` or `2024`."
    )
    send = Flag(required=False, help_text="Send each investor who has an e-mail address the PDF.")
