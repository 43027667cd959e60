"""What transactions look like on the wire. What a client sends is read by ``drafts``, whose rules these describe."""

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from ledger.journal.drafts import LONGEST, SIDES, TYPES
from organizations.wire import batches
from organizations.wire.shapes import CurrencyCode, Day, Flag, MetadataMap, Number, PublicId, Text

SHOWN_STATUSES = ("pending", "posted", "failed", "reversed")


class ConditionShape(serializers.Serializer):
    """Bounds of a balance in the account's currency, signed by the account's normal balance."""

    gte = Number(required=False, help_text="At least this.")
    lte = Number(required=False, help_text="At most this.")


class EntryShape(serializers.Serializer):
    """A line of a transaction: a positive amount on one side of an account."""

    object = serializers.CharField()
    id = PublicId("LED", allow_null=True, help_text="Null until the transaction is posted.")
    organization_id = PublicId("ORG")
    transaction_id = PublicId("TXN")
    account_id = PublicId("ACT")
    transaction_date = serializers.DateField()
    entry_type = serializers.ChoiceField(SIDES)
    amount = Number(help_text="In the account's currency.")
    currency_id = serializers.CharField()
    currency_rate = Number(allow_null=True, help_text="Turns `amount` into `base_amount`.")
    base_amount = Number(allow_null=True, help_text="In the organization's base currency.")
    remaining = Number(allow_null=True, help_text="What is not yet reversed.")
    reverses_entry_id = PublicId("LED", allow_null=True, help_text="The entry that this one undoes.")
    description = serializers.CharField()
    reference = serializers.CharField()
    metadata = MetadataMap()
    balance_condition = ConditionShape(required=False, help_text="Of a draft that has one.")


class TransactionShape(serializers.Serializer):
    """A transaction with its entries."""

    object = serializers.CharField()
    id = PublicId("TXN")
    organization_id = PublicId("ORG")
    type = serializers.ChoiceField(TYPES)
    status = serializers.ChoiceField(SHOWN_STATUSES)
    transaction_date = serializers.DateField()
    posting_date = serializers.DateTimeField(allow_null=True)
    description = serializers.CharField()
    reference_number = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    currency_id = serializers.CharField()
    amount = Number()
    total_debits = Number(help_text="In base currency.")
    total_credits = Number(help_text="In base currency.")
    account_id = PublicId("ACT", allow_null=True)
    contact_id = PublicId("CON", allow_null=True)
    category_id = PublicId("CAT", allow_null=True)
    entries = EntryShape(many=True)
    original_transaction_id = PublicId("TXN", allow_null=True, help_text="What this one reverses or adjusts.")
    reversed_by_ids = serializers.ListField(child=PublicId("TXN"))
    adjusted_by_ids = serializers.ListField(child=PublicId("TXN"))
    reversal_date = serializers.DateField(allow_null=True)
    reversal_reason = serializers.CharField(allow_null=True)
    error_code = serializers.CharField(allow_null=True)
    error_message = serializers.CharField(allow_null=True)
    warnings = WarningShape(
        many=True, help_text="What posting this draft would refuse; then fields of this request that nobody read."
    )
    version = serializers.IntegerField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NewEntryShape(serializers.Serializer):
    account_id = PublicId("ACT")
    entry_type = serializers.ChoiceField(SIDES)
    amount = Number(help_text="Greater than zero, in the account's currency.")
    currency_id = CurrencyCode(required=False, help_text="The account's, if given.")
    currency_rate = Number(
        required=False,
        help_text="Ignored where the account is in base currency. Each amount is converted for itself; where all lines "
        "are in one currency at one rate, a unit of rounding goes to those that lost most, so that both sides agree.",
    )
    description = Text(required=False, allow_blank=True, max_length=LONGEST["description"])
    reference = Text(required=False, allow_blank=True, max_length=LONGEST["reference"])
    metadata = MetadataMap(required=False)
    balance_condition = ConditionShape(
        required=False,
        help_text="Post only if the account's balance is within these bounds once the whole transaction is in the "
        "books; else 422 `balance_condition_failed`. A draft keeps it until it is posted.",
    )


