"""Payment providers and tills over HTTP: connecting them, what they told, and where they tell it."""

from drf_spectacular.utils import OpenApiExample, OpenApiTypes, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from ledger.intake.adapters.effects import Call
from ledger.intake.answers import connection_answer, inbox_answer
from ledger.intake.connecting import connect, disconnect
from ledger.intake.models import PROVIDERS, STATUSES, Connection, InboxEvent
from ledger.intake.receiving import receive, replay
from organizations import ids, scoping
from organizations.errors import NotFound
from organizations.requests.errors import SignatureInvalid
from organizations.requests.signed import SignedViewSet
from organizations.requests.views import TenantViewSet
from organizations.tenants.models import Organization
from organizations.wire.filtering import Amount, Choice, Instant, Text
from organizations.wire.shapes import Flag, MetadataMap, Number, PublicId
from organizations.wire.shapes import Text as TextField
from organizations.wire.unknown_fields import unknown_fields, with_warnings


class IntegrationShape(serializers.Serializer):
    """A connection to a provider. Its secret is kept sealed, and shown to nobody."""

    object = serializers.CharField()
    id = PublicId("CNX")
    organization_id = PublicId("ORG")
    provider = serializers.ChoiceField(PROVIDERS)
    enabled = serializers.BooleanField()
    webhook_path = serializers.CharField(help_text="Where the provider is to send its messages.")
    clearing_account_id = PublicId("ACT", allow_null=True)
    bank_account_id = PublicId("ACT", allow_null=True)
    fee_account_id = PublicId("ACT", allow_null=True)
    sales_account_id = PublicId("ACT", allow_null=True)
    warnings = serializers.ListField(child=serializers.DictField(), required=False)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[OpenApiExample("With accounts by their roles", request_only=True, value={"webhook_secret": "whsec_1a2b"})]
)
class ConnectShape(serializers.Serializer):
    webhook_secret = TextField(required=False, max_length=500, help_text="The first time; then to change it.")
    enabled = Flag(required=False)
    clearing_account_id = PublicId("ACT", required=False, allow_null=True, help_text="By its role unless given.")
    bank_account_id = PublicId("ACT", required=False, allow_null=True, help_text="Where payouts arrive; cash by role.")
    fee_account_id = PublicId("ACT", required=False, allow_null=True, help_text="By its role unless given.")
    sales_account_id = PublicId("ACT", required=False, allow_null=True, help_text="By its role unless given.")
    metadata = MetadataMap(required=False)


class InboxShape(serializers.Serializer):
    """A message of a provider, and what became of it."""

    object = serializers.CharField()
    id = PublicId("INB")
    organization_id = PublicId("ORG")
    provider = serializers.ChoiceField(PROVIDERS)
    event_id = serializers.CharField(help_text="Its id at the provider.")
    event_type = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    reason = serializers.CharField()
    error_code = serializers.CharField(allow_null=True)
    kind = serializers.CharField()
    reference = serializers.CharField(help_text="What it is about: the payment at the provider.")
    amount = Number(allow_null=True)
    transaction_id = PublicId("TXN", allow_null=True)
    payment_id = PublicId("PAY", allow_null=True)
    attempts = serializers.IntegerField()
    received_at = serializers.DateTimeField()
    booked_at = serializers.DateTimeField(allow_null=True)


class ReceivedShape(serializers.Serializer):
    """That a message was taken in."""

    object = serializers.CharField()
    received = serializers.BooleanField()
    status = serializers.ChoiceField(STATUSES)


class IntegrationViewSet(TenantViewSet):
    """Connections to payment providers and tills."""

    resource = "integrations"
    stages = False  # secrets are sealed at once, and kept nowhere else
    list_fields = {"provider": Choice(PROVIDERS), "created_at": Instant()}
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    def _provider(self) -> str:
        if self.kwargs["provider"] not in PROVIDERS:
            raise NotFound()
        return self.kwargs["provider"]

    @extend_schema(responses=IntegrationShape(many=True))
    def list(self, request, organization_id):
        """List connections."""
        rows = Connection.objects.of(self.organization)
        return self.page(rows, lambda page: [connection_answer(row) for row in page])

    @extend_schema(request=ConnectShape, responses=IntegrationShape)
    def connect(self, request, organization_id, provider):
        """Connect a provider, or change its connection. Its messages are booked through a clearing account.

        A payment that names an invoice (`metadata.invoice_id`) pays it; any other is revenue. Fees, refunds, disputes
        and payouts are booked as they are told, each once, in however many messages and whatever order they come.
        """
        changes = self.read(ConnectShape)
        row = connect(actor=self.actor, organization=self.organization, provider=self._provider(), changes=changes)
        answer = connection_answer(row)
        unknown = unknown_fields(request.data, ConnectShape().fields, shown=answer)
        return Response(with_warnings(answer, unknown))

    @extend_schema(responses={204: None})
    def disconnect(self, request, organization_id, provider):
        """Listen to a provider no more. What it told stays."""
        disconnect(actor=self.actor, organization=self.organization, provider=self._provider())
        return Response(status=204)


class InboxViewSet(TenantViewSet):
    """What providers told."""

    resource = "integrations"
    list_fields = {
        "provider": Choice(PROVIDERS),
        "status": Choice(STATUSES),
        "event_type": Text(),
        "event_id": Text(),
        "reference": Text(),
        "amount": Amount(),
        "received_at": Instant(),
    }
    sort_fields = ["received_at"]
    default_sort = "-received_at"

    @extend_schema(responses=InboxShape(many=True))
    def list(self, request, organization_id):
        """List messages, the newest first, each with what became of it."""
        return self.page(InboxEvent.objects.of(self.organization), lambda rows: [inbox_answer(row) for row in rows])

    @extend_schema(request=None, responses=InboxShape)
    def replay(self, request, organization_id, inbox_event_id):
        """Try to book a message again that could not be booked."""
        number = self.read_id("inbox_event_id", "INB")
        return Response(inbox_answer(replay(actor=self.actor, organization=self.organization, event_id=number)))


class ProviderWebhookViewSet(SignedViewSet):
    """Where providers tell what happened. Their signature is their key."""

    resource = "integrations"

    @extend_schema(request={"application/json": OpenApiTypes.OBJECT}, responses=ReceivedShape)
    def receive(self, request, provider, organization_id):
        """Take a message of a provider in. It is answered with 200 as soon as it is kept, booked or not.

        Where nobody listens the answer is that of a wrong signature. While an organization is archived its messages are
        kept, and can be booked by `replay` once it is restored.
        """
        try:
            number = ids.decode("ORG", organization_id)
        except ValueError as problem:
            raise SignatureInvalid() from problem
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(body=request.body, headers=headers, url=request.build_absolute_uri())
        with scoping.acting_in(number):
            organization = Organization.objects.filter(pk=number).first()
            if organization is None:
                raise SignatureInvalid()
            row = receive(organization=organization, provider=provider, call=call)
        return Response({"object": "received", "received": True, "status": row.status})
