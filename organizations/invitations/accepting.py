"""Accepting an invitation: the person becomes a member."""

from django.db import IntegrityError, transaction

from organizations import clock
from organizations.actors import Actor, system
from organizations.events.recording import event
from organizations.invitations.answers import invitation_answer
from organizations.invitations.errors import InvitationEnded
from organizations.invitations.inviting import held_invitation, record_invitation
from organizations.invitations.models import Invitation
from organizations.members.joining import add_member
from organizations.members.models import Membership
from organizations.roles import ROLES
from organizations.users.changing import change_user
from organizations.users.models import User
from organizations.users.owning import prove_address, take_back

ACCEPTED = event("invitation.accepted")


class AccountMadeMeanwhile(Exception):
    """Somebody made an account with this address in the same instant: the link now leads to its log-in."""


@transaction.atomic
def accept_invitation(
    *,
    invitation: Invitation,
    ip_address: str | None,
    request_id: str | None,
    user: User | None = None,
    name: str = "",
    password: str | None = None,
) -> User:
    """Make ``user`` a member, once; without one, who was invited gets an account with this name and password.

    Who became a member meanwhile keeps their role. The caller has checked the link. Raises InvitationEnded where the
    invitation was accepted, taken back or sent anew meanwhile, and AccountMadeMeanwhile.
    """
    held = held_invitation(invitation.organization_id, invitation.pk)
    if held.status != "pending" or held.round != invitation.round:
        raise InvitationEnded()
    before, now = invitation_answer(held), clock.now()
    user = user or _account(held, name, password)
    prove_address(user)  # the link came by letter
    actor = Actor(user_id=user.pk, permissions=ROLES[held.role], ip_address=ip_address, request_id=request_id)
    if not Membership.objects.of(held.organization_id).filter(user=user).exists():
        add_member(actor=actor, organization_id=held.organization_id, email=user.email, role=held.role)
    held.accepted_at, held.user, held.updated_at = now, user, now
    held.save(update_fields=["accepted_at", "user", "updated_at"])
    record_invitation(ACCEPTED, actor, held, before)
    return user


def _account(invitation: Invitation, name: str, password: str | None) -> User:
    """The account of who was invited: a new one, or one that nobody who proved the address has a password for."""
    found = User.objects.filter(email=invitation.email).first()
    if found is None:
        try:
            return User.objects.create_user(invitation.email, password, name=name, is_staff=True)
        except IntegrityError as problem:
            raise AccountMadeMeanwhile() from problem
    take_back(actor=system("invitations"), user=found)
    if found.has_usable_password():
        raise AccountMadeMeanwhile()
    return change_user(by=found, user=found, changes={"name": name}, password=password)
