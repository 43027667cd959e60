"""What statement lines and matches look like on the wire."""

from decimal import Decimal

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.journal.drafts import TYPES
from ledger.payments.shapes import DocumentId
from organizations.wire.batches import BatchFields, BatchShape, ResultShape
from organizations.wire.shapes import Day, MetadataMap, Number, PublicId, Text
from reconciliation.matching.models import ORIGINS
from reconciliation.matching.models import STATUSES as MATCH_STATUSES
from reconciliation.statements.models import STATUSES, VERDICTS

MOST_SPLITS = 500


class RunnerUpShape(serializers.Serializer):
    score = serializers.IntegerField()
    entry_ids = serializers.ListField(child=PublicId("LED"))


class MatchShape(serializers.Serializer):
    """What belongs together, how sure that is, and who said so."""

    object = serializers.CharField()
    id = PublicId("MAT")
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    status = serializers.ChoiceField(MATCH_STATUSES)
    origin = serializers.ChoiceField(ORIGINS)
    line_ids = serializers.ListField(child=PublicId("LIN"))
    entry_ids = serializers.ListField(child=PublicId("LED"), help_text="None: the suggestion is to book the line.")
    document_ids = serializers.ListField(
        child=serializers.CharField(), help_text="Invoices, bills or credits that the line pays, in this order."
    )
    payment_id = PublicId("PAY", allow_null=True, help_text="The payment that was booked for it.")
    transaction_id = PublicId("TXN", allow_null=True, help_text="What was posted for it.")
    fee = Number(help_text="What the bank kept: the entries less the lines.")
    score = serializers.IntegerField(allow_null=True, help_text="In thousandths.")
    margin = serializers.IntegerField(allow_null=True, help_text="How far the next best is behind, in thousandths.")
    features = serializers.DictField(child=serializers.IntegerField(), help_text="What made the score.")
    runner_up = RunnerUpShape(allow_null=True)
    reason = serializers.CharField()
    scoring_version = serializers.IntegerField(allow_null=True)
    rule_id = PublicId("RUL", allow_null=True)
    rule_version = serializers.IntegerField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class StatementLineShape(serializers.Serializer):
    """One line as the bank wrote it, and what became of it."""

    object = serializers.CharField()
    id = PublicId("LIN")
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    statement_id = PublicId("STM")
    place = serializers.IntegerField(help_text="The line, or entry, of the file, from 1.")
    date = serializers.DateField()
    value_date = serializers.DateField(allow_null=True)
    amount = Number(help_text="Positive is money in.")
    currency_id = serializers.CharField()
    balance = Number(allow_null=True, help_text="The running balance that the bank printed.")
    description = serializers.CharField()
    counterparty = serializers.CharField()
    counterparty_account = serializers.CharField()
    reference = serializers.CharField()
    bank_id = serializers.CharField()
    kind = serializers.CharField(help_text="The bank's own code.")
    status = serializers.ChoiceField(STATUSES)
    verdict = serializers.ChoiceField(VERDICTS, help_text="`conflict`: so like a known line that a person should look.")
    ignore_reason = serializers.CharField()
    match = MatchShape(allow_null=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample("Entries", request_only=True, value={"entry_ids": ["LED_1000000000000000"]}),
        OpenApiExample("A transaction", request_only=True, value={"transaction_id": "TXN_1000000000000000"}),
        OpenApiExample("An invoice", request_only=True, value={"document_ids": ["INV_1000000000000000"]}),
        OpenApiExample("As suggested", request_only=True, value={}),
    ]
)
class MatchWishShape(serializers.Serializer):
    """With what to match a line: entries, transactions, documents that it pays, or what is suggested."""

    entry_ids = serializers.ListField(child=PublicId("LED"), required=False, max_length=500)
    transaction_id = PublicId("TXN", required=False)
    transaction_ids = serializers.ListField(child=PublicId("TXN"), required=False, max_length=500)
    document_ids = serializers.ListField(
        child=DocumentId(),
        required=False,
        max_length=500,
        help_text="Paid in this order as far as the line reaches; what is more stays the contact's credit.",
    )
    line_ids = serializers.ListField(
        child=PublicId("LIN"), required=False, max_length=500, help_text="Further lines of the same match."
    )
    fee_account_id = PublicId("ACT", required=False, help_text="Where to post what the bank kept.")


class ReasonShape(serializers.Serializer):
    reason = Text(required=False, allow_blank=True, max_length=2000)


class IgnoreShape(serializers.Serializer):
    reason = Text(max_length=2000)


class SplitShape(serializers.Serializer):
    account_id = PublicId("ACT")
    amount = Number(help_text="A share of the line's size; below zero it goes to the other side, as a fee does.")
    description = Text(required=False, allow_blank=True, max_length=2000)
    tax_ids = serializers.ListField(
        child=PublicId("TAX"), required=False, max_length=5, help_text="Taxes that the amount contains."
    )


class WordingShape(serializers.Serializer):
    type = serializers.ChoiceField(TYPES, required=False, help_text="Left out, it follows from the accounts.")
    date = Day(required=False, help_text="Left out, the line's.")
    description = Text(required=False, allow_blank=True, max_length=2000)
    contact_id = PublicId("CON", required=False, allow_null=True)
    category_id = PublicId("CAT", required=False, allow_null=True)
    currency_rate = Number(required=False, help_text="Of the bank account's currency, where it is a foreign one.")


