"""Members come, change their role, and go."""

from django.db import transaction

from organizations import clock
from organizations.actors import Actor, covers
from organizations.errors import Conflict, LastOwner, PermissionsTooWide
from organizations.events.recording import event, record
from organizations.members.answers import member_answer
from organizations.members.models import Membership
from organizations.roles import ROLES
from organizations.users.owning import account_of, take_back

ADDED = event("member.added")
CHANGED = event("member.role_changed")
REMOVED = event("member.removed")

TOO_WIDE = "A role that you give or take cannot do more than your own"


@transaction.atomic
def add_member(*, actor: Actor, organization_id: int, email: str, role: str, name: str = "") -> Membership:
    """Give a person a role. Who has no account yet gets one without a password, and who has one that was never proven
    loses what was set in it: a letter opens both.

    Raises Conflict for a member, PermissionsTooWide for a role above the actor's own.
    """
    if not covers(actor.permissions, ROLES[role]):
        raise PermissionsTooWide(TOO_WIDE)
    user, made = account_of(email, name=name)
    if Membership.objects.of(organization_id).filter(user=user).exists():
        raise Conflict("This person is a member already")
    if not made:
        take_back(actor=actor, user=user)
    membership = Membership(organization_id=organization_id, user=user, role=role)
    membership.save()
    membership.refresh_from_db()
    _record(ADDED, actor, membership, None, member_answer(membership))
    return membership


@transaction.atomic
def change_role(*, actor: Actor, membership: Membership, role: str) -> Membership:
    """Give a member another role. Raises LastOwner, PermissionsTooWide."""
    for held in (role, membership.role):
        if not covers(actor.permissions, ROLES[held]):
            raise PermissionsTooWide(TOO_WIDE)
    _keep_an_owner(membership, role)
    before = member_answer(membership)
    membership.role, membership.updated_at = role, clock.now()
    membership.save(update_fields=["role", "updated_at"])
    _record(CHANGED, actor, membership, before, member_answer(membership))
    return membership


@transaction.atomic
def remove_member(*, actor: Actor, membership: Membership) -> None:
    """End a membership: the person sees nothing of the organization from the next request on.

    Raises LastOwner, PermissionsTooWide.
    """
    if not covers(actor.permissions, ROLES[membership.role]):
        raise PermissionsTooWide(TOO_WIDE)
    _keep_an_owner(membership, None)
    before = member_answer(membership)
    _record(REMOVED, actor, membership, before, None)
    Membership.objects.of(membership.organization_id).filter(pk=membership.pk).delete()


def _keep_an_owner(membership: Membership, role: str | None) -> None:
    """An organization keeps one owner at least; the rows are locked so that two cannot leave at once."""
    if membership.role != "owner" or role == "owner":
        return
    owners = Membership.objects.of(membership.organization_id).filter(role="owner").order_by("pk").select_for_update()
    if len(owners) < 2:
        raise LastOwner()


def _record(event_type: str, actor: Actor, membership: Membership, before: dict | None, after: dict | None) -> None:
    record(
        event_type,
        actor=actor,
        organization_id=membership.organization_id,
        entity_id=membership.public_id,
        before=before,
        after=after,
    )
