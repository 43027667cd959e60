"""What contacts look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from ledger.contacts.keeping import LONGEST_TERMS
from ledger.contacts.merging import LONGEST_REASON
from ledger.contacts.models import TYPES
from organizations.wire.shapes import CurrencyCode, Flag, MetadataMap, Number, PublicId, Text

CURRENCY = "Of its documents, unless they say otherwise; null: the base currency."
TERMS = "Days until a document is due; null: as the organization's documents say."
LANGUAGE = "A locale such as `de` or `en_US`; empty: the organization's."


class ContactSideShape(serializers.Serializer):
    outstanding = Number(help_text="Open in base currency, credits taken off.")
    overdue = Number(help_text="What of the open documents is past its due date.")
    credit = Number(help_text="Payments and credit notes that are still to be used.")


class ContactBalancesShape(serializers.Serializer):
    currency_id = CurrencyCode()
    receivable = ContactSideShape()
    payable = ContactSideShape()


class ContactShape(serializers.Serializer):
    """Somebody we deal with. Balances are those of the contact and all that were merged into it."""

    object = serializers.CharField()
    id = PublicId("CON")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    contact_type = serializers.ChoiceField(TYPES)
    email = serializers.CharField()
    phone = serializers.CharField()
    website = serializers.CharField()
    tax_number = serializers.CharField()
    bank_account = serializers.CharField()
    reference = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    state = serializers.CharField()
    zip_code = serializers.CharField()
    country = serializers.CharField()
    language = serializers.CharField()
    currency_id = CurrencyCode(allow_null=True)
    payment_terms_days = serializers.IntegerField(allow_null=True)
    receivable_account_id = PublicId("ACT", allow_null=True)
    payable_account_id = PublicId("ACT", allow_null=True)
    revenue_account_id = PublicId("ACT", allow_null=True)
    expense_account_id = PublicId("ACT", allow_null=True)
    enabled = serializers.BooleanField()
    merged_into_id = PublicId("CON", allow_null=True)
    merged_ids = serializers.ListField(child=PublicId("CON"))
    balance = Number(help_text="Receivable less payable in base currency; for vendors and employees the other way.")
    available_credit = Number()
    balances = ContactBalancesShape()
    warnings = WarningShape(many=True, help_text="Numbers that break their own rules, then fields that nobody read.")
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class Whole(serializers.IntegerField):
    """A whole number, never read from a text or a fraction."""

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError("A whole number.")
        return super().to_internal_value(data)


def _text(longest: int, **options) -> Text:
    return Text(required=False, allow_blank=True, max_length=longest, **options)


class ContactFields(serializers.Serializer):
    contact_type = serializers.ChoiceField(TYPES, required=False)
    email = _text(254)
    phone = _text(50)
    website = _text(200)
    tax_number = _text(50, help_text="Checked by the rules of the country; what fails is a warning.")
    bank_account = _text(100, help_text="An IBAN or any other account number.")
    reference = _text(100, help_text="Your own number of the contact.")
    address = _text(2000)
    city = _text(100)
    state = _text(100)
    zip_code = _text(20)
    country = _text(2, help_text="ISO 3166, two letters.")
    language = _text(20, help_text=LANGUAGE)
    currency_id = CurrencyCode(required=False, allow_null=True, source="currency", help_text=CURRENCY)
    payment_terms_days = Whole(required=False, allow_null=True, min_value=0, max_value=LONGEST_TERMS, help_text=TERMS)
    receivable_account_id = PublicId("ACT", required=False, allow_null=True)
    payable_account_id = PublicId("ACT", required=False, allow_null=True)
    revenue_account_id = PublicId("ACT", required=False, allow_null=True)
    expense_account_id = PublicId("ACT", required=False, allow_null=True)
    enabled = Flag(required=False, help_text="A disabled contact is put on no new document.")
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A customer",
            request_only=True,
            value={"name": "Carla's Bistro", "email": "carla@example.com", "country": "DE", "payment_terms_days": 14},
        )
    ]
)
class NewContactShape(ContactFields):
    name = Text(max_length=200)


class ContactChangesShape(ContactFields):
    name = Text(required=False, max_length=200)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Kept twice",
            request_only=True,
            value={"contact_id": "CON_0190a1b2c3d4e5f6", "reason": "The same firm, kept twice"},
        )
    ]
)
class MergeShape(serializers.Serializer):
    contact_id = PublicId("CON", help_text="The duplicate, which is merged into the contact of the address.")
    reason = Text(max_length=LONGEST_REASON)


class ContactLineShape(serializers.Serializer):
    line = serializers.IntegerField(help_text="Where the contact begins in the file, from 1.")
    verdict = serializers.ChoiceField(["created", "duplicate", "error"])
    contact_id = PublicId("CON", allow_null=True)
    name = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField(), help_text="What is wrong, by field.")


class ContactImportShape(serializers.Serializer):
    """What an import of contacts did, or would do."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    dry_run = serializers.BooleanField()
    created = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    errors = serializers.IntegerField()
    ignored_columns = serializers.ListField(child=serializers.CharField())
    lines = ContactLineShape(many=True)


class ContactUploadShape(serializers.Serializer):
    file = serializers.FileField(help_text="CSV with a header row, in any encoding and with any usual separator.")
    dry_run = serializers.BooleanField(required=False)
