"""What payments look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from ledger.payments.models import DIRECTIONS, STATUSES
from organizations import ids
from organizations.wire.shapes import CurrencyCode, Day, Flag, MetadataMap, Number, PublicId, Text

DOCUMENTS = ("INV", "BIL", "CRN", "VCR")


@extend_schema_field({"type": "string", "pattern": f"^({'|'.join(DOCUMENTS)})_[0-9a-fA-F]{{16}}$"})
class DocumentId(serializers.Field):
    """The id of an invoice, a bill or a credit; read into its key."""

    def to_internal_value(self, data) -> int:
        if isinstance(data, str):
            for prefix in DOCUMENTS:
                if data[:4].upper() == f"{prefix}_":
                    try:
                        return ids.decode(prefix, data)
                    except ValueError as problem:
                        raise serializers.ValidationError(str(problem)) from problem
        raise serializers.ValidationError(f"The id of a document: one of {', '.join(DOCUMENTS)}.")

    def to_representation(self, value):
        return value


class AllocatedShape(serializers.Serializer):
    object = serializers.CharField()
    settlement_id = PublicId("STL")
    document_id = serializers.CharField(help_text="Or the id of a refund (PAY_…).")
    amount = Number(help_text="Of the payment, in its currency.")
    document_amount = Number(help_text="Of the document, in its currency.")
    date = serializers.DateField()
    realised = Number(help_text="Exchange gain (a loss is negative), in base currency.")


class PaymentShape(serializers.Serializer):
    """Money in or out."""

    object = serializers.CharField()
    id = PublicId("PAY")
    organization_id = PublicId("ORG")
    direction = serializers.ChoiceField(DIRECTIONS)
    status = serializers.ChoiceField(STATUSES)
    contact_id = PublicId("CON")
    account_id = PublicId("ACT")
    amount = Number()
    currency_id = serializers.CharField()
    currency_rate = Number(help_text="Base currency for one unit.")
    account_amount = Number(
        allow_null=True, help_text="What moved on the account, in its currency; null for a key that does not see it."
    )
    fee_amount = Number(help_text="What was kept on the way.")
    payment_date = serializers.DateField()
    payment_method = serializers.CharField()
    reference = serializers.CharField()
    notes = serializers.CharField()
    allocations = AllocatedShape(many=True)
    unallocated = Number(help_text="The contact's credit.")
    refund_of = PublicId("PAY", allow_null=True)
    refunds = serializers.ListField(child=PublicId("PAY"))
    transaction_id = PublicId("TXN")
    reversed_on = serializers.DateField(allow_null=True)
    reversed_transaction_id = PublicId("TXN", allow_null=True)
    warnings = WarningShape(many=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PaymentFields(serializers.Serializer):
    amount = Number(help_text="Greater than zero, in the payment's currency.")
    payment_date = Day(required=False, help_text="Today unless given.")
    account_id = PublicId(
        "ACT", required=False, allow_null=True, help_text="The account with the role `cash` unless given."
    )
    currency_id = CurrencyCode(required=False, allow_null=True, help_text="The document's, or the base currency.")
    currency_rate = Number(
        required=False,
        allow_null=True,
        help_text="The organization's rate of the day unless given. Not read, with a warning, where the payment is in "
        "base currency or `account_amount` says what it is worth there.",
    )
    account_amount = Number(
        required=False,
        allow_null=True,
        help_text="What moved on an account in another currency; by the rate unless given.",
    )
    fee_amount = Number(required=False, allow_null=True, help_text="Kept on the way; the account gets so much less.")
    fee_account_id = PublicId(
        "ACT",
        required=False,
        allow_null=True,
        help_text="In base currency or the payment's; the account with the role `bank_fees` unless given.",
    )
    payment_method = Text(required=False, allow_blank=True, max_length=50)
    reference = Text(required=False, allow_blank=True, max_length=100)
    notes = Text(required=False, allow_blank=True, max_length=2000)
    metadata = MetadataMap(required=False)
    allow_overpayment = Flag(required=False, help_text="Keep what is more than is open as the contact's credit.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A card payment",
            request_only=True,
            value={"amount": 100, "payment_date": "2024-01-20", "reference": "Stripe: pi_123"},
        )
    ]
)
class DocumentPaymentShape(PaymentFields):
    """A payment of one document."""

    document_amount = Number(
        required=False,
        allow_null=True,
        help_text="What it settles of the document, in its currency; as much as possible, at the rates of the day, "
        "unless given. What it differs from those is a realised exchange result.",
    )


class NewAllocationShape(serializers.Serializer):
    document_id = DocumentId()
    amount = Number(
        required=False,
        allow_null=True,
        help_text="In the document's currency; as much as possible, at the rates of the day, unless given.",
    )
    payment_amount = Number(
        required=False,
        allow_null=True,
        help_text="What it takes of a payment in another currency than the document; by the rates of the day unless "
        "given, and all of a payment that is made for an `amount` of one document.",
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "One transfer for two invoices",
            request_only=True,
            value={
                "amount": "150.00",
                "allocations": [
                    {"document_id": "INV_1000000000000001", "amount": "100.00"},
                    {"document_id": "INV_1000000000000002", "amount": "50.00"},
                ],
            },
        )
    ]
)
class NewPaymentShape(PaymentFields):
    contact_id = PublicId("CON", required=False, allow_null=True, help_text="The documents' unless given.")
    direction = serializers.ChoiceField(
        DIRECTIONS, required=False, help_text="Follows from documents, if there are any."
    )
    allocations = NewAllocationShape(many=True, required=False)


class ChangedPaymentShape(serializers.Serializer):
    payment_method = Text(required=False, allow_blank=True, max_length=50)
    reference = Text(required=False, allow_blank=True, max_length=100)
    notes = Text(required=False, allow_blank=True, max_length=2000)
    metadata = MetadataMap(required=False)


class AllocateShape(serializers.Serializer):
    allocations = NewAllocationShape(many=True, min_length=1)
    date = Day(
        required=False,
        help_text="Today unless given, and when both sides are there. What the rates differ by is realised on it.",
    )


class UnallocateShape(serializers.Serializer):
    document_ids = serializers.ListField(
        child=DocumentId(),
        required=False,
        min_length=1,
        max_length=100,
        help_text="All of them unless given; refunds stay.",
    )
    date = Day(
        required=False, help_text="Today unless given; never later, and never before what is undone (it moves to it)."
    )
    reason = Text(required=False, allow_blank=True, max_length=2000)


class RefundShape(serializers.Serializer):
    amount = Number(required=False, allow_null=True, help_text="All that was not refunded yet unless given.")
    refund_date = Day(required=False)
    account_id = PublicId("ACT", required=False, allow_null=True, help_text="The payment's unless given.")
    account_amount = Number(required=False, allow_null=True, help_text="As of a payment.")
    currency_rate = Number(required=False, allow_null=True, help_text="As of a payment.")
    payment_method = Text(required=False, allow_blank=True, max_length=50)
    reference = Text(required=False, allow_blank=True, max_length=100)
    reason = Text(required=False, allow_blank=True, max_length=2000)


@extend_schema_serializer(
    examples=[OpenApiExample("A returned cheque", request_only=True, value={"reason": "The cheque was returned"})]
)
class PaymentReversalShape(serializers.Serializer):
    date = Day(
        required=False,
        help_text="Today unless given, and never later. A wrong entry may be reversed on the payment's own day.",
    )
    reason = Text(required=False, allow_blank=True, max_length=2000)
