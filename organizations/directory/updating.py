"""Changing an organization's record and policies."""

from django.conf import settings
from django.db import transaction

from organizations import scoping
from organizations.actors import Actor
from organizations.directory.archiving import set_status
from organizations.directory.terms import refuse_from_below, terms_changed
from organizations.errors import Invalid, OrganizationArchived
from organizations.events.recording import event, record
from organizations.tenants.answers import organization_answer
from organizations.tenants.models import Organization
from organizations.tenants.origins import problem_with

UPDATED = event("organization.updated")


@transaction.atomic
def update_organization(*, actor: Actor, organization: Organization, changes: dict) -> Organization:
    """Change fields of the record. Closing books (``books_closed_through``) waits for postings in flight.

    The database takes the exclusive side of the books lock for it, so no posting that began
    before lands behind the close. A ``status`` archives or restores, which is an event of its own; nothing else
    changes of what is archived. The terms between a child and those above it are told to its parent as well.
    Raises Invalid for origins that no page has, OrganizationArchived, and NotAuthorized for terms set from below.
    """
    _check_origins(organization, changes.get("cors_origins", []))
    changes = dict(changes)
    status = changes.pop("status", None)
    if status == "active":
        set_status(actor=actor, organization=organization, status=status)
    if changes and organization.status == "archived":
        raise OrganizationArchived()
    terms = terms_changed(organization, changes)
    refuse_from_below(actor, organization, terms)
    before = organization_answer(organization)
    for name, value in changes.items():
        setattr(organization, name, value)
    if changes:
        organization.save(update_fields=[*changes])
        organization.refresh_from_db()
    after = organization_answer(organization)
    if after != before:
        what = {"actor": actor, "entity_id": organization.public_id, "before": before, "after": after}
        record(UPDATED, organization_id=organization.pk, **what)
        if terms and organization.parent_id is not None:
            with scoping.acting_in(organization.parent_id):
                record(UPDATED, organization_id=organization.parent_id, **what)
    if status == "archived":
        set_status(actor=actor, organization=organization, status=status)
    return organization


def _check_origins(organization: Organization, origins: list[str]) -> None:
    local = settings.LOCAL or organization.mode == "test"
    problems = {f"cors_origins[{place}]": problem_with(each, local=local) for place, each in enumerate(origins)}
    problems = {path: problem for path, problem in problems.items() if problem is not None}
    if problems:
        raise Invalid(fields=problems)
