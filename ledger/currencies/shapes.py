"""What exchange rates look like on the wire."""

from decimal import Decimal

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.currencies.answers import PATHS
from organizations.wire.shapes import CurrencyCode, Day, MetadataMap, Number, PublicId, Text


class ExchangeRateShape(serializers.Serializer):
    """How much one unit of a currency was in another on a day. Never changed."""

    object = serializers.CharField()
    id = PublicId("EXR")
    organization_id = PublicId("ORG")
    from_currency = serializers.CharField()
    to_currency = serializers.CharField()
    rate = Number(help_text="How much one unit of `from_currency` is in `to_currency`.")
    effective_date = serializers.DateField()
    source = serializers.CharField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "One euro is 1.10 dollars",
            request_only=True,
            value={
                "from_currency": "EUR",
                "to_currency": "USD",
                "rate": Decimal("1.10"),
                "effective_date": "2024-01-15",
            },
        )
    ]
)
class NewExchangeRateShape(serializers.Serializer):
    from_currency = CurrencyCode()
    to_currency = CurrencyCode()
    rate = Number(help_text="Above zero; at most 12 significant digits, and 12 on either side of the point.")
    effective_date = Day()
    source = Text(required=False, max_length=50, help_text="Where it comes from: `manual` unless given.")
    metadata = MetadataMap(required=False)


class FoundRateShape(serializers.Serializer):
    """The rate that the books would use for a day."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    from_currency = serializers.CharField()
    to_currency = serializers.CharField()
    date = serializers.DateField()
    rate = Number()
    effective_date = serializers.DateField(help_text="The day of the rate; of a cross, the older one of its two.")
    source = serializers.CharField()
    path = serializers.ChoiceField(PATHS, help_text="`inverse`: of the pair turned round; `cross`: over `through`.")
    through = serializers.CharField(allow_null=True)
    exchange_rate_ids = serializers.ListField(child=PublicId("EXR"))


class RateImportShape(serializers.Serializer):
    """What an import of a reference file did, or would do."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    dry_run = serializers.BooleanField()
    new = serializers.IntegerField()
    duplicates = serializers.IntegerField(help_text="Rates that were known already; they stay as they are.")
    skipped = serializers.IntegerField(help_text="Quotes without a rate, or of currencies that are no more.")
    first_date = serializers.DateField()
    last_date = serializers.DateField()


class RateUploadShape(serializers.Serializer):
    file = serializers.FileField(help_text="The ECB's daily reference file, or its history, in XML.")
    dry_run = serializers.BooleanField(required=False)
