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


class ContactMergeRefused(Unprocessable):
    """A contact is merged into another one, once: not into itself, and neither of the two was merged before."""

    code = "contact_merge_refused"
    message = "These contacts cannot be merged"


class ContactRequired(Unprocessable):
    """The organization wants a contact on everything that is posted on receivable and payable accounts."""

    code = "contact_required"
    message = "An entry on a receivable or payable account needs a contact"


class ContactFileInvalid(Invalid):
    """The file holds no contacts that could be read: no table, no names, or too much (``details.fields``)."""

    code = "contact_file_invalid"
    message = "The file is no list of contacts"
