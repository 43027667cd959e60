"""Due dates against dateutil's own rules, and the dates that users of other systems report as wrong."""

import datetime
from itertools import islice

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.recurring.calendars import FREQUENCIES, Rhythm, period_of
from organizations.clock import LAST_DAY

DAY = datetime.date


def days(rhythm: Rhythm, many: int = 4) -> list[str]:
    return [f"{rhythm.moved(day)}" for day in islice(rhythm.dates(), many)]


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm("monthly", DAY(2026, 1, 31)), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (Rhythm("monthly", DAY(2024, 1, 30)), ["2024-01-30", "2024-02-29", "2024-03-30", "2024-04-30"]),
        (Rhythm("monthly", DAY(2026, 2, 28)), ["2026-02-28", "2026-03-28", "2026-04-28", "2026-05-28"]),
        (Rhythm("monthly", DAY(2026, 2, 28), month_end=True), ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        (Rhythm("monthly", DAY(2026, 2, 27), month_end=True), ["2026-02-27", "2026-03-27", "2026-04-27", "2026-05-27"]),
        (Rhythm("quarterly", DAY(2025, 11, 30)), ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30"]),
        (Rhythm("quarterly", DAY(2025, 11, 30), month_end=True),
         ["2025-11-30", "2026-02-28", "2026-05-31", "2026-08-31"]),
        (Rhythm("annually", DAY(2024, 2, 29)), ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"]),
        (Rhythm("semimonthly", DAY(2026, 1, 15)), ["2026-01-15", "2026-01-31", "2026-02-15", "2026-02-28"]),
        (Rhythm("semimonthly", DAY(2026, 1, 1)), ["2026-01-01", "2026-01-16", "2026-02-01", "2026-02-16"]),
        (Rhythm("semimonthly", DAY(2026, 1, 30)), ["2026-01-30", "2026-02-15", "2026-02-28", "2026-03-15"]),
        (Rhythm("semimonthly", DAY(2026, 1, 31)), ["2026-01-31", "2026-02-16", "2026-02-28", "2026-03-16"]),
        (Rhythm("biweekly", DAY(2026, 1, 9)), ["2026-01-09", "2026-01-23", "2026-02-06", "2026-02-20"]),
        (Rhythm("semiannually", DAY(2026, 8, 31)), ["2026-08-31", "2027-02-28", "2027-08-31", "2028-02-29"]),
        (Rhythm("monthly", DAY(2026, 1, 31), business_day="previous"),
         ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30"]),
        (Rhythm("monthly", DAY(2026, 1, 31), business_day="next"),
         ["2026-02-02", "2026-03-02", "2026-03-31", "2026-04-30"]),
    ],
)  # fmt: skip
def test_days_are_as_the_calendar_says(rhythm, expected):
    assert days(rhythm) == expected


ANCHORS = st.dates(DAY(1990, 1, 1), DAY(2100, 12, 31))
RULES = {"daily": (rrule.DAILY, 1), "weekly": (rrule.WEEKLY, 1), "biweekly": (rrule.WEEKLY, 2),
         "monthly": (rrule.MONTHLY, 1), "quarterly": (rrule.MONTHLY, 3), "semiannually": (rrule.MONTHLY, 6),
         "annually": (rrule.MONTHLY, 12)}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(RULES)), ANCHORS, st.integers(1, 5), st.booleans())
def test_dateutil_s_rules_agree(frequency, anchor, interval, month_end):
    found = list(islice(Rhythm(frequency, anchor, interval, month_end).dates(), 30))
    kind, times = RULES[frequency]
    more = {}
    if kind == rrule.MONTHLY:
        is_last = (anchor + datetime.timedelta(days=1)).day == 1
        # Of the days up to the wanted one, the last that the month has.
        more = {"bymonthday": -1} if month_end and is_last else {
            "bymonthday": list(range(min(anchor.day, 28), anchor.day + 1)), "bysetpos": -1}  # fmt: skip
    start = datetime.datetime(anchor.year, anchor.month, anchor.day)  # noqa: DTZ001 (a date is meant)
    rule = rrule.rrule(kind, interval=interval * times, dtstart=start, count=30, **more)
    assert [day.date() for day in rule if day.date() <= LAST_DAY] == found


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FREQUENCIES), ANCHORS, st.integers(1, 4), st.integers(0, 20))
def test_days_go_on_and_each_follows_from_its_number_alone(frequency, anchor, interval, place):
    rhythm = Rhythm(frequency, anchor, interval)
    walked = list(islice(rhythm.dates(), place + 2))
    assert walked[0] == anchor and rhythm.due(place) == walked[place]
    assert walked == sorted(set(walked))


def test_a_schedule_ends_with_the_calendar_of_the_books():
    assert [*Rhythm("annually", DAY(2199, 1, 1), 1).dates()][-1] <= LAST_DAY
    assert len([*Rhythm("annually", DAY(2199, 1, 1), 1000).dates()]) == 1


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (Rhythm("monthly", DAY(2026, 1, 31)), "February 2026"),
        (Rhythm("quarterly", DAY(2026, 1, 1)), "Q2 2026"),
        (Rhythm("annually", DAY(2026, 1, 1)), "2027"),
        (Rhythm("daily", DAY(2026, 1, 1)), "2026-01-02"),
        (Rhythm("biweekly", DAY(2026, 1, 5)), "2026-01-19 to 2026-02-01"),
        (Rhythm("monthly", DAY(2026, 1, 1), 2), "2026-03-01 to 2026-04-30"),
    ],
)
def test_periods_have_names(rhythm, words):
    assert period_of(rhythm, 1) == words
