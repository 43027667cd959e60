"""Merging a contact that was kept twice into the one that stays.

Nothing that was posted is rewritten. The merged contact points to the survivor, and so do those that were merged into
it before: a family has one head.
"""

from django.db import transaction

from ledger.contacts.answers import contact_facts
from ledger.contacts.models import Contact
from ledger.errors import ContactMergeRefused, ContactNotFound
from organizations import ids
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.tenants.models import Organization

MERGED = event("contact.merged")
LONGEST_REASON = 500


@transaction.atomic
def merge_contacts(*, actor: Actor, organization: Organization, survivor: int, duplicate: int, reason: str) -> Contact:
    """Merge the duplicate into the survivor, which is returned. The event is in the trail of the duplicate.

    Raises Invalid, ContactMergeRefused, NotFound for the survivor, ContactNotFound for the duplicate.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(fields={"reason": f"A reason is needed, of at most {LONGEST_REASON} characters."})
    if survivor == duplicate:
        raise _refused("A contact is not merged into itself.")
    rows = Contact.objects.of(organization).filter(pk__in=[survivor, duplicate]).order_by("pk")
    found = {each.pk: each for each in rows.select_for_update(of=("self",), no_key=True)}
    if survivor not in found:
        raise NotFound()
    if duplicate not in found:
        raise ContactNotFound(fields={"contact_id": "There is no such contact."})
    for each, field in ((found[survivor], "survivor"), (found[duplicate], "contact_id")):
        if each.merged_into_id is not None:
            head = ids.encode("CON", each.merged_into_id)
            raise _refused(f"{each.public_id} was merged into {head} before.", field if field == "contact_id" else None)
    family = Contact.objects.of(organization).filter(merged_into=duplicate)
    moved = [each.public_id for each in family.order_by("pk")]
    family.update(merged_into=survivor)
    before = contact_facts(found[duplicate])
    Contact.objects.of(organization).filter(pk=duplicate).update(merged_into=survivor, enabled=False)
    after = contact_facts(Contact.objects.of(organization).get(pk=duplicate))
    record(
        MERGED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=found[duplicate].public_id,
        before=before,
        after=after | {"reason": reason, "moved_ids": moved},
    )
    return Contact.objects.of(organization).get(pk=survivor)


def _refused(reason: str, field: str | None = "contact_id") -> ContactMergeRefused:
    return ContactMergeRefused(details={"reason": reason}, fields={} if field is None else {field: reason})
