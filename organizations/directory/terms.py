"""What a child is to those above it: who pays for it, and how much of it is theirs. Only they say so.

A child whose own word counted could spend the credits of its parent, leave a pool that is enforced, or decide how much
of it the group's reports show. So its terms change by a key of an organization above it, or by a person who is owner or
admin there: owned or linked, into shared billing and out of it. An organization without a parent has none that matter.
"""

from collections.abc import Iterable

from organizations.actors import Actor
from organizations.errors import NotAuthorized
from organizations.members.models import Membership
from organizations.roles import strongest
from organizations.tenants.models import Organization
from organizations.users.models import User

TERMS = ("billing_type", "ownership_percentage", "ownership")
#: Roles that run an organization, and what stands below it.
RUNNING = ("owner", "admin")
FROM_ABOVE = "Only who stands above the organization says this."


def role_at(user_id: int, organization_ids: Iterable[int]) -> str | None:
    """The strongest role of a person in any of these organizations; who runs the installation is an owner."""
    if User.objects.filter(pk=user_id, is_superuser=True).exists():
        return "owner"
    return strongest(
        Membership.objects.filter(user_id=user_id, organization_id__in=organization_ids).values_list("role", flat=True)
    )


def terms_changed(organization: Organization, changes: dict) -> list[str]:
    """The terms among ``changes`` that would be others than they are."""
    return [name for name in TERMS if name in changes and changes[name] != getattr(organization, name)]


def refuse_from_below(actor: Actor, organization: Organization, terms: list[str]) -> None:
    """Raise NotAuthorized for terms that are not the actor's to change."""
    if terms and not _stands_above(actor, organization):
        raise NotAuthorized(fields=dict.fromkeys(terms, FROM_ABOVE))


def _stands_above(actor: Actor, organization: Organization) -> bool:
    if organization.parent_id is None or actor.system is not None:
        return True
    above = {*organization.owner_ids, *organization.overseer_ids} - {organization.pk}
    if actor.user_id is not None:
        return role_at(actor.user_id, above) in RUNNING
    return actor.home_id in above
