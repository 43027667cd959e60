"""API keys over HTTP."""

import datetime

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from organizations import clock
from organizations.actors import ALL_ACTIONS
from organizations.errors import NotFound
from organizations.keys.answers import key_answer, key_answers
from organizations.keys.limiting import MOST_IN_SCOPE, MOST_NETWORKS, network
from organizations.keys.minting import create_key, revoke_key, rotate_key, update_key
from organizations.keys.models import ApiKey
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Instant, Metadata, Text
from organizations.wire.shapes import MetadataMap, PublicId
from organizations.wire.shapes import Text as TextField

LONGEST_OVERLAP = 30 * 24 * 3600


ACTIONS_SCHEMA = {"type": "array", "items": {"type": "string", "enum": list(ALL_ACTIONS)}}


@extend_schema_field({"oneOf": [ACTIONS_SCHEMA, {"type": "object", "additionalProperties": ACTIONS_SCHEMA}]})
class Permissions(serializers.Field):
    """A list of actions for everything, or a map from resource to actions."""

    def to_internal_value(self, data):
        values = data.values() if isinstance(data, dict) else [data]
        for actions in values:
            if not isinstance(actions, list) or any(action not in ALL_ACTIONS for action in actions):
                raise serializers.ValidationError(
                    'A list such as ["read", "write"], or a map from resource to actions (read, write, delete, '
                    "approve)."
                )
        if isinstance(data, dict) and (len(data) > 100 or any(not 1 <= len(name) <= 60 for name in data)):
            raise serializers.ValidationError("At most 100 resources, named as their paths.")
        return data

    def to_representation(self, value):
        return value


class NetworkField(TextField):
    """An address or a network, read into its usual form."""

    def to_internal_value(self, data) -> str:
        try:
            return network(super().to_internal_value(data))
        except ValueError as problem:
            raise serializers.ValidationError("An address or a network such as 203.0.113.0/24.") from problem


def _ids(prefix: str) -> serializers.ListField:
    return serializers.ListField(child=PublicId(prefix), required=False, default=list, max_length=MOST_IN_SCOPE)


class KeyScopeShape(serializers.Serializer):
    """What a scoped key reads: these accounts with those beneath them, and the papers of these contacts."""

    account_ids = _ids("ACT")
    contact_ids = _ids("CON")

    def to_internal_value(self, data) -> dict[str, list[int]]:
        # Where a key is changed, DRF leaves defaults out: a scope is one thing, and said whole.
        return {kind: [] for kind in self.fields} | super().to_internal_value(data)


class KeyShape(serializers.Serializer):
    """An API key. The secret is shown once, when the key is made or rotated."""

    object = serializers.CharField()
    id = PublicId("KEY")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    description = serializers.CharField()
    permissions = Permissions()
    scope = KeyScopeShape(allow_null=True)
    allowed_addresses = serializers.ListField(child=NetworkField(), help_text="Empty: it works from everywhere.")
    key = serializers.CharField(required=False, help_text="The secret; shown only in the first answer.")
    key_preview = serializers.CharField()
    status = serializers.ChoiceField(["active", "revoked", "expired"])
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    usage_this_month = serializers.IntegerField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class KeyChanges(serializers.Serializer):
    name = TextField(max_length=200)
    description = TextField(required=False, allow_blank=True, max_length=2000)
    permissions = Permissions(required=False)
    scope = KeyScopeShape(required=False, allow_null=True)
    allowed_addresses = serializers.ListField(child=NetworkField(), required=False, max_length=MOST_NETWORKS)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    metadata = MetadataMap(required=False)

    def validate_expires_at(self, value: datetime.datetime | None):
        if value is not None and value <= clock.now():
            raise serializers.ValidationError("A moment in the future.")
        return value


class Rotation(serializers.Serializer):
    overlap_seconds = serializers.IntegerField(
        default=0, min_value=0, max_value=LONGEST_OVERLAP, help_text="How long the old secret stays good."
    )


class KeyViewSet(TenantViewSet):
    """API keys of an organization."""

    resource = "api-keys"
    stages = False  # a secret is shown once, to who asks
    open_to_oversight = ("GET", "POST", "PUT", "DELETE")
    list_fields = {"name": Text(), "created_at": Instant(), "expires_at": Instant(), "metadata": Metadata()}
    sort_fields = ["created_at", "name"]
    default_sort = "-created_at"

    def _key(self) -> ApiKey:
        number = self.read_id("api_key_id", "KEY")
        found = ApiKey.objects.of(self.organization).filter(pk=number).select_for_update().first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=KeyShape(many=True))
    def list(self, request, organization_id):
        """List the organization's API keys."""
        return self.page(ApiKey.objects.of(self.organization), key_answers)

    @extend_schema(request=KeyChanges, responses={201: KeyShape})
    def create(self, request, organization_id):
        """Make an API key. Its secret is in this answer and in no other.

        A key can make only keys that can do no more than it can itself. Without `permissions` the new key may read and
        write, or do what its maker may where that is less; where its maker has an end or works from some addresses
        only, so does the key. `write` for everything includes `delete`, but never the deletion of the organization:
        that takes `delete` itself, or a map that names `deletion`.

        With a `scope` it is a scoped key: it reads these accounts with those beneath them and the papers of these
        contacts, as "Scoped keys" above says, and is refused everything else.
        """
        fields = self.read(KeyChanges)
        key, secret = create_key(
            actor=self.actor, organization_id=self.organization.pk, mode=self.organization.mode, **fields
        )
        return Response(key_answer(key) | {"key": secret}, status=201)

    @extend_schema(responses=KeyShape)
    def retrieve(self, request, organization_id, api_key_id):
        """Show an API key, without its secret."""
        return Response(key_answer(self._key()))

    @extend_schema(request=KeyChanges(partial=True), responses=KeyShape)
    def update(self, request, organization_id, api_key_id):
        """Change an API key's name, description, permissions, limits or metadata.

        A key changes, rotates and revokes only keys that can do no more than it can itself. One that was revoked stays
        as it is.
        """
        key = self._key()
        return Response(key_answer(update_key(actor=self.actor, key=key, changes=self.read(KeyChanges, partial=True))))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, api_key_id):
        """Revoke an API key at once. It stays on record."""
        revoke_key(actor=self.actor, key=self._key())
        return Response(status=204)

    @extend_schema(request=Rotation, responses={201: KeyShape})
    def rotate(self, request, organization_id, api_key_id):
        """Give an API key a new secret; the old one stays good for `overlap_seconds`.

        Not one that was revoked, or that has expired: the new secret would open nothing.
        """
        overlap = self.read(Rotation)["overlap_seconds"]
        key, secret = rotate_key(
            actor=self.actor, key=self._key(), mode=self.organization.mode, overlap_seconds=overlap
        )
        return Response(key_answer(key) | {"key": secret}, status=201)
