"""What closing looks like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from ledger.closing.calendars import STATUSES
from ledger.closing.opening import MOST_LINES
from ledger.journal.shapes import TransactionShape
from ledger.locks.answers import LIFT_STATUSES
from ledger.locks.areas import AREAS
from organizations.wire.shapes import Day, MetadataMap, Number, PublicId, Text


class LockDatesShape(serializers.Serializer):
    """The soft locks: for each area the day through which nothing of it is posted. Null: not locked."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    journal = serializers.DateField(allow_null=True, help_text="Journal, depreciation, opening and closing.")
    sales = serializers.DateField(allow_null=True, help_text="Transactions of type income.")
    purchases = serializers.DateField(allow_null=True, help_text="Transactions of type expense.")
    bank = serializers.DateField(allow_null=True, help_text="Transfers.")
    books_closed_through = serializers.DateField(allow_null=True, help_text="The hard lock, which nobody passes.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Sales and purchases of May are done",
            request_only=True,
            value={"sales": "2026-05-31", "purchases": "2026-05-31", "bank": None},
        )
    ]
)
class LockDateChangesShape(serializers.Serializer):
    journal = Day(required=False, allow_null=True)
    sales = Day(required=False, allow_null=True)
    purchases = Day(required=False, allow_null=True)
    bank = Day(required=False, allow_null=True)

    def validate(self, attrs: dict) -> dict:
        unknown = set(self.initial_data) - set(AREAS)
        if unknown:
            raise serializers.ValidationError({name: f"One of {', '.join(AREAS)}." for name in sorted(unknown)})
        return attrs


class LiftShape(serializers.Serializer):
    """Leave for one user or API key to post into a locked area, for a while."""

    object = serializers.CharField()
    id = PublicId("LFT")
    organization_id = PublicId("ORG")
    area = serializers.ChoiceField(AREAS)
    user_id = PublicId("USR", allow_null=True)
    api_key_id = PublicId("KEY", allow_null=True)
    reason = serializers.CharField()
    status = serializers.ChoiceField(LIFT_STATUSES)
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A late supplier's bill",
            request_only=True,
            value={
                "area": "purchases",
                "user_id": "USR_1000000000000001",
                "reason": "The power company's bill for May came late",
                "expires_at": "2030-06-10T18:00:00Z",
            },
        )
    ]
)
class NewLiftShape(serializers.Serializer):
    area = serializers.ChoiceField(AREAS)
    user_id = PublicId("USR", required=False, allow_null=True, help_text="Either this or `api_key_id`.")
    api_key_id = PublicId("KEY", required=False, allow_null=True, help_text="A key of this organization.")
    reason = Text(max_length=2000)
    expires_at = serializers.DateTimeField()


class PeriodShape(serializers.Serializer):
    period = serializers.IntegerField(help_text="From 1.")
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    status = serializers.ChoiceField(STATUSES)
    soft_locked_areas = serializers.ListField(child=serializers.ChoiceField(AREAS))


class ClosingShape(serializers.Serializer):
    """The closing of a fiscal year."""

    object = serializers.CharField()
    id = PublicId("FYC")
    organization_id = PublicId("ORG")
    year = serializers.IntegerField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    transaction_ids = serializers.ListField(
        child=PublicId("TXN"), help_text="One for each currency of the revenue and expense accounts."
    )
    closed_at = serializers.DateTimeField()
    reopened_at = serializers.DateTimeField(allow_null=True)
    reopen_reason = serializers.CharField(allow_null=True)


class FiscalYearShape(serializers.Serializer):
    """A fiscal year, named by the calendar year in which it ends.

    `locked`: nobody posts (`books_closed_through`). `soft_locked`: some area is locked. `closed`: revenue and
    expenses are in retained earnings.
    """

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    year = serializers.IntegerField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    is_current = serializers.BooleanField()
    status = serializers.ChoiceField(STATUSES)
    soft_locked_areas = serializers.ListField(child=serializers.ChoiceField(AREAS))
    closing = ClosingShape(allow_null=True)
    periods = PeriodShape(many=True)


class ChecklistItemShape(serializers.Serializer):
    name = serializers.CharField()
    ok = serializers.BooleanField()
    acceptable = serializers.BooleanField(help_text="Closing may `accept` it as it is.")
    count = serializers.IntegerField()
    message = serializers.CharField()
    leads_to = serializers.CharField(help_text="Where to find what is counted.")


class ChecklistShape(serializers.Serializer):
    """What has to be in order before a year is closed."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    year = serializers.IntegerField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    ready = serializers.BooleanField()
    items = ChecklistItemShape(many=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample("Into the account with the role", request_only=True, value={}),
        OpenApiExample(
            "Into a named account, drafts known",
            request_only=True,
            value={"retained_earnings_account_id": "ACT_1000000000000001", "accept": ["drafts"]},
        ),
    ]
)
class CloseYearShape(serializers.Serializer):
    retained_earnings_account_id = PublicId(
        "ACT",
        required=False,
        allow_null=True,
        help_text="An equity account in base currency; the one with the role `retained_earnings` unless given.",
    )
    accept = serializers.ListField(
        child=Text(max_length=60),
        required=False,
        max_length=20,
        help_text="Items of the checklist that may stand as they are, such as `drafts`.",
    )


@extend_schema_serializer(
    examples=[OpenApiExample("An audit adjustment", request_only=True, value={"reason": "Audit adjustment of stock"})]
)
class ReopenYearShape(serializers.Serializer):
    reason = Text(max_length=2000)


class BalanceLineShape(serializers.Serializer):
    account_id = PublicId("ACT", required=False, allow_null=True, help_text="Either this or `account_code`.")
    account_code = Text(required=False, allow_null=True, max_length=32)
    debit = Number(required=False, allow_null=True)
    credit = Number(required=False, allow_null=True)


class OpeningLineShape(BalanceLineShape):
    currency_rate = Number(required=False, allow_null=True, help_text="Needed for accounts in a foreign currency.")
    description = Text(required=False, allow_blank=True, max_length=2000)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "From the last trial balance of the old books",
            request_only=True,
            value={
                "as_of": "2025-12-31",
                "lines": [
                    {"account_code": "1001", "debit": "12500.00"},
                    {"account_code": "2001", "credit": "2500.00"},
                    {"account_code": "3001", "credit": "10000.00"},
                ],
                "expected_trial_balance": [
                    {"account_code": "1001", "debit": "12500.00"},
                    {"account_code": "2001", "credit": "2500.00"},
                    {"account_code": "3001", "credit": "10000.00"},
                ],
            },
        )
    ]
)
class NewOpeningShape(serializers.Serializer):
    as_of = Day(help_text="The day that the balances are of; the transaction's date.")
    lines = OpeningLineShape(many=True, allow_empty=False, max_length=MOST_LINES)
    expected_trial_balance = BalanceLineShape(
        many=True,
        required=False,
        allow_null=True,
        max_length=MOST_LINES,
        help_text="In base currency. Every account must have this balance afterwards, or nothing is recorded.",
    )
    difference_account_id = PublicId(
        "ACT", required=False, allow_null=True, help_text="Takes what is missing for debits to equal credits."
    )
    description = Text(required=False, max_length=2000)


class OpeningShape(serializers.Serializer):
    """Opening balances as they were recorded."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    as_of = serializers.DateField()
    tied_out = serializers.BooleanField(help_text="Whether a trial balance was given; the books agree with it.")
    transaction = TransactionShape()
    warnings = WarningShape(many=True, required=False, help_text="Of fields of this request that nobody read.")
