"""What reconciliations look like on the wire."""

from decimal import Decimal

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from organizations.wire.shapes import Day, Flag, MetadataMap, Number, PublicId, Text
from reconciliation.sessions.models import OPENINGS, STATUSES
from reconciliation.sessions.standings import ENTRY_STATUSES, MARK_STATES
from reconciliation.sessions.suspicions import KINDS

MOST_IDS = 10_000
MOST_ADJUSTMENTS = 100
SIGNED = "Signed as on the statement: money in is positive; what a credit card owes is below zero."


class PostedAdjustmentShape(serializers.Serializer):
    transaction_id = PublicId("TXN")
    entry_ids = serializers.ListField(child=PublicId("LED"), help_text="Its entries on the reconciled account.")
    transaction_date = serializers.DateField()
    description = serializers.CharField()
    amount = Number(help_text=SIGNED)


class ReconciliationShape(serializers.Serializer):
    """A session that proves an account against the bank's statement of a period."""

    object = serializers.CharField()
    id = PublicId("REC")
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    currency_id = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    opening_balance = Number(help_text=SIGNED)
    opening_from = serializers.ChoiceField(
        OPENINGS,
        help_text="`previous`: the closing balance of the reconciliation before. The first one has what the `books` had"
        " at the end of the day before, or what was `given`.",
    )
    closing_balance = Number(help_text=SIGNED)
    reconciled_amount = Number(help_text="The sum of the marked entries.")
    reconciled_count = serializers.IntegerField()
    difference = Number(help_text="`closing_balance` less `opening_balance` less `reconciled_amount`.")
    ledger_balance = Number(help_text="What the books have at the end of the last day, with the same sign.")
    status = serializers.ChoiceField(STATUSES)
    completed_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    adjustments = PostedAdjustmentShape(many=True, help_text="What the session posted. It stays posted, come what may.")
    warnings = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Fields of the request that nobody read."
    )
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TransactionStandingShape(serializers.Serializer):
    """Whether a transaction is reconciled: all of its entries on the account are."""

    transaction_id = PublicId("TXN")
    reconciled = serializers.BooleanField()
    reconciled_at = serializers.DateTimeField(allow_null=True)
    reconciliation_id = PublicId("REC", allow_null=True)


class MarkedReconciliationShape(ReconciliationShape):
    """The reconciliation after an act on its marks."""

    transactions = TransactionStandingShape(many=True, help_text="Of the transactions and entries that were named.")


class ReopenedReconciliationShape(ReconciliationShape):
    """The reconciliation, open again."""

    cancelled_reconciliation_ids = serializers.ListField(
        child=PublicId("REC"), help_text="The later ones that `cascade` cancelled, the latest first."
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "The statement of January",
            request_only=True,
            value={
                "account_id": "ACT_1000000000000000",
                "start_date": "2024-01-01",
                "end_date": "2024-01-31",
                "closing_balance": Decimal("15750.00"),
            },
        )
    ]
)
class NewReconciliationShape(serializers.Serializer):
    account_id = PublicId("ACT", help_text="An asset or a liability.")
    start_date = Day()
    end_date = Day()
    closing_balance = Number(help_text=SIGNED)
    opening_balance = Number(
        required=False,
        allow_null=True,
        help_text="For the first reconciliation of an account, if it is not what the books had before `start_date`.",
    )
    auto_match = Flag(
        required=False, help_text="Mark the entries that are matched with statement lines dated in the period."
    )
    metadata = MetadataMap(required=False)


class ReconciliationChangesShape(serializers.Serializer):
    closing_balance = Number(required=False, help_text=SIGNED)
    end_date = Day(required=False)
    metadata = MetadataMap(required=False)
    account_id = PublicId("ACT", required=False, help_text="Fixed for life: another account is refused.")
    start_date = Day(required=False, help_text="Fixed for life.")
    opening_balance = Number(required=False, help_text="Fixed for life.")


class ReconciledTransactionShape(serializers.Serializer):
    """A transaction as an object that names it, ``{"transaction_id": "TXN_…"}``, or as its id alone."""

    transaction_id = PublicId("TXN")

    def to_internal_value(self, data):
        return super().to_internal_value({"transaction_id": data} if isinstance(data, str) else data)


class NewAdjustmentShape(serializers.Serializer):
    amount = Number(help_text=f"{SIGNED} Not zero.")
    account_id = PublicId("ACT", help_text="The other side, such as bank fees.")
    description = Text(max_length=2000)
    date = Day(required=False, allow_null=True, help_text="The reconciliation's last day unless given.")
    currency_rate = Number(
        required=False, allow_null=True, help_text="Needed where the reconciled account is in a foreign currency."
    )


