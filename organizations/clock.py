"""The only clock of the system.

Business code asks here and nowhere else, so that a test can set the time and a reader
can find every place where time matters. What is stored as "when it was written" is the
database's own clock (``now()`` of the transaction), never this one.
"""

import datetime
from zoneinfo import ZoneInfo

#: The first and the last business date that books may have; a constraint of the journal says the same.
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)


def now() -> datetime.datetime:
    """The present instant, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def today(time_zone: str = "UTC") -> datetime.date:
    """The business date in an organization's time zone (an IANA name)."""
    return day_of(now(), time_zone)


def day_of(instant: datetime.datetime, time_zone: str) -> datetime.date:
    """The business date of an instant in a time zone; the first or last that books have, at the ends of time."""
    try:
        day = instant.astimezone(ZoneInfo(time_zone)).date()
    except OverflowError:
        day = instant.date()
    return min(max(day, FIRST_DAY), LAST_DAY)
