"""Refusals of writes that wait for approval."""

from organizations.errors import Conflict, Invalid, NotAuthorized, Unprocessable


class UnknownOperation(Invalid):
    """There is no such operation, or it cannot be staged: those that show or take a secret, and uploads."""

    code = "unknown_operation"
    message = "This operation cannot be staged"


class DraftDecided(Conflict):
    """The draft was approved or rejected, or it has expired: nothing about it changes any more."""

    code = "draft_decided"
    message = "The draft is decided already"


class DraftExpired(Conflict):
    """The draft waited for too long; stage it again."""

    code = "draft_expired"
    message = "The draft has expired"


class DraftOutdated(Conflict):
    """What the draft would change is not what it shows: validate it, and look again before approving it."""

    code = "draft_outdated"
    message = "What the draft would change was changed meanwhile; validate the draft and look again"


class ApproverIsAuthor(Unprocessable):
    """Where the organization asks for four eyes, another key or person approves than the one that staged it."""

    code = "approver_is_author"
    message = "Somebody else than the author approves a draft"


class NotTheAuthor(NotAuthorized):
    """What others approve is changed by nobody but its author."""

    code = "not_the_author"
    message = "Only the author changes a draft"
