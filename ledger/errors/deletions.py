"""Refusals of deletions of organizations."""

from organizations.errors import Conflict, NotFound, Unprocessable


class DeletionNotAsked(NotFound):
    """Nobody has asked for the deletion of this organization."""

    code = "deletion_not_requested"
    message = "Nobody has asked for the deletion of this organization"


class OrganizationHasChildren(Unprocessable):
    """Organizations stand below it, which it may pay for; they are deleted first. ``details.children`` counts them."""

    code = "organization_has_children"
    message = "Other organizations stand below this one; delete them first"


class DeletionAsked(Conflict):
    """The deletion was asked for already."""

    code = "deletion_requested"
    message = "The deletion of this organization was asked for already"


class DeletionPending(Conflict):
    """An organization whose deletion was asked for is not restored: call the deletion off first."""

    code = "deletion_pending"
    message = "The organization is to be deleted; call that off before it is restored"


class DeletionNotDue(Unprocessable):
    """The database deletes nothing whose time has not come, or that nobody wants deleted."""

    code = "deletion_not_due"
    message = "The deletion of this organization is not due"
