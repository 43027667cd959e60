"""The reach rules: which organizations an organization may see, and how far.

1. Its own, fully.
2. ``owned`` descendants, fully: ``owner_ids`` of a record names everybody who does.
3. ``linked`` children (and those of an owned descendant), for oversight only: the record,
   its API keys, usage and billing, and the financial totals. ``overseer_ids`` names them.
4. Never a parent, never a sibling, nothing below a linked child. Out of reach is 404.

Row-level security states the same in the database (migrations/sql/0001_tenants.sql), and
``crane_open_by_key`` binds it for a request; these queries answer who is where.
"""

from django.db.models import Q, QuerySet

from organizations.tenants.models import Organization


def within_reach(organization_id: int) -> QuerySet[Organization]:
    """The organization, its owned descendants, and the linked ones that it oversees."""
    return Organization.objects.filter(
        Q(owner_ids__contains=[organization_id]) | Q(overseer_ids__contains=[organization_id])
    )


def owned(organization_id: int) -> QuerySet[Organization]:
    """The organization and everything it fully owns: whose books it may read."""
    return Organization.objects.filter(owner_ids__contains=[organization_id])


def overseen_and_owned_children(organization_id: int) -> QuerySet[Organization]:
    """The direct children, owned or linked."""
    return within_reach(organization_id).filter(parent_id=organization_id)


def can_share_data(one: Organization, other: Organization) -> bool:
    """Whether the books of one are open to the other: only along ownership."""
    return one.pk in other.owner_ids or other.pk in one.owner_ids
