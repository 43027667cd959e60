"""Webhooks over HTTP."""

from django.utils.functional import lazy
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.events import recording
from organizations.requests.views import TenantViewSet
from organizations.webhooks.answers import delivery_answer, webhook_answer
from organizations.webhooks.models import DELIVERY_STATUSES, STATUSES, Delivery, Webhook
from organizations.webhooks.subscribing import (
    LONGEST_OVERLAP,
    create_webhook,
    delete_webhook,
    resend_delivery,
    rotate_secret,
    test_webhook,
    update_webhook,
)
from organizations.wire.filtering import Choice, Instant, Text, Whole
from organizations.wire.shapes import MetadataMap, PublicId
from organizations.wire.shapes import Text as TextField
from organizations.wire.unknown_fields import unknown_fields, with_warnings

MOST_EVENTS = 200


def _events_there_are() -> str:
    names = ", ".join(f"`{name}`" for name in sorted(recording.EVENT_TYPES))
    return f"Types of events; `invoice.*` for all of a kind, `*` for all. There are {names}."


class WebhookShape(serializers.Serializer):
    """An address that hears of events, signed by Standard Webhooks 1.0."""

    object = serializers.CharField()
    id = PublicId("WHK")
    organization_id = PublicId("ORG")
    url = serializers.CharField()
    description = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(STATUSES)
    disabled_reason = serializers.CharField()
    secret = serializers.CharField(required=False, help_text="`whsec_…`; shown only when it is made.")
    secret_version = serializers.IntegerField()
    overlap_until = serializers.DateTimeField(allow_null=True, help_text="Until then a secret of before signs, too.")
    warnings = serializers.ListField(child=serializers.DictField(), required=False)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ChangedWebhookShape(serializers.Serializer):
    url = TextField(required=False, max_length=2000)
    description = TextField(required=False, allow_blank=True, max_length=500)
    events = serializers.ListField(
        child=TextField(max_length=60),
        required=False,
        min_length=1,
        max_length=MOST_EVENTS,
        help_text=lazy(_events_there_are, str)(),  # when all have been declared
    )
    status = serializers.ChoiceField(STATUSES, required=False, help_text="Enabled again, it goes on with what waits.")
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Invoices and payments",
            request_only=True,
            value={"url": "https://example.com/crane", "events": ["invoice.*", "payment.created"]},
        )
    ]
)
class NewWebhookShape(ChangedWebhookShape):
    url = TextField(max_length=2000, help_text="HTTPS, at a host of the public internet.")
    status = None


@extend_schema_serializer(
    examples=[OpenApiExample("Within a day", request_only=True, value={"overlap_seconds": 86400})]
)
class SecretRotationShape(serializers.Serializer):
    overlap_seconds = serializers.IntegerField(
        default=86_400, min_value=0, max_value=LONGEST_OVERLAP, help_text="How long the old secret signs, too."
    )


