"""What trying a bank rule on past lines looks like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from ledger.journal.drafts import SIDES
from ledger.journal.drafts import TYPES as TRANSACTION_TYPES
from organizations.wire.shapes import Day, Number, PublicId, Text
from reconciliation.rules.shapes import (
    CONDITIONS,
    Actions,
    BankRuleChangesShape,
    Conditions,
    RuleFields,
    Whole,
)
from reconciliation.rules.trials import MOST_LINES
from reconciliation.statements.models import STATUSES


class SpanFields(serializers.Serializer):
    account_id = PublicId(
        "ACT", required=False, allow_null=True, help_text="Lines of this account; of all unless given."
    )
    start_date = Day(required=False, allow_null=True, help_text="Lines on or after this day.")
    end_date = Day(required=False, allow_null=True, help_text="Lines on or before this day.")
    limit = Whole(
        required=False,
        min_value=1,
        max_value=MOST_LINES,
        help_text=f"How many of the newest lines; {MOST_LINES} unless given.",
    )


class TriedBankRuleShape(RuleFields):
    name = Text(required=False, max_length=100)
    conditions = Conditions()
    actions = Actions()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Whom would it catch?",
            request_only=True,
            value={
                "rule": {
                    "conditions": [{"field": "counterparty", "operator": "contains", "value": "telecom"}],
                    "actions": {"account_id": "ACT_1000000000000001"},
                },
                "start_date": "2024-01-01",
            },
        )
    ]
)
class NewBankRuleTrialShape(SpanFields):
    rule = TriedBankRuleShape(help_text="A rule as it would be saved.")


class BankRuleTrialShape(SpanFields):
    rule = BankRuleChangesShape(required=False, help_text="Changes to try, as they would be saved.")


class CaughtSumShape(serializers.Serializer):
    account_id = PublicId("ACT")
    currency_id = serializers.CharField()
    count = serializers.IntegerField()
    money_in = Number()
    money_out = Number(help_text="Zero or less, as on the statement.")


@extend_schema_field({**CONDITIONS["items"]["properties"]["value"]})
class HitValue(serializers.Field):
    """What a condition compares with."""

    def to_representation(self, value):
        return value


@extend_schema_field({"type": ["string", "number"]})
class Found(serializers.Field):
    """A text or an amount of the line."""

    def to_representation(self, value):
        return value


class BankRuleHitShape(serializers.Serializer):
    """A condition that the line fulfils."""

    field = serializers.CharField()
    operator = serializers.CharField()
    value = HitValue()
    found = Found(help_text="What of the line fulfils it.")


class BookedEntryShape(serializers.Serializer):
    account_id = PublicId("ACT")
    entry_type = serializers.ChoiceField(SIDES)
    amount = Number()
    description = serializers.CharField()


class BankRuleBookingShape(serializers.Serializer):
    """The transaction that would be made."""

    type = serializers.ChoiceField(TRANSACTION_TYPES)
    transaction_date = serializers.DateField()
    description = serializers.CharField()
    reference_number = serializers.CharField()
    currency_id = serializers.CharField()
    contact_id = PublicId("CON", allow_null=True)
    entries = BookedEntryShape(many=True)


class BookingProblemShape(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class CaughtLineShape(serializers.Serializer):
    line_id = PublicId("LIN")
    account_id = PublicId("ACT")
    date = serializers.DateField()
    amount = Number(help_text="Signed as on the statement.")
    description = serializers.CharField()
    counterparty = serializers.CharField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    hits = BankRuleHitShape(many=True)
    taken_by_rule_id = PublicId("RUL", allow_null=True, help_text="An active rule that is asked earlier and takes it.")
    booking = BankRuleBookingShape(allow_null=True, help_text="Null where the line cannot be divided.")
    problems = BookingProblemShape(many=True, help_text="What would keep it from being booked.")


class BankRuleTrialResultShape(serializers.Serializer):
    """What a rule would have caught. Nothing is saved or booked."""

    object = serializers.CharField()
    rule_id = PublicId("RUL", allow_null=True)
    lines_tried = serializers.IntegerField()
    lines_caught = serializers.IntegerField()
    lines_taken_before = serializers.IntegerField(help_text="How many of them an earlier rule takes.")
    line_ids = serializers.ListField(child=PublicId("LIN"), help_text="All lines that it catches, the latest first.")
    sums = CaughtSumShape(many=True, help_text="By account.")
    lines = CaughtLineShape(many=True, help_text="The first 20.")
