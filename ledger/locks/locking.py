"""Moving the soft locks of areas."""

import datetime

from django.db import transaction

from ledger.locks.answers import lock_dates_answer
from ledger.locks.barriers import lock_dates
from ledger.locks.models import LockDate
from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.tenants.models import Organization

UPDATED = event("lock_dates.updated")


@transaction.atomic
def move_locks(*, actor: Actor, organization: Organization, changes: dict[str, datetime.date | None]) -> Organization:
    """Lock areas through a day, forward or back; None unlocks. Areas that are not named stay as they are.

    Waits for postings in flight, as closing the books does: none that began before lands behind the lock.
    """
    before = lock_dates_answer(organization, lock_dates(organization))
    for area in sorted(changes):
        moved = LockDate.objects.of(organization).filter(area=area)
        if not moved.update(locked_through=changes[area]):
            LockDate.objects.create(organization=organization, area=area, locked_through=changes[area])
    dates = lock_dates(organization)
    after = lock_dates_answer(organization, dates)
    if after != before:
        organization.soft_locked_through = max((day for day in dates.values() if day is not None), default=None)
        organization.save(update_fields=["soft_locked_through"])
        record(
            UPDATED,
            actor=actor,
            organization_id=organization.pk,
            entity_id=organization.public_id,
            before=before,
            after=after,
        )
    return organization
