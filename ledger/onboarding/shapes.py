"""What taking on many clients looks like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.closing.shapes import NewOpeningShape
from ledger.contacts.shapes import NewContactShape
from organizations.directory.api import FirstKeyShape, NewOrganization, OrganizationShape
from organizations.keys.api import KeyChanges
from organizations.tenants.models import BILLING_TYPES, RELATIONSHIP_TYPES
from organizations.wire.batches import BatchFields, Reference
from organizations.wire.shapes import PublicId, Text

MOST_CLIENTS = 500
MOST_CONTACTS = 1_000


class NewClientShape(NewOrganization):
    client_ref = Reference()
    contacts = NewContactShape(many=True, required=False, max_length=MOST_CONTACTS)
    opening_balances = NewOpeningShape(required=False)
    api_key = KeyChanges(required=False, help_text="A key of its own; its secret is shown this once.")

    def validate(self, attrs: dict) -> dict:
        for name in ("user_email", "user_name", "user_password"):
            if name in attrs:
                raise serializers.ValidationError({name: "People join an organization as its members."})
        return attrs


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two clients of a firm",
            request_only=True,
            value={
                "parent_organization_id": "ORG_1000000000000000",
                "organizations": [
                    {
                        "client_ref": "A-1",
                        "organization_name": "Bakery Ltd",
                        "relationship_type": "linked",
                        "chart_template": "small_business",
                        "contacts": [{"name": "Mill & Co", "contact_type": "vendor"}],
                        "opening_balances": {
                            "as_of": "2025-12-31",
                            "lines": [
                                {"account_code": "1001", "debit": "100.00"},
                                {"account_code": "3001", "credit": "100.00"},
                            ],
                        },
                        "api_key": {"name": "Portal", "permissions": ["read"]},
                    },
                    {"client_ref": "A-2", "organization_name": "Garage Ltd", "relationship_type": "linked"},
                ],
            },
        )
    ]
)
class OnboardingShape(BatchFields):
    parent_organization_id = PublicId(
        "ORG", required=False, help_text="Of all that name none; the key's own if absent."
    )
    organizations = NewClientShape(many=True, min_length=1, max_length=MOST_CLIENTS)


class ClientShape(OrganizationShape):
    """A client as it was taken on."""

    contacts = serializers.IntegerField()
    opening_transaction_id = PublicId("TXN", allow_null=True)
    api_key = FirstKeyShape(allow_null=True)


class ClientResultShape(serializers.Serializer):
    index = serializers.IntegerField()
    client_ref = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(["succeeded", "failed", "skipped"])
    organization = ClientShape(required=False)
    error = serializers.JSONField(required=False)


class OnboardedShape(serializers.Serializer):
    """What came of it, in the order of the request."""

    object = serializers.CharField()
    mode = serializers.CharField()
    dry_run = serializers.BooleanField()
    summary = serializers.DictField(child=serializers.IntegerField())
    results = ClientResultShape(many=True)


class CloneInput(serializers.Serializer):
    """The new organization; what it does not say is as the other has it."""

    organization_name = Text(max_length=200)
    parent_organization_id = PublicId(
        "ORG", required=False, help_text="That of the other if within reach, or the other."
    )
    relationship_type = serializers.ChoiceField(RELATIONSHIP_TYPES, default="owned")
    billing_type = serializers.ChoiceField(BILLING_TYPES, default="shared")
    domain = Text(required=False, allow_blank=True, max_length=253)
    tax_number = Text(required=False, allow_blank=True, max_length=50)
    api_key = KeyChanges(required=False, help_text="A key of its own; its secret is shown this once.")


class CloneShape(OrganizationShape):
    """What was made, and how much was copied."""

    accounts = serializers.IntegerField()
    categories = serializers.IntegerField()
    taxes = serializers.IntegerField()
    api_key = FirstKeyShape(allow_null=True)