class DeliveryShape(serializers.Serializer):
    """One event on its way to one webhook."""

    object = serializers.CharField()
    id = PublicId("WHD", help_text="The message's `webhook-id`, the same at every attempt.")
    organization_id = PublicId("ORG")
    webhook_id = PublicId("WHK")
    event_id = PublicId("EVT")
    event_type = serializers.CharField()
    entity_id = serializers.CharField()
    seq = serializers.IntegerField()
    status = serializers.ChoiceField(DELIVERY_STATUSES)
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    response_status = serializers.IntegerField(allow_null=True)
    response_excerpt = serializers.CharField(help_text="The beginning of the last answer.")
    last_error = serializers.CharField()
    duration_ms = serializers.IntegerField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class WebhookViewSet(TenantViewSet):
    """Who hears of what happens."""

    resource = "webhooks"
    stages = False  # a secret is shown once, to who asks
    list_fields = {"status": Choice(STATUSES), "url": Text(), "created_at": Instant()}
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    @property
    def _named(self) -> dict:
        number = self.read_id("webhook_id", "WHK")
        return {"actor": self.actor, "organization": self.organization, "webhook_id": number}

    def _answer(self, row: Webhook, shape=None, *, status: int = 200, **more) -> Response:
        answer = webhook_answer(row) | more
        unknown = [] if shape is None else unknown_fields(self.request.data, shape().fields, shown=answer)
        return Response(with_warnings(answer, unknown), status=status)

    @extend_schema(responses=WebhookShape(many=True))
    def list(self, request, organization_id):
        """List webhooks, the newest first."""
        return self.page(Webhook.objects.of(self.organization), lambda rows: [webhook_answer(row) for row in rows])

    @extend_schema(request=NewWebhookShape, responses={201: WebhookShape})
    def create(self, request, organization_id):
        """Make a webhook. Its secret is in this answer and in no other.

        Every event that it wants arrives at least once, as `{type, timestamp, data}`, signed by Standard Webhooks 1.0
        (`webhook-id`, `webhook-timestamp`, `webhook-signature`). A later event of the same object waits for the one
        before. What is not answered with 2xx is sent again for three days; then the webhook is disabled. Redirects are
        not followed.
        """
        fields = self.read(NewWebhookShape)
        row, secret = create_webhook(actor=self.actor, organization=self.organization, **fields)
        return self._answer(row, NewWebhookShape, status=201, secret=secret)

    @extend_schema(responses=WebhookShape)
    def retrieve(self, request, organization_id, webhook_id):
        """Show a webhook."""
        found = Webhook.objects.of(self.organization).filter(pk=self.read_id("webhook_id", "WHK")).first()
        if found is None:
            raise NotFound()
        return self._answer(found)

    @extend_schema(request=ChangedWebhookShape, responses=WebhookShape)
    def update(self, request, organization_id, webhook_id):
        """Change a webhook, disable it, or enable it again.

        Other `events` are told from now on; what happened before and was wanted then still arrives.
        """
        row = update_webhook(**self._named, changes=self.read(ChangedWebhookShape))
        return self._answer(row, ChangedWebhookShape)

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, webhook_id):
        """Delete a webhook, with what waits for it."""
        delete_webhook(**self._named)
        return Response(status=204)

    @extend_schema(request=SecretRotationShape, responses=WebhookShape)
    def rotate_secret(self, request, organization_id, webhook_id):
        """Make another secret, which is in this answer alone. For a while messages bear a signature by each.

        A secret of before signs until the end that it was given when it was replaced; `overlap_seconds` 0 ends all now.
        """
        row, secret = rotate_secret(**self._named, **self.read(SecretRotationShape))
        return self._answer(row, SecretRotationShape, secret=secret)

    @extend_schema(request=None, responses={201: DeliveryShape})
    def test(self, request, organization_id, webhook_id):
        """Send an event `webhook.tested` to this webhook alone."""
        return Response(delivery_answer(test_webhook(**self._named)), status=201)


class DeliveryViewSet(TenantViewSet):
    """What was sent to a webhook, and what waits."""

    resource = "webhooks"
    list_fields = {
        "status": Choice(DELIVERY_STATUSES),
        "event_type": Text(),
        "entity_id": Text(),
        "response_status": Whole(nullable=True),
        "created_at": Instant(),
    }
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    def _webhook(self) -> Webhook:
        found = Webhook.objects.of(self.organization).filter(pk=self.read_id("webhook_id", "WHK")).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=DeliveryShape(many=True))
    def list(self, request, organization_id, webhook_id):
        """List deliveries, the newest first. Those that are over are forgotten after thirty days."""
        rows = Delivery.objects.of(self.organization).filter(webhook=self._webhook())
        return self.page(rows, lambda page: [delivery_answer(row) for row in page])

    @extend_schema(request=None, responses=DeliveryShape)
    def resend(self, request, organization_id, webhook_id, delivery_id):
        """Send once more what was delivered or has failed, under the same id."""
        row = resend_delivery(
            actor=self.actor,
            organization=self.organization,
            webhook_id=self.read_id("webhook_id", "WHK"),
            delivery_id=self.read_id("delivery_id", "WHD"),
        )
        return Response(delivery_answer(row))
