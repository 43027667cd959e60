"""Changing an organization's record and policies."""

from django.db import transaction

from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.tenants.answers import organization_answer
from organizations.tenants.models import Organization

UPDATED = event("organization.updated")


@transaction.atomic
def update_organization(*, actor: Actor, organization: Organization, changes: dict) -> Organization:
    """Change fields of the record. Closing books (``books_closed_through``) waits for postings in flight.

    The database takes the exclusive side of the books lock for it, so no posting that began
    before lands behind the close.
    """
    before = organization_answer(organization)
    for name, value in changes.items():
        setattr(organization, name, value)
    if changes:
        organization.save(update_fields=[*changes])
        organization.refresh_from_db()
    after = organization_answer(organization)
    if after != before:
        record(
            UPDATED,
            actor=actor,
            organization_id=organization.pk,
            entity_id=organization.public_id,
            before=before,
            after=after,
        )
    return organization
