"""Who is in a group, how much of each belongs to it, and since when.

An organization's ``ownership`` says from which day on how much of it belongs to its parent; before the first day it
belongs to nobody here. Without such days its ``ownership_percentage`` has been so from the beginning, and is the whole
where nothing is said. Along a chain shares are multiplied, also through owners that are archived.
"""

import datetime
from dataclasses import dataclass
from decimal import Context, Decimal

from organizations.errors import Invalid
from organizations.tenants.models import Organization
from organizations.tenants.reach import owned
from reports.periods import ONE_DAY, Period

WHOLE = Decimal(100)
SHARES = Context(prec=28)  # so many digits has a share along a chain


@dataclass(frozen=True, slots=True)
class Member:
    """An organization of the group. ``chain`` is it and what owns it, up to the root, which is no part of it."""

    organization: Organization
    chain: tuple[Organization, ...]
    day: datetime.date

    @property
    def number(self) -> int:
        return self.organization.pk

    @property
    def share(self) -> Decimal:
        """What the group owns of it at the end of the period, in percent."""
        return self.share_on(self.day)

    def share_on(self, day: datetime.date) -> Decimal:
        """What the group owns of it on a day, in percent, along the whole chain."""
        share = WHOLE
        for each in self.chain:
            share = SHARES.divide(SHARES.multiply(share, _owned_on(each, day)), WHOLE)
        return share

    def stretches(self, period: Period) -> list[Period]:
        """The part of the period since it has belonged to the group, cut where its share changes."""
        cuts = {datetime.date.fromisoformat(row["effective_date"]) for each in self.chain for row in each.ownership}
        starts = [period.start, *sorted(day for day in cuts if period.start < day <= period.end)]
        ends = [*(day - ONE_DAY for day in starts[1:]), period.end]
        found: list[Period] = []
        for start, end in zip(reversed(starts), reversed(ends), strict=True):
            if not self.share_on(start):
                break
            found.append(Period(start, end))
        return found[::-1]


def members_of(root: Organization, chosen: list[int] | None = None, *, day: datetime.date) -> list[Member]:
    """The root and everything that it owns at the end of a day, parents before children; of ``chosen`` only those.

    A linked child is never in it, nor what it owns; an archived one is not, but what it owns is. Raises Invalid for a
    choice that is not in the group.
    """
    found = {each.pk: each for each in owned(root.pk)} | {root.pk: root}
    active = [each for each in found.values() if each.status == "active" or each.pk == root.pk]
    members = [Member(each, _chain(root, each, found), day) for each in active]
    inside = {member.number: member for member in members if member.share}
    if chosen is not None:
        unknown = [place for place, number in enumerate(chosen) if number not in inside]
        if unknown:
            raise Invalid(fields={f"organization_ids[{place}]": "It is not in this group." for place in unknown})
    wanted = [member for number, member in inside.items() if chosen is None or number in chosen]
    return sorted(wanted, key=lambda member: (member.number != root.pk, member.organization.name, member.number))


def _chain(root: Organization, one: Organization, found: dict[int, Organization]) -> tuple[Organization, ...]:
    chain, each = [], one
    while each is not None and each.pk != root.pk:
        chain.append(each)
        each = found.get(each.parent_id)
    return tuple(chain)


def _owned_on(organization: Organization, day: datetime.date) -> Decimal:
    if not organization.ownership:
        own = organization.ownership_percentage
        return WHOLE if own is None else own
    share = Decimal(0)
    for row in organization.ownership:
        if datetime.date.fromisoformat(row["effective_date"]) <= day:
            share = Decimal(row["percentage"])
    return share
