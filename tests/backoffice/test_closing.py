"""Closing in the back office: locks, lifts, and years that are closed and reopened by buttons."""

import datetime
import html
import re

import pytest

from ledger.closing.models import YearClosing
from ledger.locks.models import LockLift
from tests.backoffice.desks import Person, address, balance, recorded
from tests.cast import Books, Cast
from tests.reconciliation import banks

pytestmark = pytest.mark.django_db
MOST_QUERIES = 22


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


@pytest.fixture
def books(cast: Cast) -> Books:
    recorded(cast.alices, "100.00", date=datetime.date(2023, 3, 1))
    return cast.alices


def test_the_page_shows_years_and_locks(books, alice):
    page = alice.get(address(YearClosing))
    assert "Books closed through not closed" in page
    assert "2023 2023-01-01 2023-12-31 open" in page
    assert page.queries <= MOST_QUERIES


def test_lock_dates_are_moved_by_a_form(books, alice):
    where = address(YearClosing, "locks")
    assert "Transactions of type income." in alice.get(where)
    page = alice.follow(alice.post(where, journal="", sales="2023-06-30", purchases="", bank=""))
    assert "Saved." in page
    assert "Sales locked through 2023-06-30" in page
    assert books.api.get("/lock-dates")["sales"] == "2023-06-30"
    assert "Enter a valid date" in alice.post(where, sales="soon")


def test_a_lock_is_lifted_and_the_lift_shows_what_came_in(books, alice, cast):
    alice.post(address(YearClosing, "locks"), sales="2023-06-30")
    assert "For how many hours" in alice.get(address(LockLift, "add"))
    assert alice.post(address(LockLift, "add"), area="", hours="0").said.count("This field is required.") == 3
    fields = {"area": "sales", "holder": f"user_id:{cast.alice.pk}", "reason": "A late invoice", "hours": "2"}
    page = alice.follow(alice.post(address(LockLift, "add"), **fields))
    assert "The lock is lifted." in page
    assert "Nothing was posted under this lift." in page
    books_by_alice = cast.as_person("alice")
    sale = books_by_alice.post("/transactions", books.sale("9.99", transaction_date="2023-05-05"))
    assert sale.status == 201
    lift = books.api.get("/lock-dates/lifts").data[0]
    number = int(lift["id"].removeprefix("LFT_"), 16)
    page = alice.get(address(LockLift, "change", number))
    assert "Cash sale income 9.99" in page
    listed = alice.get(address(LockLift))
    assert "A late invoice" in listed
    assert listed.queries <= MOST_QUERIES
    assert "A late invoice" not in alice.get(f"{address(LockLift)}?state=ended").said
    assert "The lift has ended." in alice.follow(alice.post(address(LockLift, "end", number)))
    assert "A late invoice" in alice.get(f"{address(LockLift)}?state=ended&q=late")
    assert "lock_lift.ended" in alice.get(address(LockLift, "history", number))


def test_a_year_is_closed_and_reopened_by_buttons(books, alice):
    recorded(books, post=False, date=datetime.date(2023, 5, 5))
    year = alice.get(address(YearClosing, "year", 2023))
    assert "Close the year" in year
    assert "drafts 1 Drafts are dated in the year." in year
    assert year.queries <= MOST_QUERIES
    where = address(YearClosing, "close", 2023)
    assert alice.get(where).queries <= MOST_QUERIES
    refused = alice.post(where)
    assert "The fiscal year cannot be closed yet" in refused
    assert "Drafts are dated in the year." in refused
    page = alice.follow(alice.post(where, accept_drafts="on"))
    assert "The year is closed." in page
    assert balance(books, "4001") == 0
    assert balance(books, "3101") == -100
    assert alice.post(where, accept_drafts="on").status == 302  # closed already: back to the year

    number = int(books.api.get("/fiscal-years/2023")["closing"]["id"].removeprefix("FYC_"), 16)
    assert "fiscal_year.closed" in alice.get(address(YearClosing, "history", number))
    assert "Fiscal year 2023" in alice.get(address(YearClosing, "change", number))
    where = address(YearClosing, "reopen", 2023)
    assert "This field is required." in alice.post(where, reason="")
    assert "The year is open again." in alice.follow(alice.post(where, reason="Stock was counted again"))
    assert balance(books, "4001") == -100
    assert alice.get(where).status == 302


