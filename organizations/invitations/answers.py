"""An invitation as the API shows it."""

from organizations import ids
from organizations.invitations.models import Invitation


def invitation_answer(invitation: Invitation) -> dict:
    """The invitation, without its link."""
    return {
        "object": "invitation",
        "id": invitation.public_id,
        "organization_id": ids.encode("ORG", invitation.organization_id),
        "email": invitation.email,
        "name": invitation.name,
        "role": invitation.role,
        "status": invitation.status,
        "expires_at": invitation.expires_at,
        "accepted_at": invitation.accepted_at,
        "revoked_at": invitation.revoked_at,
        "user_id": ids.encode("USR", invitation.user_id) if invitation.user_id else None,
        "metadata": invitation.metadata,
        "created_at": invitation.created_at,
        "updated_at": invitation.updated_at,
    }
