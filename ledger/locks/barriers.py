"""Which soft locks stand in the way of whom. The database asks again when the rows are written."""

import datetime
from collections.abc import Sequence

from django.contrib.postgres.functions import TransactionNow
from django.db.models import Q

from ledger.errors import PeriodLocked
from ledger.locks.areas import AREAS, area_of
from ledger.locks.models import LockDate, LockLift
from organizations.actors import Actor
from organizations.tenants.models import Organization

#: Type and date of a transaction.
Dated = tuple[str, datetime.date]


def lock_dates(organization: Organization) -> dict[str, datetime.date | None]:
    """The day through which each area is locked; None where it is not."""
    found = dict(LockDate.objects.of(organization).values_list("area", "locked_through"))
    return {area: found.get(area) for area in AREAS}


def lifted_areas(organization: Organization, actor: Actor) -> set[str]:
    """The areas whose lock is lifted for this user or key now."""
    own = Q(pk=None)
    if actor.user_id is not None:
        own |= Q(user_id=actor.user_id)
    if actor.api_key_id is not None:
        own |= Q(api_key_id=actor.api_key_id)
    active = LockLift.objects.of(organization).filter(own, ended_at=None, expires_at__gt=TransactionNow())
    return set(active.values_list("area", flat=True))


def barriers(
    organization: Organization, wanted: Sequence[Dated], *, actor: Actor | None = None, paths: Sequence[str] = ()
) -> list[PeriodLocked | None]:
    """What the soft locks refuse of some postings, in their order; None where nothing.

    Without an ``actor`` nobody's lifts count. No query where all dates lie after every
    lock. Closings of type ``closing`` are left to the database, which knows whether a
    year is being closed.
    """
    latest = organization.soft_locked_through if wanted else None
    if latest is None or all(day > latest for _, day in wanted):
        return [None] * len(wanted)
    dates = lock_dates(organization)
    lifted = lifted_areas(organization, actor) if actor is not None else set()

    def barrier(place: int, kind: str, day: datetime.date) -> PeriodLocked | None:
        area = area_of(kind)
        locked = dates[area]
        if kind == "closing" or area in lifted or locked is None or day > locked:
            return None
        return PeriodLocked.of(area, locked, path=paths[place] if paths else "")

    return [barrier(place, kind, day) for place, (kind, day) in enumerate(wanted)]


def refuse_locked(organization: Organization, wanted: Sequence[Dated], *, actor: Actor) -> None:
    """Raise the first of ``barriers``."""
    for refusal in barriers(organization, wanted, actor=actor):
        if refusal is not None:
            raise refusal
