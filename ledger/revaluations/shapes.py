"""What revaluations look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from organizations.wire.shapes import Day, MetadataMap, Number, PublicId


class RevaluedShape(serializers.Serializer):
    """An open item, or an account beside its items. Amounts are signed, debit positive."""

    account_id = PublicId("ACT")
    item_id = PublicId("OPI", allow_null=True)
    currency_id = serializers.CharField()
    balance = Number(help_text="In its own currency.")
    rate = Number(allow_null=True, help_text="Of the day; null where no balance is left.")
    carrying_amount = Number(help_text="What it was carried at, in base currency.")
    revalued_amount = Number()
    difference = Number()


class RevaluationShape(serializers.Serializer):
    """Foreign balances at the rates of a day."""

    object = serializers.CharField()
    id = PublicId("RVL")
    organization_id = PublicId("ORG")
    as_of = serializers.DateField()
    currency_id = serializers.CharField()
    unrealised = Number(help_text="A gain is positive. Taken back on the first day after.")
    realised = Number(help_text="What was left in base currency without a balance; for good.")
    lines = RevaluedShape(many=True)
    transaction_ids = serializers.ListField(child=PublicId("TXN"))
    warnings = WarningShape(many=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[OpenApiExample("The end of January", request_only=True, value={"as_of": "2026-01-31"})]
)
class NewRevaluationShape(serializers.Serializer):
    as_of = Day(help_text="The last day of the period.")
