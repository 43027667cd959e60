"""What transfers look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from organizations.wire.shapes import CurrencyCode, Day, MetadataMap, Number, PublicId, Text


class TransferShape(serializers.Serializer):
    """Money moved between one's own accounts."""

    object = serializers.CharField()
    id = PublicId("TRF")
    organization_id = PublicId("ORG")
    status = serializers.ChoiceField(["posted", "reversed"])
    from_account_id = PublicId("ACT")
    to_account_id = PublicId("ACT")
    amount = Number(help_text="What left, in the currency of that account.")
    currency_id = serializers.CharField()
    to_amount = Number(help_text="What arrived, in the currency of the other account.")
    to_currency_id = serializers.CharField()
    fee_amount = Number()
    transferred_at = serializers.DateField()
    description = serializers.CharField()
    reference = serializers.CharField()
    transaction_id = PublicId("TXN")
    reversed_on = serializers.DateField(allow_null=True)
    reversed_transaction_id = PublicId("TXN", allow_null=True)
    warnings = WarningShape(many=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "To savings",
            request_only=True,
            value={
                "from_account_id": "ACT_1000000000000001",
                "to_account_id": "ACT_1000000000000002",
                "amount": "5000.00",
                "transferred_at": "2024-01-15",
            },
        )
    ]
)
class NewTransferShape(serializers.Serializer):
    from_account_id = PublicId("ACT")
    to_account_id = PublicId("ACT")
    amount = Number(help_text="What leaves, in the currency of that account, the fee included.")
    currency_id = CurrencyCode(required=False, help_text="The account's, if given.")
    to_amount = Number(required=False, allow_null=True, help_text="What arrives; by the rates of the day unless given.")
    fee_amount = Number(required=False, allow_null=True, help_text="What somebody kept on the way.")
    transferred_at = Day(required=False, help_text="Today unless given.")
    description = Text(required=False, allow_blank=True, max_length=2000)
    reference = Text(required=False, allow_blank=True, max_length=100)
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[OpenApiExample("Entered twice", request_only=True, value={"reason": "Entered twice"})]
)
class TransferReversalShape(serializers.Serializer):
    date = Day(required=False, help_text="Today unless given.")
    reason = Text(required=False, allow_blank=True, max_length=2000)
