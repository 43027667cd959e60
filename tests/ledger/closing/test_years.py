"""Fiscal years from the month in which they begin, also where that month was changed."""

import datetime

import pytest

from ledger.closing.years import FiscalYear, month_end, regular, year_around, year_of, years_between

D = datetime.date


def spans(years):
    return [(each.year, each.starts_on.isoformat(), each.ends_on.isoformat()) for each in years]


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        (D(2024, 1, 1), 1, 2024),
        (D(2024, 12, 31), 1, 2024),
        (D(2024, 6, 30), 7, 2024),
        (D(2024, 7, 1), 7, 2025),
        (D(2024, 2, 29), 3, 2024),
        (D(2024, 11, 30), 12, 2024),
        (D(2024, 12, 1), 12, 2025),
    ],
)
def test_a_year_is_named_by_the_calendar_year_in_which_it_ends(day, month, year):
    assert year_of(day, month) == year
    found = regular(year, month)
    assert found.starts_on <= day <= found.ends_on
    assert found.ends_on.year == year
    assert len(found.periods) == 12


def test_periods_are_months():
    first, *_, last = regular(2024, 3).periods
    assert first == (1, D(2023, 3, 1), D(2023, 3, 31))
    assert last == (12, D(2024, 2, 1), D(2024, 2, 29))
    assert month_end(D(2024, 12, 5)) == D(2024, 12, 31)


def test_years_follow_one_another():
    found = years_between(D(2023, 8, 1), D(2025, 1, 1), 7)
    assert spans(found) == [(2024, "2023-07-01", "2024-06-30"), (2025, "2024-07-01", "2025-06-30")]


def test_after_a_change_of_month_comes_a_short_year():
    closed = [FiscalYear(2023, D(2023, 1, 1), D(2023, 12, 31))]
    found = years_between(D(2022, 5, 1), D(2024, 8, 1), 7, closed)
    assert spans(found) == [
        (2022, "2021-07-01", "2022-06-30"),
        (2023, "2023-01-01", "2023-12-31"),
        (2024, "2024-01-01", "2024-06-30"),
        (2025, "2024-07-01", "2025-06-30"),
    ]


def test_a_short_year_that_would_take_a_closed_one_s_name_is_joined_to_the_next():
    closed = [FiscalYear(2024, D(2023, 7, 1), D(2024, 6, 30))]
    found = years_between(D(2023, 8, 1), D(2026, 2, 1), 1, closed)
    assert spans(found) == [
        (2024, "2023-07-01", "2024-06-30"),
        (2025, "2024-07-01", "2025-12-31"),
        (2026, "2026-01-01", "2026-12-31"),
    ]
    assert len(found[1].periods) == 18


@pytest.mark.parametrize(
    ("day", "month", "span"),
    [
        (D(2024, 3, 1), 1, ("2024-01-01", "2024-12-31")),
        (D(2024, 3, 1), 7, ("2024-01-01", "2024-06-30")),  # short
        (D(2024, 7, 1), 7, ("2024-07-01", "2025-06-30")),
        (D(2023, 12, 31), 7, ("2023-01-01", "2023-12-31")),
        (D(2022, 8, 1), 7, ("2022-07-01", "2023-06-30")),  # in the gap before the closed year
        (D(2200, 12, 31), 7, ("2200-07-01", "2201-06-30")),
        (D(2024, 2, 29), 3, ("2024-01-01", "2024-02-29")),
    ],
)
def test_the_year_around_a_day_follows_the_closed_ones(day, month, span):
    closed = [FiscalYear(2023, D(2023, 1, 1), D(2023, 12, 31))]
    found = year_around(day, month, closed)
    assert (found.starts_on.isoformat(), found.ends_on.isoformat()) == span


@pytest.mark.parametrize("day", [D(2024, 7, 1), D(2024, 12, 31), D(2025, 12, 31)])
def test_the_year_around_a_day_may_be_a_long_one(day):
    closed = [FiscalYear(2024, D(2023, 7, 1), D(2024, 6, 30))]
    found = year_around(day, 1, closed)
    assert (found.starts_on, found.ends_on) == (D(2024, 7, 1), D(2025, 12, 31))
