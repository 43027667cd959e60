"""Columns: the period asked for and those before it, by the calendar."""

import datetime

import pytest
from dateutil.relativedelta import relativedelta

from organizations.clock import FIRST_DAY
from reports.periods import Period, columns


def day(text: str | None) -> datetime.date | None:
    return text and datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "compare", "others"),
    [
        ("2026-03-01", "2026-03-31", "previous_period", [("2026-02-01", "2026-02-28")]),
        ("2026-03-01", "2026-03-31", 2, [("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")]),
        ("2026-01-01", "2026-03-31", "previous_period", [("2025-10-01", "2025-12-31")]),
        ("2026-01-01", "2026-12-31", 1, [("2025-01-01", "2025-12-31")]),
        ("2026-03-05", "2026-03-11", 1, [("2026-02-26", "2026-03-04")]),
        ("2024-02-01", "2024-02-29", "previous_year", [("2023-02-01", "2023-02-28")]),
        ("2023-02-01", "2023-02-28", "previous_year", [("2022-02-01", "2022-02-28")]),
        ("2025-02-01", "2025-02-28", "previous_year", [("2024-02-01", "2024-02-29")]),
        (None, "2026-03-31", 2, [(None, "2026-02-28"), (None, "2026-01-31")]),
        (None, "2026-03-30", 1, [(None, "2026-02-28")]),
        (None, "2026-03-15", "previous_year", [(None, "2025-03-15")]),
        ("2026-03-01", "2026-03-31", None, []),
    ],
)
def test_what_a_period_is_compared_with(start, end, compare, others):
    found = columns(Period(day(start), day(end)), compare)
    assert [(each.start, each.end) for each in found[1:]] == [(day(first), day(last)) for first, last in others]


@pytest.mark.parametrize(
    ("start", "end", "label"),
    [
        ("2026-01-01", "2026-12-31", "2026"),
        ("2026-02-01", "2026-02-28", "February 2026"),
        ("2026-02-01", "2026-02-27", "2026-02-01 to 2026-02-27"),
        ("2025-07-01", "2026-06-30", "2025-07-01 to 2026-06-30"),
        (None, "2026-02-28", "2026-02-28"),
    ],
)
def test_how_a_column_is_called(start, end, label):
    assert Period(day(start), day(end)).label == label


def test_there_is_no_column_before_the_calendar():
    second = FIRST_DAY + datetime.timedelta(days=40)
    assert [each.end for each in columns(Period(None, second), 24)] == [second, second - relativedelta(months=1)]
