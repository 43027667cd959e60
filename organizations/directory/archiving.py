"""Archiving an organization, and restoring it.

What is archived is read and exported as before, but nothing is written in it, and nothing happens there by itself:
no schedule, reminder or report runs. What had happened until then is still told: webhooks, letters and running jobs
end what they began.
"""

from django.db import transaction

from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.tenants.answers import organization_answer
from organizations.tenants.models import Organization

EVENTS = {"archived": event("organization.archived"), "active": event("organization.restored")}


@transaction.atomic
def set_status(*, actor: Actor, organization: Organization, status: str, reason: str = "") -> Organization:
    """Archive or restore; what is so already stays as it is, without an event.

    The database refuses to restore what is to be deleted.
    """
    held = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    organization.status = held.status
    if held.status == status:
        return organization
    before = organization_answer(organization)
    organization.status = status
    organization.save(update_fields=["status"])
    organization.refresh_from_db()
    record(
        EVENTS[status],
        actor=actor,
        organization_id=organization.pk,
        entity_id=organization.public_id,
        before=before,
        after=organization_answer(organization) | ({"reason": reason} if reason else {}),
    )
    return organization
