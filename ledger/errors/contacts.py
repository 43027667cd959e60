"""Refusals of contacts."""

from organizations.errors import Invalid, Unprocessable


class ContactNotFound(Invalid):
    """A request names a contact that this organization does not have."""

    code = "contact_not_found"
    message = "There is no such contact"


class ContactMerged(Unprocessable):
    """The contact was merged into another (``details.merged_into_id``): name that one."""

    code = "contact_merged"
    message = "The contact was merged into another"


class ContactDisabled(Unprocessable):
    """A disabled contact is not put on new documents."""

    code = "contact_disabled"
    message = "The contact is disabled"


class ContactInUse(Unprocessable):
    """A contact that something names cannot be deleted; disable it."""

    code = "contact_in_use"
    message = "The contact is in use; disable it instead"
