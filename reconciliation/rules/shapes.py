"""What bank rules and learning look like on the wire. Conditions and actions are read by their own modules."""

from decimal import Decimal

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from organizations.wire.shapes import Flag, MetadataMap, Number, PublicId, Text
from reconciliation.rules import conditions as reading
from reconciliation.rules.actions import LONGEST_TEMPLATE, MOST_SPLITS, MOST_TAXES, PLACEHOLDERS, TYPES
from reconciliation.rules.ruling import LARGEST_PRIORITY

AMOUNT = {"type": ["number", "string"]}
CONDITIONS = {
    "type": "array",
    "minItems": 1,
    "maxItems": reading.MOST_CONDITIONS,
    "items": {
        "type": "object",
        "required": ["field", "operator", "value"],
        "additionalProperties": False,
        "properties": {
            "field": {
                "type": "string",
                "enum": list(reading.OPERATORS),
                "description": f"`text` is any of {', '.join(reading.WITHIN_TEXT)}; `amount` is signed as on the "
                "statement: money out is negative; `direction` is `in` or `out`.",
            },
            "operator": {
                "type": "string",
                "enum": [*reading.TEXT_OPERATORS, *reading.AMOUNT_OPERATORS],
                "description": f"Of texts {', '.join(reading.TEXT_OPERATORS)}, without case and accents; of `amount` "
                f"{', '.join(reading.AMOUNT_OPERATORS)}; of `direction` eq.",
            },
            "value": {
                "description": "A text; an amount; two amounts for `between`, the lower one first, which both belong "
                "to it.",
                "oneOf": [
                    {"type": "string", "minLength": 1, "maxLength": reading.LONGEST_VALUE},
                    {"type": "number"},
                    {"type": "array", "minItems": 2, "maxItems": 2, "items": AMOUNT},
                ],
            },
        },
    },
}
TEMPLATE = {
    "type": "string",
    "maxLength": LONGEST_TEMPLATE,
    "description": f"May hold {' '.join(f'{{{name}}}' for name in PLACEHOLDERS)} of the line.",
}


@extend_schema_field(CONDITIONS)
class Conditions(serializers.Field):
    """Conditions as they were written; ``conditions.py`` reads them."""

    def to_internal_value(self, data):
        return data

    def to_representation(self, value):
        return value


class BankRuleSplitShape(serializers.Serializer):
    """A share of the line: one of `percent`, `amount` and `rest`."""

    account_id = PublicId("ACT")
    percent = Number(allow_null=True, help_text="Of what fixed amounts leave; up to 4 decimals.")
    amount = Number(allow_null=True, help_text="Fixed, greater than zero, and taken first.")
    rest = serializers.BooleanField(help_text="Takes what the others leave.")
    description = serializers.CharField()
    tax_ids = serializers.ListField(child=PublicId("TAX"), required=False)


class BankRuleActionsShape(serializers.Serializer):
    """Where the amount goes, and what the booking says."""

    account_id = PublicId("ACT", allow_null=True)
    splits = BankRuleSplitShape(many=True, allow_null=True)
    type = serializers.ChoiceField(TYPES, allow_null=True)
    description = serializers.CharField()
    contact_id = PublicId("CON", allow_null=True)
    tax_ids = serializers.ListField(child=PublicId("TAX"), required=False, help_text="Where there are any.")


TAX_IDS = {
    "type": ["array", "null"],
    "maxItems": MOST_TAXES,
    "items": {"type": "string", "pattern": "^TAX_[0-9a-fA-F]{16}$"},
    "description": "Taxes that the amount contains; the account gets what is left without them.",
}
ACTIONS = {
    "type": "object",
    "additionalProperties": False,
    "description": "Either `account_id` or `splits`.",
    "properties": {
        "account_id": {
            "type": ["string", "null"],
            "pattern": "^ACT_[0-9a-fA-F]{16}$",
            "description": "The account that the whole amount goes to.",
        },
        "splits": {
            "type": ["array", "null"],
            "minItems": 1,
            "maxItems": MOST_SPLITS,
            "description": "Several accounts. Fixed amounts are taken first; percentages share what they leave. One "
            "split takes the rest, or the percentages make 100: nothing of a line is lost. A fixed amount larger than "
            "the line is `split_exceeds_line`: the line is then not booked.",
            "items": {
                "type": "object",
                "required": ["account_id"],
                "additionalProperties": False,
                "properties": {
                    "account_id": {"type": "string", "pattern": "^ACT_[0-9a-fA-F]{16}$"},
                    "percent": {"type": ["number", "string", "null"]},
                    "amount": {"type": ["number", "string", "null"]},
                    "rest": {"type": ["boolean", "null"]},
                    "description": {**TEMPLATE, "type": ["string", "null"]},
                    "tax_ids": TAX_IDS,
                },
            },
        },
        "type": {
            "type": ["string", "null"],
            "enum": [*TYPES, None],
            "description": "If left out: `income` for money in to a revenue account, `expense` for money out to an "
            "expense account, `transfer` between balance-sheet accounts, else `journal`.",
        },
        "description": {**TEMPLATE, "type": ["string", "null"]},
        "contact_id": {"type": ["string", "null"], "pattern": "^CON_[0-9a-fA-F]{16}$"},
        "tax_ids": TAX_IDS,
    },
}


