"""Lifting a soft lock for one user or API key, for a while and for a reason."""

import datetime

from django.db import transaction

from ledger.locks.answers import lift_answer, lift_status
from ledger.locks.models import LockLift
from organizations import clock, scoping
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.keys.models import ApiKey
from organizations.members.models import Membership
from organizations.tenants.models import Organization

LIFTED = event("lock_lift.created")
ENDED = event("lock_lift.ended")


@transaction.atomic
def lift_lock(
    *,
    actor: Actor,
    organization: Organization,
    area: str,
    reason: str,
    expires_at: datetime.datetime,
    user_id: int | None = None,
    api_key_id: int | None = None,
) -> LockLift:
    """Let one user or key post into a locked area until ``expires_at``. The hard lock stays.

    The user is a member here or of a parent that owns these books; the key is one of this
    organization's own. Raises Invalid with the field at fault.
    """
    problems = {}
    if (user_id is None) == (api_key_id is None):
        problems["user_id"] = "Either user_id or api_key_id."
    elif user_id is not None and not _known_user(organization, actor, user_id):
        problems["user_id"] = "There is no such user here."
    elif api_key_id is not None and not ApiKey.objects.of(organization).filter(pk=api_key_id).exists():
        problems["api_key_id"] = "There is no such API key here."
    if expires_at <= clock.now():
        problems["expires_at"] = "A moment in the future."
    if problems:
        raise Invalid(fields=problems)
    lift = LockLift.objects.create(
        organization=organization,
        area=area,
        user_id=user_id,
        api_key_id=api_key_id,
        reason=reason,
        expires_at=expires_at,
    )
    lift.refresh_from_db()
    _record(LIFTED, actor, lift, before=None)
    return lift


def _known_user(organization: Organization, actor: Actor, user_id: int) -> bool:
    """Whether the user acts here, or is a member where these books are owned."""
    if user_id == actor.user_id:
        return True
    before = scoping.current()["app.user_id"]
    scoping.bind(user_id=str(user_id))  # opens that user's memberships, also those in parents
    found = Membership.objects.filter(user_id=user_id, organization_id__in=organization.owner_ids).exists()
    scoping.bind(user_id=before)
    return found


@transaction.atomic
def end_lift(*, actor: Actor, organization: Organization, lift_id: int) -> LockLift:
    """End a lift before it expires. Waits for postings in flight. One that is over already stays as it is."""
    lift = LockLift.objects.of(organization).select_for_update(of=("self",)).filter(pk=lift_id).first()
    if lift is None:
        raise NotFound()
    if lift_status(lift) == "active":
        before = lift_answer(lift)
        lift.ended_at = clock.now()
        lift.save(update_fields=["ended_at"])
        lift.refresh_from_db()
        _record(ENDED, actor, lift, before=before)
    return lift


def _record(event_type: str, actor: Actor, lift: LockLift, *, before: dict | None) -> None:
    record(
        event_type,
        actor=actor,
        organization_id=lift.organization_id,
        entity_id=lift.public_id,
        before=before,
        after=lift_answer(lift),
    )
