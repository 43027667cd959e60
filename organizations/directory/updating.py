"""Changing an organization's record and policies."""

from django.conf import settings
from django.db import transaction

from organizations.actors import Actor
from organizations.directory.archiving import set_status
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.tenants.answers import organization_answer
from organizations.tenants.models import Organization
from organizations.tenants.origins import problem_with

UPDATED = event("organization.updated")


@transaction.atomic
def update_organization(*, actor: Actor, organization: Organization, changes: dict) -> Organization:
    """Change fields of the record. Closing books (``books_closed_through``) waits for postings in flight.

    The database takes the exclusive side of the books lock for it, so no posting that began
    before lands behind the close. A ``status`` archives or restores, which is an event of its own.
    Raises Invalid for origins that no page has.
    """
    _check_origins(organization, changes.get("cors_origins", []))
    changes = dict(changes)
    status = changes.pop("status", None)
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
    if status is not None:
        set_status(actor=actor, organization=organization, status=status)
    return organization


def _check_origins(organization: Organization, origins: list[str]) -> None:
    local = settings.LOCAL or organization.mode == "test"
    problems = {f"cors_origins[{place}]": problem_with(each, local=local) for place, each in enumerate(origins)}
    problems = {path: problem for path, problem in problems.items() if problem is not None}
    if problems:
        raise Invalid(fields=problems)