@extend_schema_field(ACTIONS)
class Actions(serializers.Field):
    """Actions as they were written; ``actions.py`` reads them."""

    def to_internal_value(self, data):
        return data


class BankRuleShape(serializers.Serializer):
    """A rule: lines that fulfil the conditions go where the actions say."""

    object = serializers.CharField()
    id = PublicId("RUL")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    priority = serializers.IntegerField()
    account_id = PublicId("ACT", allow_null=True, help_text="The bank account that it is limited to.")
    match = serializers.ChoiceField(reading.MATCHES)
    conditions = Conditions()
    actions = BankRuleActionsShape()
    automatic = serializers.BooleanField()
    is_active = serializers.BooleanField()
    version = serializers.IntegerField(help_text="Raised by every change; matches name it.")
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class Whole(serializers.IntegerField):
    """A whole number, nothing that only looks like it."""

    def to_internal_value(self, data):
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("A whole number.")
        return super().to_internal_value(data)


class RuleFields(serializers.Serializer):
    priority = Whole(
        required=False,
        min_value=0,
        max_value=LARGEST_PRIORITY,
        help_text="Lower is asked first, of equals the older; 100 unless given.",
    )
    account_id = PublicId(
        "ACT", required=False, allow_null=True, help_text="Only lines of this bank account; of any unless given."
    )
    match = serializers.ChoiceField(
        reading.MATCHES, required=False, help_text="Whether all conditions must hold, or any; `all` unless given."
    )
    automatic = Flag(required=False, help_text="Book without asking; else the rule only suggests. False unless given.")
    is_active = Flag(required=False, help_text="True unless given.")
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Card fees of the bank",
            request_only=True,
            value={
                "name": "Card fees",
                "priority": 10,
                "match": "all",
                "conditions": [
                    {"field": "text", "operator": "contains", "value": "card fee"},
                    {"field": "amount", "operator": "between", "value": [-50, Decimal("-0.01")]},
                ],
                "actions": {"account_id": "ACT_1000000000000001", "description": "Bank: {description}"},
                "automatic": True,
            },
        ),
        OpenApiExample(
            "A rent of which a fifth is private",
            request_only=True,
            value={
                "name": "Rent",
                "account_id": "ACT_1000000000000005",
                "conditions": [{"field": "counterparty", "operator": "equals", "value": "Müller Immobilien"}],
                "actions": {
                    "splits": [
                        {"account_id": "ACT_1000000000000002", "percent": 80, "description": "Office"},
                        {"account_id": "ACT_1000000000000003", "rest": True, "description": "Private"},
                    ],
                    "type": "expense",
                },
            },
        ),
    ]
)
class NewBankRuleShape(RuleFields):
    name = Text(max_length=100)
    conditions = Conditions()
    actions = Actions()


class BankRuleChangesShape(RuleFields):
    name = Text(required=False, max_length=100)
    conditions = Conditions(required=False)
    actions = Actions(required=False)


# --- Learning ---------------------------------------------------------------------------------------------------------


class LearnedTokenShape(serializers.Serializer):
    """A word, and how many lines with it went to an account."""

    object = serializers.CharField()
    account_id = PublicId("ACT", help_text="The bank account.")
    token = serializers.CharField()
    counter_account_id = PublicId("ACT", help_text="Where the lines went.")
    count = serializers.IntegerField(help_text="Lines with the word.")
    lines = serializers.IntegerField(help_text="All lines of the bank account that went there.")


class SuggestedTokenShape(serializers.Serializer):
    token = serializers.CharField()
    count = serializers.IntegerField()


class AccountSuggestionShape(serializers.Serializer):
    """To which account a text belongs, as far as earlier lines can tell; and why."""

    object = serializers.CharField()
    text = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField(), help_text="What is looked at of the text.")
    counter_account_id = PublicId("ACT", allow_null=True, help_text="Null where no word is known.")
    score = serializers.IntegerField(allow_null=True, help_text="Thousandths.")
    margin = serializers.IntegerField(allow_null=True, help_text="Thousandths over the runner-up.")
    lines = serializers.IntegerField(help_text="Lines that went to the account.")
    tokens = SuggestedTokenShape(many=True, help_text="How many of them had each word.")