@extend_schema_serializer(
    examples=[
        OpenApiExample("One account", request_only=True, value={"account_id": "ACT_1000000000000000"}),
        OpenApiExample(
            "A pay-out less a fee",
            request_only=True,
            value={
                "splits": [
                    {"account_id": "ACT_1000000000000000", "amount": Decimal("100.00")},
                    {"account_id": "ACT_1000000000000001", "amount": Decimal("-2.90"), "description": "Card fee"},
                ]
            },
        ),
    ]
)
class BookingShape(WordingShape):
    """What to book a line as."""

    account_id = PublicId("ACT", required=False)
    tax_ids = serializers.ListField(
        child=PublicId("TAX"),
        required=False,
        max_length=5,
        help_text="Taxes that the amount contains; of splits, each its own.",
    )
    splits = SplitShape(many=True, required=False, max_length=MOST_SPLITS)

    def validate(self, attrs):
        if ("account_id" in attrs) == bool(attrs.get("splits")):
            raise serializers.ValidationError({"account_id": "Either account_id or splits."})
        return attrs


class SplittingShape(WordingShape):
    """How to split a line over accounts."""

    splits = SplitShape(many=True, allow_empty=False, max_length=MOST_SPLITS)


class LineTransferShape(serializers.Serializer):
    """The other side of a transfer."""

    account_id = PublicId("ACT", help_text="The other account.")
    line_id = PublicId("LIN", required=False, help_text="The line there; left out, it is looked for.")
    description = Text(required=False, allow_blank=True, max_length=2000)


class AcceptShape(serializers.Serializer):
    fee_account_id = PublicId("ACT", required=False, help_text="Where to post what the bank kept.")


class AcceptBatchShape(BatchFields):
    """Suggestions to accept: named, or all of an account from a score upward."""

    match_ids = serializers.ListField(child=serializers.CharField(), required=False, min_length=1, max_length=10_000)
    account_id = PublicId("ACT", required=False, help_text="All suggestions of this account, with `min_score`.")
    min_score = serializers.IntegerField(required=False, min_value=0, max_value=1000)

    def validate(self, attrs):
        if ("match_ids" in attrs) == ("account_id" in attrs) or ("account_id" in attrs) != ("min_score" in attrs):
            raise serializers.ValidationError({"match_ids": "Either match_ids, or account_id with min_score."})
        return super().validate(attrs)


class AcceptedResultShape(ResultShape):
    match = MatchShape(required=False)


class AcceptedBatchShape(BatchShape):
    results = AcceptedResultShape(many=True)


class CandidateShape(serializers.Serializer):
    """An entry of the books that could be the line, or open documents that it could pay."""

    object = serializers.CharField()
    entry_ids = serializers.ListField(child=PublicId("LED"))
    document_ids = serializers.ListField(child=serializers.CharField())
    transaction_id = PublicId("TXN", allow_null=True)
    date = serializers.DateField()
    description = serializers.CharField()
    reference = serializers.CharField()
    amount = Number(help_text="Positive is money in.")
    score = serializers.IntegerField(help_text="In thousandths.")
    features = serializers.DictField(child=serializers.IntegerField())


class CandidatesShape(serializers.Serializer):
    """The most likely entries and open documents for a line, the best first."""

    object = serializers.CharField()
    line_id = PublicId("LIN")
    data = CandidateShape(many=True)
    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(allow_null=True)


class ExplainedEntryShape(serializers.Serializer):
    id = PublicId("LED")
    transaction_id = PublicId("TXN")
    transaction_date = serializers.DateField()
    description = serializers.CharField()
    reference = serializers.CharField()
    amount = Number(help_text="Positive is money in.")


class SumsShape(serializers.Serializer):
    lines = Number()
    entries = Number()
    difference = Number(help_text="`entries` less `lines`: what the bank kept.")


class FeatureShape(serializers.Serializer):
    name = serializers.CharField()
    points = serializers.IntegerField()
    meaning = serializers.CharField()


class BoundsShape(serializers.Serializer):
    score = serializers.IntegerField()
    margin = serializers.IntegerField()


class ExplainedRunnerUpShape(serializers.Serializer):
    score = serializers.IntegerField()
    entries = ExplainedEntryShape(many=True)


class RuleVersionShape(serializers.Serializer):
    id = PublicId("RUL")
    version = serializers.IntegerField()


class MatchExplanationShape(serializers.Serializer):
    """Why lines and entries were matched or suggested."""

    object = serializers.CharField()
    match = MatchShape()
    lines = StatementLineShape(many=True)
    entries = ExplainedEntryShape(many=True)
    sums = SumsShape()
    features = FeatureShape(many=True)
    points = serializers.IntegerField(help_text="The features' sum; the score is it, cut to 0 … 1000.")
    accepted_from = BoundsShape(help_text="What it takes to be accepted without a person.")
    reason = serializers.CharField()
    runner_up = ExplainedRunnerUpShape(allow_null=True)
    rule = RuleVersionShape(allow_null=True)