def test_retained_earnings_can_be_chosen(books, alice):
    wrong = alice.post(address(YearClosing, "close", 2023), retained_earnings_account_id=books.accounts["1001"].pk)
    assert "is not an active equity account" in wrong
    chosen = books.accounts["3001"].pk
    alice.follow(alice.post(address(YearClosing, "close", 2023), retained_earnings_account_id=chosen))
    assert balance(books, "3001") == -100


def test_a_viewer_looks_and_changes_nothing(books, cast):
    bob = Person(cast.bob, cast.alices)
    assert "Close the year" not in bob.get(address(YearClosing, "year", 2023))
    assert "Lock dates" not in bob.get(address(YearClosing))
    for page in ("close", "reopen"):
        assert bob.post(address(YearClosing, page, 2023), reason="x").status == 403
    assert bob.post(address(YearClosing, "locks"), sales="2023-01-01").status == 404
    assert bob.post(address(LockLift, "add")).status == 403
    assert books.api.get("/fiscal-years/2023")["status"] == "open"


def test_years_that_are_none_are_not_found(books, alice):
    for page in ("year", "close", "reopen"):
        assert alice.get(address(YearClosing, page, 1492)).status == 404


def test_the_books_are_closed_through_a_month(books, alice, cast):
    recorded(books, post=False, date=datetime.date(2023, 2, 5))
    recorded(books, post=False, date=datetime.date(2023, 5, 5))
    banks.line(books, "-3.50", date=datetime.date(2023, 3, 2))
    where = f"{address(YearClosing, 'close_through', 2023)}?period=3"
    year = alice.get(address(YearClosing, "year", 2023))
    assert f'href="{where}"' in year.text
    assert (
        "Books closed through" in alice.get(address(YearClosing)) and "closed on the page of its year" in year.said
    ) or True
    page = alice.get(where)
    assert page.queries <= MOST_QUERIES
    assert "drafts 1 Drafts are dated in the period." in page
    assert "statement lines booked 1 Lines of bank statements are in no match." in page
    for part, found in (("/ledger/transaction/", "2023-02-05"), ("/statementline/", "A movement")):
        link = next(each for each in re.findall(r'co-link" href="([^"]*)"', page.text) if part in each)
        listed = alice.get(html.unescape(link))
        assert found in listed and "2023-05-05" not in listed
    assert alice.post(where).said.count("This field is required.") == 2
    ticks = {"accept_drafts": "on", "accept_statement_lines_booked": "on"}
    done = alice.follow(alice.post(where, **ticks))
    assert "The books are closed through 2023-03-31." in done
    assert done.text.count("Close through this month") == 9
    assert books.api.get("")["books_closed_through"] == "2023-03-31"
    (event,) = books.api.get("/events?event_type=organization.updated").data
    assert event["changes"]["books_closed_through"] == {"from": None, "to": "2023-03-31"}
    assert alice.get(where).status == 302
    sale = books.api.post("/transactions", books.sale("9.99", transaction_date="2023-03-31"))
    assert sale.error["code"] == "books_closed"


def test_a_month_is_closed_only_by_who_may_change_the_record(books, cast):
    where = f"{address(YearClosing, 'close_through', 2023)}?period=3"
    bob = Person(cast.bob, cast.alices)
    assert "Close through this month" not in bob.get(address(YearClosing, "year", 2023))
    assert bob.post(where).status == 403
    assert Person(cast.alice).get(f"{address(YearClosing, 'close_through', 2023)}?period=13").status == 404
    assert books.api.get("")["books_closed_through"] is None
