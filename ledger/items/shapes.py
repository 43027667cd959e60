"""What items look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.items.offering import MOST_TAXES
from organizations.wire.shapes import CurrencyCode, Flag, MetadataMap, Number, PublicId, Text

CODE = "A number or SKU, unique within the organization where given."
PRICE = "For one unit, in the item's currency; up to eight decimals."
CURRENCY = "Of the prices; by default the base currency. A line in another currency names its own price."
TAXES = "In the order in which they are charged: a compound tax is counted on those before it."


class ItemShape(serializers.Serializer):
    """A product or a service that lines of documents name."""

    object = serializers.CharField()
    id = PublicId("ITM")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    code = serializers.CharField()
    description = serializers.CharField()
    unit = serializers.CharField()
    currency_id = CurrencyCode()
    sale_price = Number(allow_null=True)
    purchase_price = Number(allow_null=True)
    revenue_account_id = PublicId("ACT", allow_null=True)
    expense_account_id = PublicId("ACT", allow_null=True)
    sales_tax_ids = serializers.ListField(child=PublicId("TAX"))
    purchase_tax_ids = serializers.ListField(child=PublicId("TAX"))
    is_active = serializers.BooleanField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ItemFields(serializers.Serializer):
    code = Text(required=False, allow_blank=True, max_length=50, help_text=CODE)
    description = Text(required=False, allow_blank=True, max_length=2000)
    unit = Text(required=False, allow_blank=True, max_length=20, help_text="Such as hour, kg or piece.")
    currency_id = CurrencyCode(required=False, source="currency", help_text=CURRENCY)
    sale_price = Number(required=False, allow_null=True, help_text=PRICE)
    purchase_price = Number(required=False, allow_null=True, help_text=PRICE)
    revenue_account_id = PublicId("ACT", required=False, allow_null=True, help_text="Where its sales are posted.")
    expense_account_id = PublicId("ACT", required=False, allow_null=True, help_text="Where its purchases are posted.")
    sales_tax_ids = serializers.ListField(child=PublicId("TAX"), required=False, max_length=MOST_TAXES, help_text=TAXES)
    purchase_tax_ids = serializers.ListField(
        child=PublicId("TAX"), required=False, max_length=MOST_TAXES, help_text=TAXES
    )
    is_active = Flag(required=False, help_text="False: it is no longer offered. Drafts that name it keep it.")
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Consulting",
            request_only=True,
            value={"name": "Consulting", "code": "CONS", "unit": "hour", "sale_price": "150.00"},
        )
    ]
)
class NewItemShape(ItemFields):
    name = Text(max_length=200)


class ItemChangesShape(ItemFields):
    name = Text(required=False, max_length=200)
