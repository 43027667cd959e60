"""The columns of a report: the period asked for, and those it is compared with."""

import datetime
import re
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from organizations.clock import FIRST_DAY, LAST_DAY
from organizations.wire.filtering import ListField

PREVIOUS_PERIOD, PREVIOUS_YEAR, BUDGET = "previous_period", "previous_year", "budget"
MOST_COLUMNS = 24
HOW_MANY = {str(number) for number in range(1, MOST_COLUMNS + 1)}
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` through ``end``; without a start all that was until then."""

    start: datetime.date | None
    end: datetime.date

    @property
    def label(self) -> str:
        """``2026``, ``March 2026``, ``2026-03-05 to 2026-04-02``, or for a day alone ``2026-03-31``."""
        start, end = self.start, self.end
        if start is None or start == end:
            return end.isoformat()
        if start.day == 1 and _is_month_end(end):
            if (start.year, start.month) == (end.year, end.month):
                return f"{start:%B %Y}"
            if (start.month, end.month) == (1, 12) and start.year == end.year:
                return f"{start.year}"
        return f"{start.isoformat()} to {end.isoformat()}"

    def before(self) -> "Period":
        """The period of the same length that ends where this one begins; of a day alone, the day a month earlier.

        Whole months stay whole months, and a month's end stays a month's end.
        """
        if self.start is None:
            return Period(None, _months_back(self.end, 1))
        end = self.start - ONE_DAY
        if self.start.day == 1 and _is_month_end(self.end):
            months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
            return Period(self.start - relativedelta(months=months), end)
        return Period(end - (self.end - self.start), end)

    def a_year_before(self) -> "Period":
        """The same period of the year before."""
        return Period(self.start and self.start - relativedelta(years=1), _months_back(self.end, 12))


NAMED = re.compile(r"Q(?P<quarter>[1-4])-(?P<year>[0-9]{4})|(?P<only_year>[0-9]{4})(?:-(?P<month>0[1-9]|1[0-2]))?")


def named_period(text: str) -> Period:
    """The period of a name: ``Q4-2024`` (October through December 2024), ``2024-12``, ``2024``.

    Quarters and years are the calendar's, whatever the fiscal year. Raises ValueError.
    """
    match = NAMED.fullmatch(text)
    year = int(match["year"] or match["only_year"]) if match else 0
    if not match or not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise ValueError("A quarter such as Q4-2024, a month such as 2024-12, or a year such as 2024, of the calendar.")
    first, months = 1, 12
    if match["quarter"]:
        first, months = 3 * int(match["quarter"]) - 2, 3
    elif match["month"]:
        first, months = int(match["month"]), 1
    start = datetime.date(year, first, 1)
    return Period(start, start + relativedelta(months=months - 1, day=31))


def columns(period: Period, compare: str | int | None) -> list[Period]:
    """The period, and those it is compared with: as many as there are days in the calendar for.

    A budget is none.
    """
    found = [period]
    if compare == BUDGET:
        return found
    if compare == PREVIOUS_YEAR:
        found.append(period.a_year_before())
    else:
        for _ in range(1 if compare == PREVIOUS_PERIOD else compare or 0):
            if _begins(found[-1]) >= FIRST_DAY:
                found.append(found[-1].before())
    return [found[0], *(each for each in found[1:] if _begins(each) >= FIRST_DAY)]


class Compare(ListField):
    """``previous_period``, ``previous_year``, how many periods before, or, where ``budget`` has a column, that."""

    operators = ("eq",)

    def __init__(self, *, budget: bool = False):
        self.words = (PREVIOUS_PERIOD, PREVIOUS_YEAR, *([BUDGET] if budget else []))
        named = ", ".join(f"`{word}`" for word in self.words)
        super().__init__(description=f"Further columns: {named}, or so many periods before.")
        self.schema = {
            "type": "string",
            "pattern": f"^({'|'.join(self.words)}|[1-9]|1[0-9]|2[0-4])$",
            "examples": [PREVIOUS_YEAR, "11"],
        }

    def read(self, text: str) -> str | int:
        if text in self.words:
            return text
        if text in HOW_MANY:
            return int(text)
        raise ValueError(f"{', '.join(self.words)}, or a whole number from 1 to {MOST_COLUMNS}.")


class NamedPeriod(ListField):
    """A period by its name: ``Q4-2024``, ``2024-12``, ``2024``."""

    operators = ("eq",)
    schema = {"type": "string", "pattern": "^(Q[1-4]-[0-9]{4}|[0-9]{4}(-(0[1-9]|1[0-2]))?)$", "examples": ["Q4-2024"]}

    def read(self, text: str) -> Period:
        return named_period(text)


def _begins(period: Period) -> datetime.date:
    return period.start or period.end


def _is_month_end(day: datetime.date) -> bool:
    return (day + ONE_DAY).day == 1


def _months_back(day: datetime.date, months: int) -> datetime.date:
    earlier = day - relativedelta(months=months)
    return earlier + relativedelta(day=31) if _is_month_end(day) else earlier
