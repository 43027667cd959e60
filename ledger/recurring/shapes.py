"""What schedules look like on the wire. Templates are read as the requests that they become."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from ledger.journal.drafts import TYPES as TRANSACTION_TYPES
from ledger.journal.shapes import NewEntryShape
from ledger.recurring.calendars import BUSINESS_DAYS, FREQUENCIES, LARGEST_INTERVAL, MOST_EXECUTIONS
from ledger.recurring.depreciating import METHODS, MOST_PERIODS
from ledger.recurring.models import CATCH_UPS, OUTCOMES, STATUSES, TYPES
from organizations.wire.shapes import CurrencyCode, Day, Flag, MetadataMap, Number, PublicId, Text

MOST_CAUGHT_UP = 10_000


class RevisionShape(serializers.Serializer):
    def get_fields(self):
        return {
            "from": serializers.DateField(help_text="The first day that uses it, before a weekend moves it."),
            "template": serializers.DictField(),
        }


class RecurringShape(serializers.Serializer):
    """A schedule, and how far it is."""

    object = serializers.CharField()
    id = PublicId("RCR")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    recurable_type = serializers.ChoiceField(TYPES)
    status = serializers.ChoiceField(STATUSES)
    pause_reason = serializers.CharField()
    frequency = serializers.ChoiceField(FREQUENCIES)
    interval = serializers.IntegerField()
    month_end = serializers.BooleanField()
    business_day = serializers.ChoiceField(BUSINESS_DAYS)
    started_at = serializers.DateField()
    ended_at = serializers.DateField(allow_null=True)
    max_executions = serializers.IntegerField(allow_null=True)
    catch_up = serializers.ChoiceField(CATCH_UPS)
    catch_up_limit = serializers.IntegerField()
    auto_post = serializers.BooleanField()
    auto_send = serializers.BooleanField()
    template = serializers.DictField(help_text="What the next occurrence is made from.")
    revisions = RevisionShape(many=True, help_text="Templates that come later.")
    depreciation = serializers.DictField(allow_null=True)
    next_execution = serializers.DateField(allow_null=True)
    last_execution = serializers.DateTimeField(allow_null=True)
    executions_count = serializers.IntegerField(help_text="Occurrences that ran, also those that failed.")
    warnings = WarningShape(many=True)
    version = serializers.IntegerField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ExecutionShape(serializers.Serializer):
    """One occurrence, and what became of it."""

    object = serializers.CharField()
    id = PublicId("EXC")
    organization_id = PublicId("ORG")
    recurring_id = PublicId("RCR")
    number = serializers.IntegerField(help_text="Counted from 1.")
    due_date = serializers.DateField()
    status = serializers.ChoiceField(OUTCOMES)
    transaction_id = PublicId(
        "TXN", allow_null=True, help_text="What was posted; of a failed one, what holds the reason."
    )
    document_id = serializers.CharField(allow_null=True)
    error_code = serializers.CharField(allow_null=True)
    error_message = serializers.CharField(
        allow_null=True, help_text="Of one that failed, or whose draft was deleted: it is not made again by itself."
    )
    attempts = serializers.IntegerField()
    executed_at = serializers.DateTimeField()


class OccurrenceShape(serializers.Serializer):
    number = serializers.IntegerField()
    due_date = serializers.DateField()
    period = serializers.CharField()
    request = serializers.DictField(help_text="What will be made, as a request would say it.")


class PreviewShape(serializers.Serializer):
    """The next occurrences of a schedule."""

    object = serializers.CharField()
    recurring_id = PublicId("RCR")
    data = OccurrenceShape(many=True)
    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(allow_null=True)


class DepreciationShape(serializers.Serializer):
    """An asset that loses its worth. Declining balance: by default twice the straight line's share.

    Its periods are all posted, in order and dated as due, also those that were missed or fell into a pause: they add
    up to cost less salvage value. So `ended_at`, `max_executions` and `catch_up` are not the schedule's to choose.
    """

    method = serializers.ChoiceField(METHODS, required=False, help_text="`straight_line` unless given.")
    cost = Number()
    salvage_value = Number(required=False, help_text="What it is worth in the end; 0 unless given.")
    periods = serializers.IntegerField(min_value=1, max_value=MOST_PERIODS)
    rate = Number(required=False, allow_null=True, help_text="Percent of a period, for a declining balance.")
    expense_account_id = PublicId("ACT")
    accumulated_account_id = PublicId("ACT")

    def to_internal_value(self, data):
        return data  # read by ``templates.read_depreciation``, with its own rules


class RuleFields(serializers.Serializer):
    """When, and how."""

    name = Text(required=False, allow_blank=True, max_length=200)
    frequency = serializers.ChoiceField(FREQUENCIES, required=False)
    interval = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_INTERVAL)
    month_end = Flag(
        required=False,
        allow_null=True,
        help_text="From a last day of a month to last days of months; true for the 31st unless given.",
    )
    business_day = serializers.ChoiceField(BUSINESS_DAYS, required=False, help_text="What a weekend gives way to.")
    ended_at = Day(required=False, allow_null=True, help_text="The last day that counts, before a weekend moves it.")
    max_executions = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_EXECUTIONS)
    catch_up = serializers.ChoiceField(
        CATCH_UPS,
        required=False,
        help_text="What becomes of missed days: `all` in order, dated as due; the `latest` alone; `none`. Of a "
        "depreciation `all` alone.",
    )
    catch_up_limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_CAUGHT_UP,
        help_text="More than so many missed days pause the schedule.",
    )
    auto_post = Flag(required=False, help_text="Post or issue (the default); else drafts are saved.")
    auto_send = Flag(required=False, help_text="Send invoices by e-mail.")
    template = serializers.DictField(
        required=False,
        allow_null=True,
        help_text="What a new transaction, invoice or bill is made from, without its dates. In its texts `{period}`, "
        "`{month}`, `{year}`, `{date}` and `{n}` tell the occurrence: `{date}` is the day on which it is dated, the "
        "others go by the calendar, before a weekend moves it.",
    )
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Rent, every month",
            request_only=True,
            value={
                "frequency": "monthly",
                "started_at": "2024-01-01",
                "template": {
                    "description": "Rent {period}",
                    "entries": [
                        {"account_id": "ACT_1000000000000001", "entry_type": "debit", "amount": "1200.00"},
                        {"account_id": "ACT_1000000000000002", "entry_type": "credit", "amount": "1200.00"},
                    ],
                },
            },
        ),
        OpenApiExample(
            "What was posted once, again and again",
            request_only=True,
            value={
                "recurable_type": "transaction",
                "recurable_id": "TXN_1000000000000001",
                "frequency": "monthly",
                "interval": 1,
                "started_at": "2024-01-01",
                "auto_send": True,
            },
        ),
        OpenApiExample(
            "Depreciation",
            request_only=True,
            value={
                "frequency": "monthly",
                "started_at": "2024-01-31",
                "depreciation": {
                    "method": "straight_line",
                    "cost": "12000.00",
                    "salvage_value": "2000.00",
                    "periods": 60,
                    "expense_account_id": "ACT_1000000000000003",
                    "accumulated_account_id": "ACT_1000000000000004",
                },
            },
        ),
    ]
)
class NewRecurringShape(RuleFields):
    recurable_type = serializers.ChoiceField(TYPES, required=False, help_text="`transaction` unless given.")
    recurable_id = serializers.CharField(
        required=False, allow_null=True, help_text="What is to be repeated, instead of a template."
    )
    frequency = serializers.ChoiceField(FREQUENCIES)
    started_at = Day(required=False, allow_null=True, help_text="The first due date; today unless given.")
    depreciation = DepreciationShape(required=False, allow_null=True)
    type = serializers.ChoiceField(TRANSACTION_TYPES, required=False, help_text="As in `template`.")
    description = Text(required=False, allow_blank=True, max_length=2000, help_text="As in `template`.")
    reference_number = Text(required=False, allow_blank=True, max_length=100, help_text="As in `template`.")
    currency_id = CurrencyCode(required=False, help_text="As in `template`.")
    contact_id = PublicId("CON", required=False, allow_null=True, help_text="As in `template`.")
    category_id = PublicId("CAT", required=False, allow_null=True, help_text="As in `template`.")
    entries = NewEntryShape(many=True, required=False, help_text="As in `template`.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "More rent from July on",
            request_only=True,
            value={
                "effective_from": "2030-07-01",
                "template": {
                    "description": "Rent {period}",
                    "entries": [
                        {"account_id": "ACT_1000000000000001", "entry_type": "debit", "amount": "1300.00"},
                        {"account_id": "ACT_1000000000000002", "entry_type": "credit", "amount": "1300.00"},
                    ],
                },
            },
        )
    ]
)
class ChangedRecurringShape(RuleFields):
    effective_from = Day(
        required=False, allow_null=True, help_text="The first day of the new template, before a weekend moves it."
    )


class PauseShape(serializers.Serializer):
    reason = Text(required=False, allow_blank=True, max_length=200)


class ResumeShape(serializers.Serializer):
    catch_up = serializers.ChoiceField(
        CATCH_UPS,
        required=False,
        help_text="What becomes of days that fell due meanwhile, whatever the schedule's own rule: `none` unless "
        "given, of a depreciation `all`.",
    )
