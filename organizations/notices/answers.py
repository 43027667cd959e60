"""A member's notices as the API shows them."""

from organizations import ids
from organizations.members.models import Membership
from organizations.notices.kinds import KINDS
from organizations.notices.models import NoticeSettings


def settings_answer(membership: Membership, row: NoticeSettings | None) -> dict:
    """What the member is written to about; without a row nothing."""
    return {
        "object": "notification_settings",
        "membership_id": membership.public_id,
        "organization_id": ids.encode("ORG", membership.organization_id),
        "email": membership.user.email,
        "delivery": row.delivery if row else "off",
        "kinds": row.kinds if row else [],
        "includes_owned": row.includes_owned if row else False,
        "available_kinds": [{"kind": kind.name, "title": kind.title} for kind in KINDS.values()],
        "updated_at": row.updated_at if row else None,
    }
