"""Business days, Monday to Friday, and dates with day and month exchanged. Holidays count as business days."""

import datetime


def business_day(date: datetime.date) -> int:
    """A running number of business days: the difference of two is their distance. A weekend counts as its Monday."""
    week, weekday = divmod(date.toordinal() - 1, 7)
    return week * 5 + min(weekday, 5)


def exchanged(date: datetime.date) -> datetime.date | None:
    """The date with day and month exchanged (5 March for 3 May); None where that is no other date."""
    if date.day > 12 or date.day == date.month:
        return None
    return date.replace(month=date.day, day=date.month)
