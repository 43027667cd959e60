"""Invitations over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.invitations.answers import invitation_answer
from organizations.invitations.inviting import invite, resend_invitation, revoke_invitation
from organizations.invitations.models import STATUSES, Invitation
from organizations.requests.views import TenantViewSet
from organizations.roles import ROLES
from organizations.wire.filtering import Choice, Instant, Text
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import MetadataMap, PublicId
from organizations.wire.shapes import Text as TextField


class InvitationShape(serializers.Serializer):
    """An offer to become a member."""

    object = serializers.CharField()
    id = PublicId("IVT")
    organization_id = PublicId("ORG")
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(list(ROLES))
    status = serializers.ChoiceField(STATUSES)
    expires_at = serializers.DateTimeField(help_text="The link in the letter is good until then.")
    accepted_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    user_id = PublicId("USR", allow_null=True, help_text="Who accepted.")
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NewInvitation(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(list(ROLES))
    name = TextField(required=False, allow_blank=True, max_length=200)
    metadata = MetadataMap(required=False)


class InvitationViewSet(TenantViewSet):
    """Invitations to become a member."""

    resource = "members"
    list_fields = {
        "email": Text(),
        "role": Choice(list(ROLES)),
        "status": Choice(STATUSES, source="state"),
        "created_at": Instant(),
        "expires_at": Instant(),
    }
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    @extend_schema(responses=InvitationShape(many=True))
    def list(self, request, organization_id):
        """List invitations, newest first."""
        rows = Invitation.objects.of(self.organization).judged()
        return self.page(rows, lambda page: [invitation_answer(row) for row in page])

    @extend_schema(request=NewInvitation, responses={201: InvitationShape})
    def create(self, request, organization_id):
        """Invite a person to a role, by a letter with a link that is good once, for seven days."""
        fields = self.read(NewInvitation)
        done = invite(actor=self.actor, organization=self.organization, base=self._base(), **fields)
        return Response(invitation_answer(done), status=201)

    @extend_schema(responses=InvitationShape)
    def retrieve(self, request, organization_id, invitation_id):
        """Show an invitation."""
        read_parameters(request.query_params, {})
        found = Invitation.objects.of(self.organization).filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return Response(invitation_answer(found))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, invitation_id):
        """Take an invitation back: its link ends at once. It stays on record."""
        revoke_invitation(actor=self.actor, organization=self.organization, invitation_id=self._number())
        return Response(status=204)

    @extend_schema(request=None, responses=InvitationShape)
    def resend(self, request, organization_id, invitation_id):
        """Send another letter with another link. The link of before ends."""
        who = {"actor": self.actor, "organization": self.organization}
        return Response(invitation_answer(resend_invitation(**who, invitation_id=self._number(), base=self._base())))

    def _number(self) -> int:
        return self.read_id("invitation_id", "IVT")

    def _base(self) -> str:
        return self.request.build_absolute_uri("/")
