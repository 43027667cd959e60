"""What balance assertions look like on the wire."""

from decimal import Decimal

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from ledger.assertions.answers import STATUSES
from organizations.wire.shapes import Day, Flag, MetadataMap, Number, PublicId, Text


class AssertionShape(serializers.Serializer):
    """What an account's balance must be at the end of a day, and whether it is."""

    object = serializers.CharField()
    id = PublicId("AST")
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    date = serializers.DateField()
    expected = Number(help_text="Signed by the account's normal balance, as `balance` is.")
    balance = Number(help_text="What it is.")
    difference = Number(help_text="`balance` less `expected`.")
    currency_id = serializers.CharField()
    blocking = serializers.BooleanField()
    status = serializers.ChoiceField(STATUSES)
    description = serializers.CharField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    warnings = WarningShape(many=True, required=False, help_text="Of fields of this request that nobody read.")


class AssertionFields(serializers.Serializer):
    blocking = Flag(required=False, help_text="Refuse postings that break it. It must be true to begin with.")
    description = Text(required=False, allow_blank=True, max_length=2000)
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "What the bank's statement says",
            request_only=True,
            value={
                "account_id": "ACT_1000000000000000",
                "date": "2024-01-31",
                "expected": Decimal("15750.00"),
                "description": "Statement 1/2024",
            },
        )
    ]
)
class NewAssertionShape(AssertionFields):
    account_id = PublicId("ACT")
    date = Day()
    expected = Number()


class AssertionChangesShape(AssertionFields):
    expected = Number(required=False)
    account_id = PublicId("ACT", required=False, help_text="Fixed for life: another account is refused.")
    date = Day(required=False, help_text="Fixed for life.")
