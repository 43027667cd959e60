"""Refusals of archives of organizations."""

from organizations.errors import Conflict, Invalid, Unprocessable


class ArchiveUnreadable(Invalid):
    """The file is no archive of an organization that can be read here, or a part of it was changed or is missing."""

    code = "archive_unreadable"
    message = "This archive cannot be read"


class OrganizationExists(Conflict):
    """The organization of the archive is here already."""

    code = "organization_exists"
    message = "The organization is in this installation already"


class ArchiveUserTaken(Conflict):
    """A person of the archive has the e-mail address of somebody else here; ``details.email`` says which."""

    code = "archive_user_taken"
    message = "Somebody else here has the e-mail address of a person of the archive; change it first"


class ArchiveDiffers(Unprocessable):
    """What the archive holds is not what its manifest, its seals or the rules of books say."""

    code = "archive_differs"
    message = "The archive does not hold what it says"
