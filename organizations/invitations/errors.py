"""Refusals of invitations."""

from organizations.errors import Conflict


class AlreadyInvited(Conflict):
    """This address has an invitation that nobody accepted or took back; ``details.invitation_id`` names it."""

    code = "already_invited"
    message = "This person is invited already; send the invitation again instead"


class InvitationEnded(Conflict):
    """The invitation was accepted or taken back."""

    code = "invitation_ended"
    message = "The invitation was accepted or taken back"
