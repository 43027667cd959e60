"""A membership as the API shows it."""

from organizations import ids
from organizations.members.models import Membership


def member_answer(membership: Membership) -> dict:
    """The membership, with the person's name and address. ``user`` should be loaded."""
    return {
        "object": "member",
        "id": membership.public_id,
        "organization_id": ids.encode("ORG", membership.organization_id),
        "user_id": ids.encode("USR", membership.user_id),
        "email": membership.user.email,
        "name": membership.user.name,
        "role": membership.role,
        "metadata": membership.metadata,
        "created_at": membership.created_at,
        "updated_at": membership.updated_at,
    }
