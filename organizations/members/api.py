"""Members over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.members.answers import member_answer
from organizations.members.joining import add_member, change_role, remove_member
from organizations.members.models import Membership
from organizations.requests.views import TenantViewSet
from organizations.roles import ROLES
from organizations.wire.filtering import Choice, Instant
from organizations.wire.shapes import MetadataMap, PublicId
from organizations.wire.shapes import Text as TextField


class MemberShape(serializers.Serializer):
    """A person's role in an organization."""

    object = serializers.CharField()
    id = PublicId("MEM")
    organization_id = PublicId("ORG")
    user_id = PublicId("USR")
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(list(ROLES))
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NewMember(serializers.Serializer):
    email = serializers.EmailField()
    name = TextField(required=False, allow_blank=True, max_length=200)
    role = serializers.ChoiceField(list(ROLES))


class RoleChange(serializers.Serializer):
    role = serializers.ChoiceField(list(ROLES))


class MemberViewSet(TenantViewSet):
    """Members of an organization."""

    resource = "members"
    list_fields = {"role": Choice(list(ROLES)), "created_at": Instant()}
    sort_fields = ["created_at"]
    default_sort = "created_at"

    def _member(self) -> Membership:
        number = self.read_id("membership_id", "MEM")
        found = Membership.objects.of(self.organization).filter(pk=number).select_related("user").first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=MemberShape(many=True))
    def list(self, request, organization_id):
        """List the members of an organization."""
        rows = Membership.objects.of(self.organization).select_related("user")
        return self.page(rows, lambda page: [member_answer(row) for row in page])

    @extend_schema(request=NewMember, responses={201: MemberShape})
    def create(self, request, organization_id):
        """Give a person a role: owner, admin, accountant or viewer."""
        done = add_member(actor=self.actor, organization_id=self.organization.pk, **self.read(NewMember))
        return Response(member_answer(done), status=201)

    @extend_schema(responses=MemberShape)
    def retrieve(self, request, organization_id, membership_id):
        """Show a member."""
        return Response(member_answer(self._member()))

    @extend_schema(request=RoleChange, responses=MemberShape)
    def update(self, request, organization_id, membership_id):
        """Give a member another role."""
        done = change_role(actor=self.actor, membership=self._member(), role=self.read(RoleChange)["role"])
        return Response(member_answer(done))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, membership_id):
        """End a membership. The last owner stays."""
        remove_member(actor=self.actor, membership=self._member())
        return Response(status=204)
