"""Dates of a column: every way to write one, the order decided by the whole of it, and days that do not exist."""

import pytest

from reconciliation.parsers.csv_dates import date_reader, is_date
from reconciliation.parsers.csv_guessing import guess
from tests.reconciliation.parsers.csv_cases import dated, dates, problems, refusal


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-15",
        "2024/1/15",
        "2024.01.15.",
        "20240115",
        "2024-01-15T23:59:59",
        "2024-01-15T23:59:59.123Z",
        "2024-01-15 12:34:56 +0000",
        "2024-01-15 23:30:00 -0700",
        "20240115103000",
        "15.01.2024",
        "15. 1. 2024",
        "15/01/24",
        "15-01-2024 / 12:34",
        "15 01 2024",
        "15012024",
        "15 Jan 2024",
        "15-JAN-24",
        "15Jan2024",
        "15. Januar 2024",
        "15 janv. 2024",
        "15 ene 2024",
        "15 led 2024",
        "15 янв 2024",
        "Jan 15, 2024",
        "January 15 2024",
        "2024-Jan-15",
        "Mon, 15 Jan 2024 10:00 PM",
        "01/15/2024 as of 01/12/2024",
        "1/15/24 10:46 PDT",
        "15th Jan '24",
    ],
)
def test_all_these_are_the_fifteenth_of_january(cell):
    assert is_date(cell)
    assert dates(dated(cell)) == ["2024-01-15"]


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        *(("15 Mär 2024", "2024-03-15"), ("15 août 2024", "2024-08-15"), ("15 juil. 2024", "2024-07-15")),
        *(("15 giu 2024", "2024-06-15"), ("15 Dez 69", "2069-12-15"), ("15 dic 70", "1970-12-15")),
        *(("15 okt 2024", "2024-10-15"), ("15 paź 2024", "2024-10-15"), ("15 fev 2024", "2024-02-15")),
    ],
)
def test_months_go_by_name_in_many_languages_and_short_years_by_century(cell, date):
    assert dates(dated(cell)) == [date]


@pytest.mark.parametrize(
    "cell",
    [
        *("", "pending", "15", "2024", "15/01", "12345678", "1.234,56", "10:30", "2024-01-15 Coffee", "15 Foo 2024"),
        *("15/01/2024 66-6666 TAXI", "99/99/9999", "1/2/3", "240115", "２０２４-01-15", "2024-01-15x", "x" * 1000),
    ],
)
def test_these_are_no_dates(cell):
    assert not is_date(cell)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (("02/01/2024", "13/01/2024"), "DMY"),
        (("02/01/2024", "01/13/2024"), "MDY"),
        (("01.02.2024", "02.01.2024"), "DMY"),  # dots
        (("01.02.2024", "01.13.2024"), "MDY"),  # what cannot be otherwise goes before dots
        (("01/02/24", "02/02/24", "05/02/24"), "DMY"),  # four days rather than four months
        (("02/01/24", "02/02/24", "02/05/24"), "MDY"),
        (("12/02/2024", "11/02/2024", "05/02/2024"), "DMY"),  # newest first
        (("24-01-15", "24-01-31", "24-02-10"), "YMD"),
        (("15-01-24", "31-01-24"), "DMY"),
        (("2024-01-02", "2024-02-01"), "YMD"),
        (("2 Jan 2024",), "DMY"),
        (("Jan 2 2024",), "MDY"),
        (("01022024", "13022024"), "DMY"),
    ],
)
def test_the_whole_column_decides_the_order(cells, order):
    assert guess(dated(*cells).encode()).date_format == order


@pytest.mark.parametrize(
    "cells",
    [
        ("6/4/2016",),
        ("6/4/2016", "6/4/2016"),
        ("01/02/2024", "02/03/2024"),  # 30 days either way
        ("05/01/2024", "02/08/2024", "07/03/2024", "01/11/2024"),  # no order at all
        ("24-01-15",),
        ("13/01/2024", "01/13/2024"),  # both
    ],
)
def test_what_the_column_leaves_open_is_refused_and_a_person_decides(cells):
    assert refusal(dated(*cells)) == "date_order_unclear"
    assert refusal(dated(*cells), {"date_format": "DMY"}) == ""


def test_a_person_decides_the_order():
    assert dates(dated("6/4/2016"), {"date_format": "DMY"}) == ["2016-04-06"]
    assert dates(dated("6/4/2016"), {"date_format": "MDY"}) == ["2016-06-04"]
    assert dates(dated("16-04-06"), {"date_format": "YMD"}) == ["2016-04-06"]


def test_a_date_that_reads_the_same_either_way_leaves_the_order_open():
    assert dates(dated("11/11/2024", "12/12/2024")) == ["2024-11-11", "2024-12-12"]
    assert guess(dated("11/11/2024", "12/12/2024").encode()).date_format == ""


def test_the_last_row_of_a_long_column_can_decide():
    cells = [f"0{day}/0{month}/2024" for month in (1, 2) for day in range(1, 10)] * 200
    assert guess(dated(*cells, "31/03/2024").encode()).date_format == "DMY"


def test_value_dates_can_decide():
    statement = "Date,Value Date,Text,Amount\n01/02/2024,01/13/2024,a,1.50\n"
    assert dates(statement) == ["2024-01-02"]


def test_one_wrong_date_among_many_is_a_problem_of_its_row():
    cells = [f"{day}/0{month}/2024" for month in range(1, 4) for day in range(1, 29)]
    assert problems(dated(*cells, "03/31/2024")) == [(86, "date_does_not_exist")]


@pytest.mark.parametrize("cell", ["31/02/2024", "30.02.2024", "2024-02-30", "31 Jun 2024", "29/02/2023", "00/01/2024"])
def test_a_day_that_does_not_exist_is_a_problem(cell):
    assert problems(dated("15/01/2024", cell)) == [(3, "date_does_not_exist")]


def test_a_time_does_not_move_the_date():
    statement = "Timestamp,Text,Amount\n2024-01-15 23:59:00 -0500,late,1.50\n2024-01-16T00:01:00Z,early,2.50\n"
    assert dates(statement) == ["2024-01-15", "2024-01-16"]


def test_what_is_no_date_by_the_order_of_the_mapping_is_a_problem():
    assert problems(dated("15/01/2024"), {"date_format": "YMD"}) == [(2, "date_unreadable")]


def test_six_figures_are_a_date_only_where_a_mapping_says_so():
    assert date_reader("YMD")("240115").isoformat() == "2024-01-15"
    assert date_reader("DMY")("150124").isoformat() == "2024-01-15"
    assert not is_date("240115")
