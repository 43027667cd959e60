"""What accounts look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.charts import ROLES, TAX_METHODS
from ledger.accounts.models import STATUSES, TYPES
from ledger.balances.receipts import KnownShape
from organizations.wire import batches
from organizations.wire.shapes import CurrencyCode, Flag, MetadataMap, Number, PublicId, Text


class MoneyShape(serializers.Serializer):
    amount = Number()
    currency = serializers.CharField()
    formatted = serializers.CharField()


class WarningShape(serializers.Serializer):
    code = serializers.CharField(
        help_text="`unknown_field`: something in the request that nobody read, or that cannot be set. "
        "`amount_differs`: the amount of a transaction is neither what its entries come to nor that of one of them. "
        "`field_ignored`: a figure of a payment that others overrule, such as a rate beside both amounts. "
        "`duplicate_bill`: a bill of this vendor with this number and amount is there."
    )
    message = serializers.CharField()
    field = serializers.CharField(required=False, help_text="Its place in the request, where it has one.")


class AccountShape(serializers.Serializer):
    """An account in the chart."""

    object = serializers.CharField()
    id = PublicId("ACT")
    organization_id = PublicId("ORG")
    code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(TYPES)
    account_type = serializers.ChoiceField(TYPES, help_text="The same as `type`.")
    currency_id = serializers.CharField()
    parent_account_id = PublicId("ACT", allow_null=True)
    description = serializers.CharField()
    is_system = serializers.BooleanField()
    status = serializers.ChoiceField(STATUSES)
    role = serializers.ChoiceField(list(ROLES), allow_null=True)
    normal_balance = serializers.ChoiceField(["debit", "credit"])
    balance = MoneyShape(help_text="Signed by the account's normal balance.")
    balance_floor = Number(allow_null=True)
    balance_ceiling = Number(allow_null=True)
    rollup_balance = MoneyShape(
        required=False, help_text="With `include_hierarchy`: its own and its descendants' balance in base currency."
    )
    children = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="With `include_hierarchy`: accounts like this one."
    )
    warnings = WarningShape(many=True, help_text="Of the account, then of fields of this request that nobody read.")
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AccountFields(serializers.Serializer):
    """What may be said of an account when it is opened, and changed later."""

    description = Text(required=False, allow_blank=True, max_length=2000)
    is_system = Flag(required=False)
    role = serializers.ChoiceField(
        list(ROLES),
        required=False,
        allow_null=True,
        help_text="For accounts of its type only, else 422 `account_role_mismatch`. A receivable or payable account "
        "keeps its role once anything was open on it, and while a contact names it: 422 `account_is_control`.",
    )
    parent_account_id = PublicId("ACT", required=False, allow_null=True)
    balance_floor = Number(required=False, allow_null=True)
    balance_ceiling = Number(required=False, allow_null=True)
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A bank account",
            request_only=True,
            value={
                "code": "1011",
                "name": "Operating Cash Account",
                "type": "asset",
                "currency_id": "CUR_USD",
                "description": "Primary checking account",
            },
        ),
        OpenApiExample(
            "An account below another",
            request_only=True,
            value={
                "code": "1100",
                "name": "Current Assets",
                "type": "asset",
                "parent_account_id": "ACT_1000000000000000",
                "description": "Summary account for current assets",
            },
        ),
    ]
)
class NewAccountShape(AccountFields):
    code = Text(max_length=32)
    name = Text(max_length=200)
    type = serializers.ChoiceField(TYPES, required=False)
    account_type = serializers.ChoiceField(TYPES, required=False, help_text="The same as `type`.")
    currency_id = CurrencyCode(required=False, help_text="The base currency unless given.")
    parent_code = Text(required=False, allow_null=True, max_length=32, help_text="The parent by its code.")

    def validate(self, attrs: dict) -> dict:
        attrs["type"] = attrs.get("type") or attrs.get("account_type")
        if attrs["type"] is None:
            raise serializers.ValidationError({"type": "This field is required."})
        return attrs


class AccountItemShape(NewAccountShape):
    client_ref = batches.Reference()


class AccountBatchShape(batches.BatchFields):
    usual_mode = "atomic"
    mode = serializers.ChoiceField(batches.MODES, required=False, help_text="`atomic` unless given.")
    accounts = AccountItemShape(many=True, help_text=batches.HOW_MANY)


class AccountResultShape(batches.ResultShape):
    account = AccountShape(required=False)


class AccountsBatchShape(batches.BatchShape):
    """What became of each account, in the order of the request."""

    results = AccountResultShape(many=True)
    data = AccountShape(many=True, help_text="The accounts that were opened, in the order of the request.")


class AccountChangesShape(AccountFields):
    name = Text(required=False, max_length=200)
    status = serializers.ChoiceField(STATUSES, required=False)
    code = Text(required=False, max_length=32, help_text="Fixed for life: another code is refused.")
    type = serializers.ChoiceField(TYPES, required=False, help_text="Fixed for life.")
    account_type = serializers.ChoiceField(TYPES, required=False, help_text="Fixed for life.")
    currency_id = CurrencyCode(required=False, help_text="Fixed for life.")


class BalanceShape(KnownShape):
    """The balance of one account, now or at the end of a day."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    as_of = serializers.DateField(allow_null=True)
    balance = MoneyShape()
    debits = Number()
    credits = Number()
    entries_count = serializers.IntegerField()


class TemplateAccountShape(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(TYPES)
    parent_code = serializers.CharField(allow_null=True)
    role = serializers.CharField(allow_null=True)


class TemplateShape(serializers.Serializer):
    """A ready-made chart of accounts."""

    object = serializers.CharField()
    id = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    industries = serializers.ListField(child=serializers.CharField())
    accounts = TemplateAccountShape(many=True)


class FromTemplateShape(serializers.Serializer):
    template = Text(required=False, max_length=60)
    industry = Text(required=False, max_length=60)
    tax_method = serializers.ChoiceField(TAX_METHODS, required=False, help_text="Noted on the organization.")


class AccountListShape(serializers.Serializer):
    object = serializers.CharField()
    data = AccountShape(many=True)
    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(allow_null=True)
