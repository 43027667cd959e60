"""On which days a schedule is due. Pure.

Every date is reckoned from the anchor and the number of the occurrence, never from the one before: a month that is too
short for the 31st does not pull later ones forward, and a day on which nothing ran moves nothing.
"""

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from organizations.clock import LAST_DAY

FREQUENCIES = ("daily", "weekly", "biweekly", "semimonthly", "monthly", "quarterly", "semiannually", "annually")
BUSINESS_DAYS = ("none", "next", "previous")
DAYS = {"daily": 1, "weekly": 7, "biweekly": 14}
MONTHS = {"monthly": 1, "quarterly": 3, "semiannually": 6, "annually": 12}
LARGEST_INTERVAL = 1_000
MOST_EXECUTIONS = 100_000
ONE_DAY = datetime.timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often, from which day on. ``month_end``: from a last day of a month to last days of months."""

    frequency: str
    anchor: datetime.date
    interval: int = 1
    month_end: bool = False
    business_day: str = "none"

    def nominal(self, place: int) -> datetime.date:
        """The day of the occurrence at ``place``, counted from 0 at the anchor, by the calendar alone.

        Raises OverflowError after the last day that books may have.
        """
        if self.frequency in DAYS:
            return _days_on(self.anchor, DAYS[self.frequency] * self.interval * place)
        if self.frequency == "semimonthly":
            return self._semimonthly(place)
        return self._in_month(MONTHS[self.frequency] * self.interval * place, self.anchor.day)

    def due(self, place: int) -> datetime.date:
        """The day on which it is due: a weekend gives way to the business day after or before, where that is asked."""
        return self.moved(self.nominal(place))

    def moved(self, day: datetime.date) -> datetime.date:
        """Where a day that falls on a weekend moves to."""
        step = {"next": ONE_DAY, "previous": -ONE_DAY}.get(self.business_day)
        while step is not None and day.weekday() >= SATURDAY:
            day += step
        return day

    def dates(self, place: int = 0) -> Iterator[datetime.date]:
        """The days of the calendar from ``place`` on."""
        with_end = place
        while True:
            try:
                yield self.nominal(with_end)
            except OverflowError:
                return
            with_end += 1

    def _semimonthly(self, place: int) -> datetime.date:
        """Twice a month, half a month apart: the 1st and the 16th, the 15th and the last day, the 10th and the 25th.

        With an interval of n, in every n-th month.
        """
        first = self.anchor.day if self.anchor.day <= 15 else self.anchor.day - 15
        offset = place + (self.anchor.day > 15)
        months, second = divmod(offset, 2)
        late = 31 if self.anchor.day == 15 or is_month_end(self.anchor) else first + 15
        return self._in_month(months * self.interval, late if second else first)

    def _in_month(self, months: int, day: int) -> datetime.date:
        month = _months_on(self.anchor.replace(day=1), months)
        last = calendar.monthrange(month.year, month.month)[1]
        if self.frequency != "semimonthly" and self.month_end and is_month_end(self.anchor):
            return month.replace(day=last)
        return month.replace(day=min(day, last))


def is_month_end(day: datetime.date) -> bool:
    """Whether it is the last day of its month."""
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _days_on(day: datetime.date, days: int) -> datetime.date:
    return _within(day + datetime.timedelta(days=days))


def _months_on(day: datetime.date, months: int) -> datetime.date:
    try:
        return _within(day + relativedelta(months=months))
    except ValueError as problem:  # after the year 9999
        raise OverflowError("after the last day") from problem


def _within(day: datetime.date) -> datetime.date:
    if day > LAST_DAY:
        raise OverflowError("after the last day")
    return day


def period_of(rhythm: Rhythm, place: int) -> str:
    """The period that an occurrence opens, in words: ``January 2026``, ``Q1 2026``, ``2026-01-05 to 2026-01-18``."""
    day = rhythm.nominal(place)
    if rhythm.frequency == "monthly" and rhythm.interval == 1:
        return f"{calendar.month_name[day.month]} {day.year}"
    if rhythm.frequency == "quarterly" and rhythm.interval == 1:
        return f"Q{(day.month + 2) // 3} {day.year}"
    if rhythm.frequency == "annually" and rhythm.interval == 1:
        return f"{day.year}"
    if rhythm.frequency == "daily" and rhythm.interval == 1:
        return day.isoformat()
    try:
        last = rhythm.nominal(place + 1) - ONE_DAY
    except OverflowError:
        last = LAST_DAY
    return f"{day} to {last}"
