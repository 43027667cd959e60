"""What must hold of statements whatever was posted: at any date, of any period, also after a year was closed."""

import datetime
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizations.money import add_up
from reports.balance_sheet import balance_sheet
from reports.cash_flow import METHODS, cash_flow
from reports.income_statement import income_statement
from reports.periods import Period
from reports.statements import Wish
from tests.cast import Books, open_books
from tests.reports.worked import section

CODES = ("1001", "1101", "1201", "2001", "2101", "3001", "4001", "4101", "5001", "5201", "5601")
FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2025, 12, 31)
DAYS = st.dates(min_value=FIRST - datetime.timedelta(days=40), max_value=LAST + datetime.timedelta(days=40))
FEWER = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["open", "closed"])
def books(db, request) -> Books:
    """Four hundred postings between any accounts on any days of two years, the first of which is perhaps closed."""
    chance = random.Random(7)
    books = open_books("Random Ltd")
    items = []
    for _ in range(400):
        debit, credit = chance.sample(CODES, 2)
        amount = f"{chance.randint(1, 10**7) / 100:.2f}"
        day = FIRST + datetime.timedelta(days=chance.randrange((LAST - FIRST).days + 1))
        entries = [books.entry(debit, "debit", amount), books.entry(credit, "credit", amount)]
        items.append({"transaction_date": day.isoformat(), "entries": entries, "auto_post": True})
    done = books.api.post("/transactions/batch", {"transactions": items, "mode": "atomic"})
    assert done.status == 200, done.body
    if request.param == "closed":
        assert books.api.post("/fiscal-years/2024/close").status in (200, 201)
    return books


@given(days=st.lists(DAYS, min_size=1, max_size=4))
@MANY
def test_both_sides_of_the_balance_sheet_are_equal_on_every_day(books, days):
    with books.acting():
        sheet = balance_sheet(Wish(books.organization, [Period(None, day) for day in days]))
    assert sheet["is_balanced"]
    assert section(sheet, "assets")["totals"] == section(sheet, "liabilities_and_equity")["totals"]
    for part in sheet["sections"]:
        if part["kind"] == "section":
            sums = [add_up(column) for column in zip(*(row["amounts"] for row in part["rows"]), strict=True)]
            assert sums == part["totals"] or not part["rows"]


@given(days=st.tuples(DAYS, DAYS, DAYS).map(sorted))
@MANY
def test_the_income_of_a_period_is_that_of_its_parts_and_what_the_balance_sheet_gained(books, days):
    first, middle, last = days[0], days[1], days[2] + datetime.timedelta(days=1)
    next_day = middle + datetime.timedelta(days=1)
    periods = [Period(first, last), Period(first, middle), Period(next_day, last)]
    with books.acting():
        statement = income_statement(Wish(books.organization, periods))
    for part in statement["sections"]:
        whole, *halves = part["totals"]
        assert whole == add_up(halves)


@given(days=st.tuples(DAYS, DAYS, DAYS).map(sorted))
@FEWER
def test_the_cash_flow_ends_at_the_cash_whichever_way_it_is_told(books, days):
    period = Period(days[0], days[2])
    with books.acting():
        told = [cash_flow(Wish(books.organization, [period, period.before()]), method=method) for method in METHODS]
    for statement in told:
        assert statement["is_tied"]
        for column in range(2):
            opening, change, closing = (section(statement, name)["totals"][column] for name in
                                        ("opening_cash", "net_change", "closing_cash"))  # fmt: skip
            assert add_up([opening, change]) == closing
    assert section(told[0], "net_change")["totals"] == section(told[1], "net_change")["totals"]


@given(depth=st.integers(1, 3), day=DAYS)
@MANY
def test_totals_do_not_depend_on_the_depth(books, depth, day):
    with books.acting():
        shown = balance_sheet(Wish(books.organization, [Period(None, day)], depth=depth))
        whole = balance_sheet(Wish(books.organization, [Period(None, day)]))
    assert [part["totals"] for part in shown["sections"]] == [part["totals"] for part in whole["sections"]]
