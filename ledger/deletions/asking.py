"""Asking for the deletion of an organization, and calling it off."""

from django.conf import settings
from django.db import transaction

from ledger.deletions.answers import deletion_answer
from ledger.deletions.models import Deletion
from ledger.errors import DeletionAsked, DeletionNotAsked, OrganizationHasChildren
from organizations import scoping
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.jobs.running import as_json
from organizations.tenants.models import Organization

ASKED = event("organization.deletion_requested")
CANCELLED = event("organization.deletion_cancelled")


def deletion_of(organization: Organization) -> Deletion | None:
    """The deletion that was asked for, if there is one."""
    return Deletion.objects.of(organization).first()


@transaction.atomic
def ask_deletion(*, actor: Actor, organization: Organization, confirm_name: str, reason: str = "") -> Deletion:
    """Archive the organization now, and have it deleted after ``DELETION_AFTER_DAYS``.

    Raises Invalid where the name is another, OrganizationHasChildren, DeletionAsked.
    """
    if confirm_name != organization.name:
        raise Invalid(fields={"confirm_name": "This is not the organization's name."})
    children = _children_of(organization)
    if children:
        raise OrganizationHasChildren(details={"children": children})
    if deletion_of(organization) is not None:
        raise DeletionAsked()
    if organization.status != "archived":
        organization.status = "archived"
        organization.save(update_fields=["status"])
    deletion = Deletion(
        organization=organization, days=settings.DELETION_AFTER_DAYS, reason=reason, actor=as_json(actor)
    )
    deletion.save(force_insert=True)
    deletion.refresh_from_db()
    record(
        ASKED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=organization.public_id,
        after=deletion_answer(deletion),
    )
    return deletion


@transaction.atomic
def cancel_deletion(*, actor: Actor, organization: Organization) -> None:
    """Call the deletion off. The organization stays archived until somebody restores it. Raises DeletionNotAsked."""
    deletion = deletion_of(organization)
    if deletion is None or not Deletion.objects.filter(pk=deletion.pk).delete()[0]:
        raise DeletionNotAsked()
    before = deletion_answer(deletion)
    record(CANCELLED, actor=actor, organization_id=organization.pk, entity_id=organization.public_id, before=before)


def _children_of(organization: Organization) -> int:
    """How many organizations stand below it, whoever may see them."""
    before = scoping.current()["app.superuser"]
    scoping.bind(superuser="on")
    count = Organization.objects.filter(parent_id=organization.pk).count()
    scoping.bind(superuser=before)
    return count
