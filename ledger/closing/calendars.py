"""The fiscal years of an organization, and how far each is closed."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Max, Min

from ledger.closing.models import ClosingPosting, YearClosing
from ledger.closing.years import FIRST_YEAR, LAST_YEAR, FiscalYear, year_around, years_between
from ledger.journal.models import Transaction
from ledger.locks.barriers import lock_dates
from organizations import clock
from organizations.errors import NotFound
from organizations.tenants.models import Organization

STATUSES = ("open", "soft_locked", "locked", "closed")


@dataclass(slots=True)
class Calendar:
    """Fiscal years, earliest first, with their closings and the transactions of these, and the locks."""

    organization: Organization
    years: list[FiscalYear]
    closings: dict[int, YearClosing]
    postings: dict[int, list[int]]
    locks: dict[str, datetime.date | None] = field(default_factory=dict)

    def status(self, ends_on: datetime.date) -> str:
        """How far a period that ends on a day is shut: for everybody (``locked``), for some area, or not at all."""
        through = self.organization.books_closed_through
        if through is not None and ends_on <= through:
            return "locked"
        return "soft_locked" if self.locked_areas(ends_on) else "open"

    def year_status(self, year: FiscalYear) -> str:
        return "closed" if year.year in self.closings else self.status(year.ends_on)

    def locked_areas(self, ends_on: datetime.date) -> list[str]:
        """The areas whose soft lock reaches the end of a period."""
        return [area for area, through in self.locks.items() if through is not None and ends_on <= through]

    def year(self, name: int) -> FiscalYear:
        """Raises NotFound."""
        found = next((each for each in self.years if each.year == name), None)
        if found is None:
            raise NotFound()
        return found


def closings_in_force(organization: Organization) -> list[YearClosing]:
    """The years that are closed, earliest first."""
    return list(YearClosing.objects.of(organization).filter(reopened_at=None).order_by("ends_on"))


def _as_closed(closing: YearClosing) -> FiscalYear:
    return FiscalYear(closing.year, closing.starts_on, closing.ends_on)


def years_at(organizations: Iterable[Organization], day: datetime.date) -> dict[int, FiscalYear]:
    """The fiscal year that a day lies in, by organization, in one query; the caller may read them all."""
    asked = {each.pk: each for each in organizations}
    closed: dict[int, list[FiscalYear]] = {number: [] for number in asked}
    for closing in YearClosing.objects.filter(organization_id__in=asked, reopened_at=None):
        closed[closing.organization_id].append(_as_closed(closing))
    return {number: year_around(day, each.fiscal_year_start, closed[number]) for number, each in asked.items()}


def years_of_days(organization: Organization, days: Iterable[datetime.date]) -> list[FiscalYear]:
    """The fiscal year that each of the days lies in, in one query."""
    closed = [_as_closed(closing) for closing in closings_in_force(organization)]
    return [year_around(day, organization.fiscal_year_start, closed) for day in days]


def calendar_of(organization: Organization, *, including: int | None = None) -> Calendar:
    """The years from the first to the last that has transactions or is the present one.

    ``including`` names one more year. Raises NotFound where there can be no such year.
    """
    if including is not None and not FIRST_YEAR <= including <= LAST_YEAR:
        raise NotFound()
    closings = closings_in_force(organization)
    span = (
        Transaction.objects.of(organization)
        .filter(status="posted")
        .aggregate(first=Min("transaction_date"), last=Max("transaction_date"))
    )
    today = clock.today(organization.time_zone)
    days = [day for day in (*span.values(), *(each.starts_on for each in closings)) if day is not None]
    if including is not None:
        days += [datetime.date(max(including - 1, FIRST_YEAR), 1, 1), datetime.date(including, 12, 31)]
    closed = [_as_closed(each) for each in closings]
    month = organization.fiscal_year_start
    postings: dict[int, list[int]] = {each.pk: [] for each in closings}
    for posting in ClosingPosting.objects.of(organization).filter(closing_id__in=postings).order_by("pk"):
        postings[posting.closing_id].append(posting.transaction_id)
    return Calendar(
        organization=organization,
        years=years_between(min([today, *days]), max([today, *days]), month, closed),
        closings={each.year: each for each in closings},
        postings=postings,
        locks=lock_dates(organization),
    )
