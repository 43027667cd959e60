"""What transactions look like on the wire. What a client sends is read by ``drafts``, whose rules these describe."""

from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from ledger.journal.drafts import LONGEST, SIDES, TYPES
from organizations.wire.shapes import CurrencyCode, Day, Flag, MetadataMap, Number, PublicId, Text

SHOWN_STATUSES = ("pending", "posted", "failed", "reversed")


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
    description = serializers.CharField()
    reference = serializers.CharField()
    metadata = MetadataMap()


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
    original_transaction_id = PublicId("TXN", allow_null=True, help_text="What this one reverses.")
    reversed_by_ids = serializers.ListField(child=PublicId("TXN"))
    reversal_date = serializers.DateField(allow_null=True)
    reversal_reason = serializers.CharField(allow_null=True)
    error_code = serializers.CharField(allow_null=True)
    error_message = serializers.CharField(allow_null=True)
    warnings = WarningShape(many=True, help_text="What posting this draft would refuse.")
    version = serializers.IntegerField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NewEntryShape(serializers.Serializer):
    account_id = PublicId("ACT")
    entry_type = serializers.ChoiceField(SIDES)
    amount = Number(help_text="Greater than zero, in the account's currency.")
    currency_id = CurrencyCode(required=False, help_text="The account's, if given.")
    currency_rate = Number(required=False, help_text="Ignored where the account is in base currency.")
    description = Text(required=False, allow_blank=True, max_length=LONGEST["description"])
    reference = Text(required=False, allow_blank=True, max_length=LONGEST["reference"])
    metadata = MetadataMap(required=False)


class TransactionFields(serializers.Serializer):
    type = serializers.ChoiceField(TYPES, required=False, help_text="`journal` unless given.")
    transaction_date = Day(required=False, help_text="Today unless given.")
    description = Text(required=False, allow_blank=True, max_length=LONGEST["description"])
    reference_number = Text(required=False, allow_blank=True, max_length=LONGEST["reference_number"])
    external_id = Text(required=False, allow_null=True, max_length=LONGEST["external_id"])
    currency_id = CurrencyCode(required=False, help_text="What `amount` is in; the base currency unless given.")
    amount = Number(required=False, help_text="What the transaction is about; its larger side unless given.")
    account_id = PublicId("ACT", required=False, allow_null=True)
    contact_id = PublicId("CON", required=False, allow_null=True)
    category_id = PublicId("CAT", required=False, allow_null=True)
    metadata = MetadataMap(required=False)


class NewTransactionShape(TransactionFields):
    entries = NewEntryShape(many=True, min_length=2)
    auto_post = Flag(required=False, help_text="Post at once; false unless given.")


class TransactionChangesShape(TransactionFields):
    entries = NewEntryShape(many=True, required=False, min_length=2)


class ReversalShape(serializers.Serializer):
    reason = Text(required=False, allow_blank=True, max_length=2000)
    reversal_date = Day(required=False, help_text="Today unless given.")
    description = Text(required=False, allow_blank=True, max_length=2000)
    auto_post = Flag(required=False, default=True)


class LedgerEntryShape(EntryShape):
    """An entry as its account sees it."""

    balance_impact = Number(help_text="Positive where the entry increases the account.")
    running_balance = Number(help_text="The account's balance after this entry, by date.")
    transaction_description = serializers.CharField()
    transaction_type = serializers.ChoiceField(TYPES)
    reference_number = serializers.CharField()