class TransactionFields(serializers.Serializer):
    type = serializers.ChoiceField(TYPES, required=False, help_text="`journal` unless given.")
    transaction_date = Day(required=False, help_text="Today unless given.")
    description = Text(required=False, allow_blank=True, max_length=LONGEST["description"])
    reference_number = Text(required=False, allow_blank=True, max_length=LONGEST["reference_number"])
    external_id = Text(required=False, allow_null=True, max_length=LONGEST["external_id"])
    currency_id = CurrencyCode(required=False, help_text="What `amount` is in; the base currency unless given.")
    amount = Number(
        required=False,
        help_text="What the transaction is about; its larger side unless given. If it is neither that nor the amount "
        "of an entry in its currency, the answer warns: `amount_differs`.",
    )
    account_id = PublicId("ACT", required=False, allow_null=True)
    contact_id = PublicId("CON", required=False, allow_null=True)
    category_id = PublicId("CAT", required=False, allow_null=True)
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A cash sale, posted at once",
            request_only=True,
            value={
                "type": "income",
                "description": "Cash sale to customer",
                "transaction_date": "2024-01-15",
                "reference_number": "INV-001",
                "entries": [
                    {
                        "account_id": "ACT_1000000000000001",
                        "entry_type": "debit",
                        "amount": 100,
                        "description": "Cash received",
                        "reference": "Check #1234",
                    },
                    {"account_id": "ACT_1000000000000002", "entry_type": "credit", "amount": 100},
                ],
                "auto_post": True,
            },
        ),
        OpenApiExample(
            "A withdrawal, if there is enough",
            request_only=True,
            value={
                "type": "transfer",
                "description": "Withdrawal",
                "entries": [
                    {"account_id": "ACT_1000000000000005", "entry_type": "debit", "amount": 40},
                    {
                        "account_id": "ACT_1000000000000001",
                        "entry_type": "credit",
                        "amount": 40,
                        "balance_condition": {"gte": "0.00"},
                    },
                ],
                "auto_post": True,
            },
        ),
        OpenApiExample(
            "A purchase in euros at a rate",
            request_only=True,
            value={
                "type": "expense",
                "description": "Supplies from Hamburg",
                "entries": [
                    {"account_id": "ACT_1000000000000003", "entry_type": "debit", "amount": 110},
                    {
                        "account_id": "ACT_1000000000000004",
                        "entry_type": "credit",
                        "amount": 100,
                        "currency_id": "CUR_EUR",
                        "currency_rate": "1.10",
                    },
                ],
            },
        ),
    ]
)
class NewTransactionShape(TransactionFields):
    entries = NewEntryShape(many=True, min_length=2)
    auto_post = Flag(required=False, help_text="Post at once; false unless given.")


class TransactionChangesShape(TransactionFields):
    entries = NewEntryShape(many=True, required=False, min_length=2)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Goods came back",
            request_only=True,
            value={"reason": "Customer returned merchandise", "reversal_date": "2024-01-20"},
        )
    ]
)
class ReversalShape(serializers.Serializer):
    reason = Text(required=False, allow_blank=True, max_length=2000)
    reversal_date = Day(
        required=False,
        help_text="Never before the original's date. Today unless given, or that date while it is still to come.",
    )
    description = Text(required=False, allow_blank=True, max_length=2000)
    auto_post = Flag(required=False, default=True)


class PartialEntryShape(serializers.Serializer):
    account_id = PublicId("ACT")
    entry_type = serializers.ChoiceField(SIDES, help_text="The side opposite to the original's.")
    amount = Number(help_text="At most what is left of the original's entries there.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Half of a sale comes back",
            request_only=True,
            value={
                "entries": [
                    {"account_id": "ACT_1000000000000001", "entry_type": "credit", "amount": 50},
                    {"account_id": "ACT_1000000000000002", "entry_type": "debit", "amount": 50},
                ],
                "reason": "Partial refund",
            },
        )
    ]
)
class PartialReversalShape(ReversalShape):
    entries = PartialEntryShape(many=True, min_length=2)


class AdjustmentShape(TransactionFields):
    entries = NewEntryShape(many=True, min_length=2)
    auto_post = Flag(required=False, help_text="True unless given.")


class LedgerEntryShape(EntryShape):
    """An entry as its account sees it."""

    balance_impact = Number(help_text="Positive where the entry increases the account.")
    running_balance = Number(help_text="The account's balance after this entry, by date.")
    transaction_description = serializers.CharField()
    transaction_type = serializers.ChoiceField(TYPES)
    reference_number = serializers.CharField()


class JournalEntryShape(EntryShape):
    """An entry in the general journal, with what its transaction and account say."""

    account_code = serializers.CharField()
    account_name = serializers.CharField()
    transaction_description = serializers.CharField()
    transaction_type = serializers.ChoiceField(TYPES)
    reference_number = serializers.CharField()


class BatchItemShape(NewTransactionShape):
    client_ref = batches.Reference()


class TransactionBatchShape(batches.BatchFields):
    transactions = BatchItemShape(many=True, help_text=batches.HOW_MANY)
    auto_post = Flag(required=False, help_text="For the items that do not say.")


WANTED_ID = {"type": "string", "pattern": "^TXN_[0-9a-fA-F]{16}$"}
WANTED = {
    "oneOf": [
        WANTED_ID,
        {
            "type": "object",
            "required": ["transaction_id"],
            "properties": {
                "transaction_id": WANTED_ID,
                "client_ref": {"type": "string", "maxLength": batches.LONGEST_REFERENCE},
            },
        },
    ]
}


@extend_schema_field(WANTED)
class Wanted(serializers.Field):
    """A transaction to post, by its id or with a reference."""


class PostBatchShape(batches.BatchFields):
    transaction_ids = serializers.ListField(child=Wanted(), help_text=batches.HOW_MANY)


class TransactionResultShape(batches.ResultShape):
    transaction = TransactionShape(required=False)


class TransactionsBatchShape(batches.BatchShape):
    """What became of each transaction, in the order of the request."""

    results = TransactionResultShape(many=True)
