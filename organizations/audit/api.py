"""The audit trail over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations import ids
from organizations.audit.feeding import settled_after
from organizations.errors import Invalid, NotFound
from organizations.events.models import Event
from organizations.requests.views import TenantViewSet
from organizations.tenants.answers import public
from organizations.wire.filtering import Instant, PublicId, Text, Whole
from organizations.wire.listing import limit_of
from organizations.wire.query_strings import read_declared, read_parameters
from organizations.wire.shapes import PublicId as IdField


class EventShape(serializers.Serializer):
    """One fact of the audit trail. Events are never changed."""

    object = serializers.CharField()
    id = IdField("EVT")
    organization_id = IdField("ORG")
    seq = serializers.IntegerField()
    event_type = serializers.CharField()
    entity_type = serializers.CharField()
    entity_id = serializers.CharField()
    before_state = serializers.DictField(allow_null=True)
    after_state = serializers.DictField(allow_null=True)
    changes = serializers.DictField(allow_null=True)
    api_key_id = IdField("KEY", allow_null=True)
    user_id = IdField("USR", allow_null=True)
    system = serializers.CharField(allow_null=True, help_text="The part of the system that acted by itself.")
    ip_address = serializers.CharField(allow_null=True)
    request_id = serializers.CharField(allow_null=True)
    timestamp = serializers.DateTimeField()
    metadata = serializers.DictField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class EntityId(Text):
    """An id of any kind; like everywhere, reading ignores case."""

    def read(self, text: str) -> str:
        prefix, mark, digits = super().read(text).partition("_")
        return prefix.upper() + mark + digits.lower()


def event_answer(event: Event) -> dict:
    """One fact of the audit trail."""
    return {
        "object": "event",
        "id": ids.encode("EVT", event.pk),
        "organization_id": ids.encode("ORG", event.organization_id),
        "seq": event.seq,
        "event_type": event.event_type,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "before_state": event.before_state,
        "after_state": event.after_state,
        "changes": event.changes,
        "api_key_id": public("KEY", event.api_key_id),
        "user_id": public("USR", event.user_id),
        "system": event.system,
        "ip_address": event.ip_address,
        "request_id": event.request_id,
        "timestamp": event.timestamp,
        "metadata": {},
        "created_at": event.timestamp,
        "updated_at": event.timestamp,
    }


class EventViewSet(TenantViewSet):
    """The audit trail."""

    resource = "events"
    list_fields = {
        "event_type": Text(),
        "entity_type": Text(),
        "entity_id": EntityId(),
        "api_key_id": PublicId("KEY"),
        "user_id": PublicId("USR"),
        "timestamp": Instant(),
        "seq": Whole(),
    }
    sort_fields = ["seq"]
    default_sort = "-seq"
    extra_parameters = {
        "from": Instant(description="Only events at or after this moment."),
        "to": Instant(description="Only events at or before this moment."),
        "after": Whole(description="The feed: what came after the event with this `seq`, the oldest first; 0 for all."),
    }

    @extend_schema(responses=EventShape(many=True))
    def list(self, request, organization_id):
        """List what happened, newest first: who changed what, from what, to what.

        With `after` it is a feed that misses nothing: events in the order in which they settled, the oldest first, none
        before everything older has settled. Ask again with the last one's `seq`.
        """
        rows = Event.objects.of(self.organization)
        asked = read_declared(request.query_params, self.extra_parameters)
        if asked.get("after") is not None:
            return self._feed(asked["after"])
        for name, operator in (("from", "gte"), ("to", "lte")):
            if asked.get(name) is not None:
                rows = rows.filter(self.extra_parameters[name].condition("timestamp", operator, asked[name]))
        return self.page(rows, lambda page: [event_answer(row) for row in page])

    def _feed(self, after: int) -> Response:
        """One page of the feed."""
        others = self.request.query_params.keys() - {"after", "limit"}
        if others:
            raise Invalid(fields=dict.fromkeys(sorted(others), "The feed takes `after` and `limit` alone."))
        limit = limit_of(self.request.query_params)
        found = settled_after(self.organization.pk, after, limit + 1)
        data = [event_answer(row) for row in found[:limit]]
        return Response({"object": "list", "data": data, "has_more": len(found) > limit, "next_cursor": None})

    @extend_schema(responses=EventShape)
    def retrieve(self, request, organization_id, event_id):
        """Show one event."""
        read_parameters(request.query_params, {})
        found = Event.objects.of(self.organization).filter(pk=self.read_id("event_id", "EVT")).first()
        if found is None:
            raise NotFound()
        return Response(event_answer(found))
