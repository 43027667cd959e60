"""Inviting people, sending an invitation again, taking it back."""

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from organizations import clock
from organizations.actors import Actor, covers
from organizations.errors import Conflict, NotFound, PermissionsTooWide
from organizations.events.recording import event, record
from organizations.invitations.answers import invitation_answer
from organizations.invitations.errors import AlreadyInvited, InvitationEnded
from organizations.invitations.links import ABOUT
from organizations.invitations.models import GOOD_FOR, Invitation
from organizations.letters.posting import post_letter
from organizations.letters.sending import PLACE
from organizations.members.joining import TOO_WIDE
from organizations.members.models import Membership
from organizations.roles import ROLES
from organizations.tenants.models import Organization

CREATED = event("invitation.created")
RESENT = event("invitation.resent")
REVOKED = event("invitation.revoked")


@transaction.atomic
def invite(
    *,
    actor: Actor,
    organization: Organization,
    email: str,
    role: str,
    base: str,
    name: str = "",
    metadata: dict[str, str] | None = None,
) -> Invitation:
    """Offer somebody a role, by a letter; ``base`` is where this installation is, such as ``https://books.example.com/``.

    Raises PermissionsTooWide for a role above the actor's own, Conflict for a member, AlreadyInvited.
    """
    _permit(actor, role)
    email = email.lower()
    if Membership.objects.of(organization).filter(user__email=email).exists():
        raise Conflict("This person is a member already")
    open_one = Invitation.objects.of(organization).filter(email=email, accepted_at=None, revoked_at=None).first()
    if open_one is not None:
        raise AlreadyInvited(details={"invitation_id": open_one.public_id})
    invitation = Invitation(
        organization=organization,
        email=email,
        role=role,
        name=name,
        expires_at=clock.now() + GOOD_FOR,
        metadata=metadata or {},
    )
    invitation.save()
    invitation.refresh_from_db()
    _write(actor, organization, invitation, base)
    record_invitation(CREATED, actor, invitation, None)
    return invitation


@transaction.atomic
def resend_invitation(*, actor: Actor, organization: Organization, invitation_id: int, base: str) -> Invitation:
    """Send another letter with another link, good for another seven days. The links of before end.

    Raises NotFound, PermissionsTooWide, InvitationEnded.
    """
    invitation = held_invitation(organization.pk, invitation_id)
    _permit(actor, invitation.role)
    if invitation.ended:
        raise InvitationEnded()
    before, now = invitation_answer(invitation), clock.now()
    invitation.round, invitation.expires_at, invitation.updated_at = invitation.round + 1, now + GOOD_FOR, now
    invitation.save(update_fields=["round", "expires_at", "updated_at"])
    _write(actor, organization, invitation, base)
    record_invitation(RESENT, actor, invitation, before)
    return invitation


@transaction.atomic
def revoke_invitation(*, actor: Actor, organization: Organization, invitation_id: int) -> Invitation:
    """Take an invitation back: its link ends at once. Again changes nothing.

    Raises NotFound, PermissionsTooWide, InvitationEnded for one that was accepted.
    """
    invitation = held_invitation(organization.pk, invitation_id)
    _permit(actor, invitation.role)
    if invitation.accepted_at is not None:
        raise InvitationEnded()
    if invitation.revoked_at is None:
        before = invitation_answer(invitation)
        invitation.revoked_at = invitation.updated_at = clock.now()
        invitation.save(update_fields=["revoked_at", "updated_at"])
        record_invitation(REVOKED, actor, invitation, before)
    return invitation


def held_invitation(organization_id: int, invitation_id: int) -> Invitation:
    """The invitation, locked until the end of the transaction. Raises NotFound."""
    found = Invitation.objects.of(organization_id).filter(pk=invitation_id).select_for_update().first()
    if found is None:
        raise NotFound()
    return found


def record_invitation(event_type: str, actor: Actor, invitation: Invitation, before: dict | None) -> None:
    """Record what became of an invitation."""
    record(
        event_type,
        actor=actor,
        organization_id=invitation.organization_id,
        entity_id=invitation.public_id,
        before=before,
        after=invitation_answer(invitation),
    )


def _permit(actor: Actor, role: str) -> None:
    if not covers(actor.permissions, ROLES[role]):
        raise PermissionsTooWide(TOO_WIDE)


def _write(actor: Actor, organization: Organization, invitation: Invitation, base: str) -> None:
    """The letter; the token of its link is put in when it leaves."""
    place = reverse("admin:join", args=[organization.public_id, invitation.public_id, "token"])
    link = base.rstrip("/") + place.replace("token", PLACE)
    post_letter(
        actor=actor,
        organization=organization,
        to=[invitation.email],
        subject=f"{' '.join(organization.name.split())[:200]} invites you",
        body=render_to_string(
            "letters/invitation.txt",
            {"invitation": invitation, "organization": organization, "link": link, "days": GOOD_FOR.days},
        ),
        about_kind=ABOUT,
        about_id=invitation.public_id,
        metadata={"round": str(invitation.round)},
    )