class ReconciliationNamesShape(serializers.Serializer):
    """What is meant: transactions stand for all their entries on the account."""

    transaction_ids = serializers.ListField(child=PublicId("TXN"), required=False, max_length=MOST_IDS)
    entry_ids = serializers.ListField(child=PublicId("LED"), required=False, max_length=MOST_IDS)
    matched_transactions = ReconciledTransactionShape(
        many=True, required=False, max_length=MOST_IDS, help_text="Objects that name them, or their ids alone."
    )
    reconciliation_id = PublicId("REC", required=False, help_text="The same as in the address.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "What the statement shows",
            request_only=True,
            value={"transaction_ids": ["TXN_1000000000000000", "TXN_1000000000000001"]},
        ),
        OpenApiExample(
            "A fee that is not in the books yet",
            request_only=True,
            value={
                "adjustments": [
                    {"amount": Decimal("-15.00"), "account_id": "ACT_1000000000000001", "description": "Bank fee"}
                ]
            },
        ),
    ]
)
class ReconciliationMarksShape(ReconciliationNamesShape):
    adjustments = NewAdjustmentShape(
        many=True, required=False, max_length=MOST_ADJUSTMENTS, help_text="Posted at once, and marked."
    )
    auto_match = Flag(required=False, help_text="Mark as well what is matched with statement lines of the period.")


class ReopenReconciliationShape(serializers.Serializer):
    cascade = Flag(required=False, default=False, help_text="Cancel the later ones, which open with its balance.")


class EntryStandingShape(serializers.Serializer):
    """An entry on the account, and whether it is reconciled.

    `outstanding`: the account is reconciled through its day, and the bank has not shown it.
    """

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    entry_id = PublicId("LED")
    transaction_id = PublicId("TXN")
    transaction_date = serializers.DateField()
    description = serializers.CharField()
    reference = serializers.CharField()
    amount = Number(help_text=SIGNED)
    currency_id = serializers.CharField()
    status = serializers.ChoiceField(ENTRY_STATUSES)
    reconciled = serializers.BooleanField()
    reconciled_at = serializers.DateTimeField(allow_null=True)
    reconciliation_id = PublicId("REC", allow_null=True)
    covered_by_opening = serializers.BooleanField(
        help_text="No session marked it: the first opening balance, taken from the books, has it in it."
    )
    match_id = PublicId("MAT", allow_null=True, help_text="The accepted match with lines of the bank.")


class SessionEntryShape(EntryStandingShape):
    """An entry that the reconciliation has marked, or could mark."""

    state = serializers.ChoiceField(MARK_STATES)


class ReconciliationReportEntryShape(serializers.Serializer):
    entry_id = PublicId("LED")
    transaction_id = PublicId("TXN")
    transaction_date = serializers.DateField()
    description = serializers.CharField()
    reference = serializers.CharField()
    amount = Number()


class ReconciliationReportLineShape(serializers.Serializer):
    statement_line_id = PublicId("LIN")
    date = serializers.DateField()
    description = serializers.CharField()
    counterparty = serializers.CharField()
    reference = serializers.CharField()
    amount = Number()
    status = serializers.CharField()


class ReconciliationReportPartShape(serializers.Serializer):
    count = serializers.IntegerField()
    total = Number()


class ReconciliationReportEntriesShape(ReconciliationReportPartShape):
    entries = ReconciliationReportEntryShape(many=True, help_text="The first 500; count and total are of all.")


class ReconciliationReportLinesShape(ReconciliationReportPartShape):
    lines = ReconciliationReportLineShape(many=True, help_text="The first 500; count and total are of all.")


class ReconciledAccountShape(serializers.Serializer):
    id = PublicId("ACT")
    code = serializers.CharField()
    name = serializers.CharField()
    account_type = serializers.CharField()
    currency_id = serializers.CharField()


class ReconciliationProofShape(serializers.Serializer):
    """How the statement leads to the books: `closing_balance - difference + outstanding - dated_after +
    brought_forward = book_balance`."""

    closing_balance = Number()
    difference = Number(help_text="Zero once the reconciliation is completed.")
    outstanding = Number(help_text="In the books, not on the statements until then.")
    dated_after = Number(help_text="On the statements until then, in the books at a later day.")
    brought_forward = Number(
        help_text="What the books had before the first reconciliation and no statement has shown, less its opening"
        " balance: zero where that was taken from the books."
    )
    book_balance = Number()
    is_proven = serializers.BooleanField()


class ReconciliationReportShape(serializers.Serializer):
    """The reconciliation, proven: statement, books, and what lies between them."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    reconciliation = ReconciliationShape()
    account = ReconciledAccountShape()
    reconciled = ReconciliationReportEntriesShape()
    outstanding = ReconciliationReportEntriesShape()
    dated_after = ReconciliationReportEntriesShape()
    unbooked = ReconciliationReportLinesShape(help_text="Lines of the period that are in no match.")
    proof = ReconciliationProofShape()


class DiscrepancyShape(serializers.Serializer):
    kind = serializers.ChoiceField(KINDS)
    explanation = serializers.CharField()
    amount = Number(help_text="What putting it right takes off the difference, as far as that is known.")
    explains_difference = serializers.BooleanField()
    entry_ids = serializers.ListField(child=PublicId("LED"))
    transaction_ids = serializers.ListField(child=PublicId("TXN"))
    statement_line_ids = serializers.ListField(child=PublicId("LIN"))


class DiscrepanciesShape(serializers.Serializer):
    """What may be behind the difference of a reconciliation."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    reconciliation_id = PublicId("REC")
    difference = Number()
    count = serializers.IntegerField()
    candidates = DiscrepancyShape(
        many=True, help_text="Those that explain the whole difference first; 500 at most, `count` is of all."
    )
