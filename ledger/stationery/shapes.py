"""What stationery looks like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from organizations.wire.shapes import MetadataMap, PublicId, Text

GAPS = "May hold {number}, {total}, {due_date}, {contact} and {organization}."


class LogoShape(serializers.Serializer):
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    url = serializers.CharField()


def _line(most: int, **options) -> Text:
    return Text(required=False, allow_blank=True, max_length=most, **options)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "German",
            request_only=True,
            value={"legal_name": "Müller GmbH", "locale": "de_DE", "accent_color": "#0f766e", "payment_terms_days": 14},
        )
    ]
)
class StationeryChangesShape(serializers.Serializer):
    legal_name = _line(200, help_text="Empty: the organization's name.")
    brand_name = _line(200, help_text="On letters and reports. Empty: as `GET …/branding` says.")
    address = _line(600, help_text="Several lines.")
    email = _line(254)
    phone = _line(50)
    website = _line(200)
    tax_number = _line(50, help_text="Empty: the organization's own.")
    bank_details = _line(1000, help_text="Bank, IBAN, BIC.")
    footer = _line(500, help_text="Up to three lines at the foot of each page.")
    default_notes = _line(5000)
    default_terms = _line(5000)
    payment_terms_days = serializers.IntegerField(required=False, help_text="Days until a document is due: 0 to 365.")
    locale = Text(required=False, max_length=20, help_text="A locale of CLDR, such as `en_US` or `de_DE`.")
    accent_color = Text(required=False, max_length=7, help_text="Such as `#1f4e79`.")
    invoice_prefix = Text(required=False, max_length=12)
    credit_note_prefix = Text(required=False, max_length=12)
    bill_prefix = Text(required=False, max_length=12)
    vendor_credit_prefix = Text(required=False, max_length=12)
    email_subject = Text(required=False, max_length=200, help_text=GAPS)
    email_body = Text(required=False, max_length=10_000, trim_whitespace=False, help_text=GAPS)
    metadata = MetadataMap(required=False)


class StationeryShape(serializers.Serializer):
    """How an organization's documents look, and what they say of it."""

    object = serializers.CharField()
    id = PublicId("STA", allow_null=True, help_text="Null while everything is as by default.")
    organization_id = PublicId("ORG")
    legal_name = serializers.CharField()
    brand_name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    website = serializers.CharField()
    tax_number = serializers.CharField()
    address = serializers.CharField()
    bank_details = serializers.CharField()
    footer = serializers.CharField()
    default_notes = serializers.CharField()
    default_terms = serializers.CharField()
    payment_terms_days = serializers.IntegerField()
    locale = serializers.CharField()
    accent_color = serializers.CharField()
    invoice_prefix = serializers.CharField()
    credit_note_prefix = serializers.CharField()
    bill_prefix = serializers.CharField()
    vendor_credit_prefix = serializers.CharField()
    email_subject = serializers.CharField()
    email_body = serializers.CharField()
    logo = LogoShape(allow_null=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)


class NewLogoShape(serializers.Serializer):
    """The form of an upload."""

    file = serializers.FileField(help_text="PNG or JPEG, at most 1 MiB and 4,000 pixels a side.")
