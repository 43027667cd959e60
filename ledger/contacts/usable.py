"""Whether a contact may be named on something new."""

from ledger.contacts.models import Contact
from ledger.errors import ContactDisabled, ContactMerged, ContactNotFound
from organizations import ids
from organizations.errors import Refusal


def contact_problem(contact: Contact | None) -> Refusal | None:
    """Why a contact cannot be on a new document: it is not there, was merged, or is disabled; None if it can."""
    if contact is None:
        return ContactNotFound(fields={"contact_id": "There is no such contact."})
    if contact.merged_into_id is not None:
        survivor = ids.encode("CON", contact.merged_into_id)
        reason = f"The contact was merged into {survivor}."
        return ContactMerged(details={"reason": reason, "merged_into_id": survivor}, fields={"contact_id": reason})
    if not contact.enabled:
        return ContactDisabled(fields={"contact_id": "The contact is disabled."})
    return None


def refuse_unusable(contact: Contact | None) -> None:
    """Raises ContactNotFound, ContactMerged, ContactDisabled."""
    problem = contact_problem(contact)
    if problem is not None:
        raise problem
