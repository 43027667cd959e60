"""Fiscal years and their periods, from the month in which they begin. Pure.

A fiscal year is named by the calendar year in which it ends: one from July 2024 to June
2025 is 2025. Where the first month was changed after years were closed, the next year
begins the day after the last closed one; it is short, or long where a short one would
end in the same calendar year as the closed one and take its name.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

ONE_DAY = datetime.timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Period(NamedTuple):
    """A month of a fiscal year; ``number`` counts from 1."""

    number: int
    starts_on: datetime.date
    ends_on: datetime.date


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """From one day to another, both included."""

    year: int
    starts_on: datetime.date
    ends_on: datetime.date

    @property
    def periods(self) -> list[Period]:
        """Its months."""
        found: list[Period] = []
        start = self.starts_on
        while start <= self.ends_on:
            end = month_end(start)
            found.append(Period(len(found) + 1, start, end))
            start = end + ONE_DAY
        return found


def month_end(day: datetime.date) -> datetime.date:
    """The last day of a day's month."""
    return datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1) - ONE_DAY


def regular(year: int, first_month: int) -> FiscalYear:
    """The fiscal year of twelve months that ends in a calendar year."""
    if first_month == 1:
        return FiscalYear(year, datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    return FiscalYear(year, datetime.date(year - 1, first_month, 1), datetime.date(year, first_month, 1) - ONE_DAY)


def year_of(day: datetime.date, first_month: int) -> int:
    """The name of the regular fiscal year that a day lies in."""
    return day.year if day <= regular(day.year, first_month).ends_on else day.year + 1


def years_between(
    first: datetime.date, last: datetime.date, first_month: int, closed: Iterable[FiscalYear] = ()
) -> list[FiscalYear]:
    """The fiscal years from the one of ``first`` to the one of ``last``, earliest first.

    ``closed`` years are as they were when they were closed, whatever the first month is now.
    """
    settled = sorted(closed, key=lambda each: each.ends_on)
    found = list(settled)
    latest = settled[-1] if settled else None
    taken = {each.year for each in settled}
    starts_on: datetime.date | None = None
    for year in range(year_of(first, first_month), year_of(last, first_month) + 1):
        each = regular(year, first_month)
        if latest is None or each.starts_on > latest.ends_on:
            found.append(FiscalYear(year, starts_on or each.starts_on, each.ends_on))
            starts_on = None
        elif each.ends_on > latest.ends_on:  # the transition: short, or joined to the next
            starts_on = latest.ends_on + ONE_DAY
            if year not in taken:
                found.append(FiscalYear(year, starts_on, each.ends_on))
                starts_on = None
        elif year not in taken and not any(_overlap(each, other) for other in settled):
            found.append(each)
    return sorted(found, key=lambda each: each.ends_on)


def year_around(day: datetime.date, first_month: int, closed: Iterable[FiscalYear] = ()) -> FiscalYear:
    """The fiscal year that a day lies in; the regular one where closed years left a gap."""
    closed = list(closed)
    first = min([day, *(each.starts_on for each in closed)])
    years = years_between(first, day.replace(year=day.year + 1, day=1), first_month, closed)
    around = [each for each in years if each.starts_on <= day <= each.ends_on]
    return around[0] if around else regular(year_of(day, first_month), first_month)


def _overlap(one: FiscalYear, other: FiscalYear) -> bool:
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
