"""What taxes look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.taxes.models import TAX_TYPES, TREATMENTS
from organizations.wire.shapes import Day, Flag, MetadataMap, Number, PublicId, Text

RATE = "In percent: 8.25 is 8.25 %. From 0 to 1000, at most six decimals. Fixed for life, like all that a tax is."
SALES_ACCOUNT = "Where tax on sales is owed; by default the account with the role `tax_payable`. In base currency."
PURCHASE_ACCOUNT = "Where tax on purchases is claimed back; by default where tax on sales is owed."
TREATMENT = "What is `zero_rated` or `exempt` has rate 0; under `reverse_charge` the tax is worked out and not charged."


class TaxShape(serializers.Serializer):
    """A tax at a rate, in percent."""

    object = serializers.CharField()
    id = PublicId("TAX")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    rate = Number()
    tax_type = serializers.ChoiceField(TAX_TYPES)
    treatment = serializers.ChoiceField(TREATMENTS)
    is_compound = serializers.BooleanField()
    is_inclusive = serializers.BooleanField()
    is_recoverable = serializers.BooleanField()
    account_id = PublicId("ACT", allow_null=True)
    purchase_account_id = PublicId("ACT", allow_null=True)
    effective_from = serializers.DateField(allow_null=True)
    effective_to = serializers.DateField(allow_null=True)
    is_active = serializers.BooleanField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TaxFields(serializers.Serializer):
    tax_type = serializers.ChoiceField(TAX_TYPES, required=False)
    treatment = serializers.ChoiceField(TREATMENTS, required=False, help_text=TREATMENT)
    is_compound = Flag(required=False, help_text="Also counted on the taxes before it on the line.")
    is_inclusive = Flag(required=False, help_text="Contained in the price.")
    is_recoverable = Flag(required=False, help_text="Claimed back on purchases; false: part of their cost.")
    account_id = PublicId("ACT", required=False, allow_null=True, help_text=SALES_ACCOUNT)
    purchase_account_id = PublicId("ACT", required=False, allow_null=True, help_text=PURCHASE_ACCOUNT)
    effective_from = Day(required=False, allow_null=True, help_text="The first day that it is charged on.")
    effective_to = Day(required=False, allow_null=True, help_text="The last day that it is charged on.")
    is_active = Flag(required=False, help_text="False: no document takes it any more.")
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample("Sales tax", request_only=True, value={"name": "Sales tax", "rate": "8.25"}),
        OpenApiExample(
            "VAT in prices",
            request_only=True,
            value={"name": "VAT 20 %", "rate": 20, "tax_type": "vat", "is_inclusive": True},
        ),
    ]
)
class NewTaxShape(TaxFields):
    name = Text(max_length=100)
    rate = Number(help_text=RATE)


class TaxChangesShape(TaxFields):
    name = Text(required=False, max_length=100)
    rate = Number(required=False, help_text=RATE)
