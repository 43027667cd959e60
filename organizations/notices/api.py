"""What members are written to about, over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.members.models import Membership
from organizations.notices.answers import settings_answer
from organizations.notices.choosing import choose, settings_of
from organizations.notices.models import DELIVERIES
from organizations.requests.views import TenantViewSet
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import Flag, PublicId
from organizations.wire.shapes import Text as TextField
from organizations.wire.unknown_fields import unknown_fields, with_warnings


class AvailableKindShape(serializers.Serializer):
    kind = serializers.CharField()
    title = serializers.CharField()


class NotificationSettingsShape(serializers.Serializer):
    """What a member is written to about, and when."""

    object = serializers.CharField()
    membership_id = PublicId("MEM")
    organization_id = PublicId("ORG")
    email = serializers.EmailField()
    delivery = serializers.ChoiceField(DELIVERIES)
    kinds = serializers.ListField(child=serializers.CharField())
    includes_owned = serializers.BooleanField()
    available_kinds = AvailableKindShape(many=True)
    warnings = serializers.ListField(child=serializers.DictField(), required=False)
    updated_at = serializers.DateTimeField(allow_null=True)


class NotificationChanges(serializers.Serializer):
    delivery = serializers.ChoiceField(
        DELIVERIES, required=False, help_text="`at_once`, `daily` (one letter in the morning), or `off`."
    )
    kinds = serializers.ListField(
        child=TextField(max_length=40), required=False, max_length=50, help_text="Some of `available_kinds`."
    )
    includes_owned = Flag(required=False, help_text="Also of the organizations that this one owns.")


class NotificationViewSet(TenantViewSet):
    """Members' notifications."""

    resource = "members"

    def _member(self) -> Membership:
        number = self.read_id("membership_id", "MEM")
        found = Membership.objects.of(self.organization).filter(pk=number).select_related("user").first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=NotificationSettingsShape)
    def retrieve(self, request, organization_id, membership_id):
        """Show what a member is written to about, and what there is to be told."""
        read_parameters(request.query_params, {})
        member = self._member()
        return Response(settings_answer(member, settings_of(member)))

    @extend_schema(request=NotificationChanges, responses=NotificationSettingsShape)
    def update(self, request, organization_id, membership_id):
        """Choose what a member is written to about.

        What is chosen anew is told from now on: what happened before is not told. A letter goes to the member's
        address, from the installation.
        """
        member = self._member()
        row = choose(actor=self.actor, membership=member, changes=self.read(NotificationChanges))
        answer = settings_answer(member, row)
        unknown = unknown_fields(request.data, NotificationChanges().fields, shown=answer)
        return Response(with_warnings(answer, unknown))
