"""The dates of a column: one order of day, month and year for all of it, and every cell read by that.

The order is decided by the whole column, in this order: a part above 12 is no month; dates with dots begin with the
day; of two orders that remain, the right one makes the dates run in one direction and keeps them close together.
What cannot be decided is refused: a statement read with days and months exchanged looks right and is wrong.
Times after a date are dropped, whatever their zone: the written date counts.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from reconciliation.parsers.csv_amounts import Unusable
from reconciliation.parsers.items import Unreadable

ORDERS = ("DMY", "MDY", "YMD")

_TIME = (
    r"(?:(?:T|,?\s{1,3}(?:[/-]\s)?|,)[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]{1,9})?)?\s?(?:[AaPp]\.?[Mm]\.?)?"
    r"(?:\s?(?:[A-Z]{1,5}|[+-][0-9]{2}:?[0-9]{2}))?)?(?:\s+as of .{1,40})?"
)
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,?\s+)?"
_MONTH = r"([^\W\d_]{3,10})"
_YEAR = r"([0-9]{4}|'?[0-9]{2})"
_NUMBERS = re.compile(r"([0-9]{4}|[0-9]{1,2})(\.\s?|[-/ ])([0-9]{1,2})\2([0-9]{4}|[0-9]{1,2})\.?" + _TIME)
_COMPACT = re.compile(r"([0-9]{8})(?:[0-9]{4}|[0-9]{6})?" + _TIME)
_SHORT = re.compile(r"[0-9]{6}")
_DAY_FIRST = re.compile(
    _WEEKDAY + r"([0-9]{1,2})(?:st|nd|rd|th)?\.?[-/ .]{0,2}" + _MONTH + r"\.?,?[-/ .]{0,2}" + _YEAR + _TIME
)
_MONTH_FIRST = re.compile(_WEEKDAY + _MONTH + r"\.?[-/ ]{0,2}([0-9]{1,2})(?:st|nd|rd|th)?,?[-/ ]{1,2}" + _YEAR + _TIME)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/ ]" + _MONTH + r"\.?[-/ ]([0-9]{1,2})" + _TIME)
_LONGEST = 60

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan gen ene sty led ιαν янв",
            "feb fév fev lut úno фев",
            "mar mär mrz mrt maa bře мар",
            "apr avr abr kwi dub апр",
            "may mai mei maj mag kvě май",
            "jun juin giu cze čer июн",
            "jul juil lug lip čvc июл",
            "aug août aou aoû ago sie srp авг",
            "sep set wrz zář сен",
            "oct okt ott out paź říj окт",
            "nov lis nov ноя",
            "dec dez dic déc des gru pro дек",
        ),
        1,
    )
    for name in names.split()
}


class _Parts(NamedTuple):
    """The figures of a date as written; ``first`` has four of them where the year comes first."""

    first: str
    second: str
    third: str
    separator: str


def _month(word: str) -> int | None:
    word = word.casefold()
    return _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])


def is_date(text: str) -> bool:
    """Whether a cell is written like a date and holds nothing else. Whether the day exists is another question."""
    text = text.strip()
    return 0 < len(text) <= _LONGEST and _is_date(text)


@lru_cache(maxsize=4096)
def _is_date(text: str) -> bool:
    if _SHORT.fullmatch(text):
        return False
    return _self_evident(text) is not None or _parts(text) is not None


def _parts(text: str) -> _Parts | None:
    """Day, month and year in figures, in an order that the cell does not tell."""
    if match := _NUMBERS.fullmatch(text):
        first, separator, second, third = match.groups()
        if len(first) <= 2 and len(third) != 1 and (max(int(first), int(second)) <= 31 or len(third) == 2):
            return _Parts(first, second, third, separator.strip())
        return None
    if (match := _COMPACT.fullmatch(text)) and match[1][4:6] in ("19", "20"):
        return _Parts(match[1][:2], match[1][2:4], match[1][4:], "")
    if _SHORT.fullmatch(text):
        return _Parts(text[:2], text[2:4], text[4:], "")
    return None


def _self_evident(text: str) -> tuple[int, int, int, str] | None:
    """Year, month and day where nobody can be in doubt, and the order they are written in."""
    if (match := _NUMBERS.fullmatch(text)) and len(match[1]) == 4:
        return (int(match[1]), int(match[3]), int(match[4]), "YMD") if len(match[4]) <= 2 else None
    if (match := _COMPACT.fullmatch(text)) and match[1][:2] in ("19", "20") and match[1][4:6] <= "12":
        return int(match[1][:4]), int(match[1][4:6]), int(match[1][6:]), "YMD"
    if (match := _DAY_FIRST.fullmatch(text)) and (month := _month(match[2])):
        return _year(match[3]), month, int(match[1]), "DMY"
    if (match := _MONTH_FIRST.fullmatch(text)) and (month := _month(match[1])):
        return _year(match[3]), month, int(match[2]), "MDY"
    if (match := _YEAR_FIRST.fullmatch(text)) and (month := _month(match[2])):
        return int(match[1]), month, int(match[3]), "YMD"
    return None


def _year(text: str) -> int:
    """A year in two figures is of this century up to 69, as POSIX has it."""
    number = int(text.lstrip("'"))
    return number if len(text) == 4 else number + (2000 if number < 70 else 1900)


def _ordered(parts: _Parts, order: str) -> tuple[int, int, int] | None:
    """Year, month and day by an order; None where the parts cannot be that."""
    if order == "YMD":
        year, month, day = parts.first, parts.second, parts.third
        if len(day) != 2:
            return None
    else:
        day, month, year = parts.first, parts.second, parts.third
        if order == "MDY":
            day, month = month, day
    return _year(year), int(month), int(day)


def date_reader(order: str) -> Callable[[str], datetime.date]:
    """What turns the cells of a column into dates.

    It raises Unusable with code date_missing, date_unreadable or date_does_not_exist.
    """

    @lru_cache(maxsize=4096)
    def read_short(cell: str) -> datetime.date:
        text = cell.strip()
        if not text:
            raise Unusable("date_missing", "The row has no date.")
        evident = _self_evident(text)
        parts = None if evident else _parts(text)
        found = evident[:3] if evident else (_ordered(parts, order) if parts else None)
        if found is None:
            raise Unusable("date_unreadable", f"{text[:40]!r} is no date by the order {order} of this column.")
        try:
            return datetime.date(*found)
        except ValueError:
            message = f"{text[:40]!r} is no day of the calendar, read in the order {order}."
            raise Unusable("date_does_not_exist", message) from None

    def read(cell: str) -> datetime.date:
        return read_short(cell if len(cell) <= _LONGEST else cell.strip()[: _LONGEST + 1])

    return read


@dataclass(slots=True)
class _Tally:
    """How a column looks in one order: cells that only other orders can read, and how the dates run."""

    misfits: int = 0
    last: int = 0
    ups: int = 0
    downs: int = 0
    low: int = 10**7
    high: int = 0

    @property
    def span(self) -> int:
        return max(0, self.high - self.low)

    @property
    def one_way(self) -> bool:
        return not (self.ups and self.downs)

    def take(self, day: int) -> None:
        if self.last:
            self.ups += day > self.last
            self.downs += day < self.last
        self.last = day
        self.low, self.high = min(self.low, day), max(self.high, day)


class DateColumn:
    """Gathers what the cells of a column say about the order of its dates. ``by_order`` is asked at the end."""

    def __init__(self) -> None:
        self._tallies = {order: _Tally() for order in ORDERS}
        self._written: dict[str, int] = dict.fromkeys(ORDERS, 0)
        self._counted = 0
        self._dotted = True
        self._hyphened = True
        self._alike = True  # 11/11/2024: the same date in every order
        self._example = ""  # the first that reads differently in two orders

    def add(self, cells: Iterable[str]) -> None:
        """Some more cells, in the order of the file. A date counts once, however many rows it has."""
        for text in dict.fromkeys(cell.strip() for cell in cells):
            if not text or len(text) > _LONGEST:
                continue
            if evident := _self_evident(text):
                self._written[evident[3]] += 1
            elif parts := _parts(text):
                self._add(parts, text)

    def _add(self, parts: _Parts, text: str) -> None:
        days = {order: _day_number(_ordered(parts, order)) for order in ORDERS}
        if not any(days.values()):
            return
        self._counted += 1
        self._dotted &= parts.separator == "."
        self._hyphened &= parts.separator in ("-", "")
        self._alike &= days["DMY"] == days["MDY"]
        if not self._example and len(set(days.values()) - {0}) > 1:
            self._example = text
        for order, day in days.items():
            if day:
                self._tallies[order].take(day)
            else:
                self._tallies[order].misfits += 1

    @property
    def proven(self) -> str:
        """The only order that can be, by parts above 12; "" where more than one can."""
        orders = self._fitting()
        return orders[0] if self._counted and len(orders) == 1 else ""

    @property
    def settled(self) -> bool:
        """Whether more cells could hardly change the answer."""
        fitting = [order for order in self._possible() if not self._tallies[order].misfits]
        if not self._counted:
            return sum(self._written.values()) >= 500
        rest = [self._tallies[order].misfits for order in self._possible() if order not in fitting]
        return len(fitting) == 1 and all(misfits >= 10 for misfits in rest)

    def by_order(self) -> str:
        """The order of the column; "" where the cells read the same in every order.

        Raises Unreadable date_order_unclear.
        """
        if not self._counted:
            return max(self._written, key=self._written.__getitem__) if any(self._written.values()) else ""
        orders = self._fitting()
        if not orders:
            why = "Some dates of the column can only be read day first, others only month first."
            raise _unclear(why)
        if len(orders) == 1:
            return orders[0]
        if self._dotted and "DMY" in orders:
            return "DMY"
        if self._alike and "YMD" not in orders:
            return ""
        best = min(orders, key=lambda order: (not self._tallies[order].one_way, self._tallies[order].span))
        if self._tallies[best].one_way and all(self._beats(best, other) for other in orders if other != best):
            return best
        raise _unclear("The dates of the column can be read day first or month first.", self._example)

    def _fitting(self) -> list[str]:
        allowed = self._counted // 50  # a slip of the pen among many
        return [order for order in self._possible() if self._tallies[order].misfits <= allowed]

    def _possible(self) -> list[str]:
        """24-01-15 may begin with the year; with dots or slashes that is written only where nothing else will do."""
        others = [order for order in ("DMY", "MDY") if self._tallies[order].misfits * 50 <= self._counted]
        return list(ORDERS) if self._hyphened or not others else ["DMY", "MDY"]

    def _beats(self, best: str, other: str) -> bool:
        near, far = self._tallies[best], self._tallies[other]
        if far.one_way:
            return near.span * 3 <= far.span and far.span > 0
        return near.span <= far.span


def _day_number(parts: tuple[int, int, int] | None) -> int:
    """A number that grows with the date; 0 where month or day cannot be."""
    if parts is None:
        return 0
    year, month, day = parts
    return (year * 12 + month) * 31 + day if 1 <= month <= 12 and 1 <= day <= 31 else 0


def _unclear(why: str, example: str = "") -> Unreadable:
    advice = 'say which by the mapping {"date_format": "DMY"} (or "MDY", "YMD").'
    return Unreadable("date_order_unclear", f"{why} Look at one whose day you know, and {advice}", example)
