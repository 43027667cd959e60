"""A contact and those that were merged into it: one party, whatever its postings name."""

from django.db.models import Q

from ledger.contacts.models import Contact
from organizations.tenants.models import Organization


def head(contact: Contact) -> int:
    """The key of the contact that stands for the family."""
    return contact.pk if contact.merged_into_id is None else contact.merged_into_id


def head_of(contact: Contact) -> Contact:
    """The contact that stands for the family."""
    if contact.merged_into_id is None:
        return contact
    return Contact.objects.of(contact.organization_id).get(pk=contact.merged_into_id)


def same_family(one: Contact, other: Contact) -> bool:
    """Whether two contacts are one party."""
    return head(one) == head(other)


def family(organization: Organization, contact_id: int) -> list[int]:
    """The keys of a contact's family, its head first; none where there is no such contact."""
    found = Contact.objects.of(organization).filter(pk=contact_id).first()
    if found is None:
        return []
    rows = Contact.objects.of(organization).filter(Q(pk=head(found)) | Q(merged_into_id=head(found)))
    return sorted(rows.values_list("pk", flat=True), key=lambda number: (number != head(found), number))
