"""Opening balances in the back office: laid out by account, checked, proved by a trial balance, recorded once."""

import datetime
from decimal import Decimal

import pytest

from ledger.accounts.opening import NewAccount, open_account
from ledger.journal.models import Transaction
from tests.backoffice.desks import Person, account, balance, number_in, stored, typed
from tests.cast import Books, Cast

pytestmark = pytest.mark.django_db

WHERE = "/admin/opening_balances/"
LINES = (("1001", "debit", "12,500.00"), ("2001", "credit", "2500"), ("3001", "credit", "10000"))
PASTED = "1001\t12,500.00\t\n2001\t\t2500\n\n3001;;10000"


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def send(person: Person, books: Books, *lines, button: str = "_post", **more):
    """Type balances and press a button."""
    fields = typed(books, *lines) | {"as_of": "2025-12-31", "description": "From the old books"} | more
    return person.post(WHERE, **fields | {button: "1"})


def nothing_is_recorded(books: Books) -> bool:
    with books.acting():
        return not Transaction.objects.of(books.organization).exists()


def test_the_accounts_of_the_balance_sheet_are_laid_out(alice, books):
    books.api.put(f"/accounts/{books.account('1201')}", {"status": "suspended"})
    books.api.put(f"/accounts/{books.account('1301')}", {"parent_account_id": books.account("1101")})
    page = alice.get(WHERE)
    assert page.status == 200
    chosen = [f'<option value="{books.accounts[code].pk}" selected>' in page.text for code in ("1001", "1101", "2001")]
    assert chosen == [True] * 3  # a parent, too
    for code in ("4001", "5201", "1201"):  # results, one that is not active
        assert f'<option value="{books.accounts[code].pk}" selected>' not in page.text, code
    last_year = datetime.date.today().year - 1  # noqa: DTZ011 - the books of the cast keep UTC
    assert f'value="{last_year}-12-31"' in page.text


def test_a_chart_too_long_to_lay_out_begins_with_blank_lines(alice, books, monkeypatch):
    monkeypatch.setattr("ledger.closing.opening_pages.MOST_LAID_OUT", 3)
    assert "selected>" not in alice.get(WHERE).text.partition("<tbody>")[2]


def test_a_check_records_nothing_and_recording_does(alice, books):
    page = send(alice, books, *LINES, button="_check", trial_balance=PASTED)
    assert "Nothing was recorded yet." in page
    assert "3 12,500.00 12,500.00 agrees" in page
    assert nothing_is_recorded(books)
    page = send(alice, books, *LINES, ("1301", "debit", ""), trial_balance=PASTED)
    made = stored(books, number_in(page.goes_to))
    assert (made.type, made.status, made.description) == ("opening", "posted", "From the old books")
    assert made.transaction_date == datetime.date(2025, 12, 31)
    assert made.entry_count == 3
    assert "The opening balances were recorded." in alice.follow(page)
    assert balance(books, "1001") == 12500


def test_a_difference_needs_an_account(alice, books):
    page = send(alice, books, *LINES[:2])
    assert "The difference is 10000.00." in page
    assert nothing_is_recorded(books)
    number = account(books, "3001").pk
    assert send(alice, books, *LINES[:2], difference_account_id=number).status == 302
    assert abs(balance(books, "3001")) == 10000


def test_books_that_differ_from_the_trial_balance_are_shown_side_by_side(alice, books):
    page = send(alice, books, *LINES, trial_balance="1001\t12500\n2001\t\t2400\n3001\t\t10000\n1301\t5")
    assert "1301 5.00 0.00 -5.00" in page.said.replace("\u2212", "-")
    assert "2001 -2,400.00 -2,500.00 -100.00" in page.said.replace("\u2212", "-")
    assert nothing_is_recorded(books)


def test_what_is_wrong_is_said_where_it_was_typed(alice, books):
    page = send(alice, books, *LINES, trial_balance="Code\tDebit\tCredit\n1001\tx")
    assert "Line 1: There is no such account." in page
    assert "Line 2:" in page
    both = typed(books, *LINES) | {"lines-0-credit": "1", "lines-1-credit": "1.001", "lines-2-account": "7"}
    page = alice.post(WHERE, **both | {"as_of": "2025-12-31", "_check": "1"})
    for said in ("A debit or a credit, not both.", "There is no such account."):
        assert said in page
    assert 'value="1.001"' in page.text
    assert "A date from 1900 to 2200." in send(alice, books, *LINES, as_of="1899-12-31")
    assert "This field is required" in send(alice, books, *LINES, as_of="")
    assert "At least two balances" in send(alice, books, ("1001", "debit", "0"), ("3001", "credit", ""))
    books.api.put("", {"books_closed_through": "2026-01-31"})
    assert "The books are closed through 2026-01-31." in send(alice, books, *LINES)
    assert nothing_is_recorded(books)


def test_a_foreign_balance_takes_its_rate(alice, books):
    with books.acting():
        new = NewAccount(code="1002", name="Euro cash", type="asset", currency="EUR")
        open_account(actor=books.actor, organization=books.organization, new=new)
    books.refresh()
    lines = (("1002", "debit", "100"), ("3001", "credit", "110"))
    assert "Rate: A rate from EUR is needed." in send(alice, books, *lines)
    page = send(alice, books, *lines, **{"lines-0-rate": "1.1"}, trial_balance="1002\t110\n3001\t\t110")
    assert stored(books, number_in(page.goes_to)).total_debits == Decimal("110")


def test_it_is_for_who_may_write(cast):
    bob = Person(cast.bob, cast.alices)
    assert bob.get(WHERE).status == 403
    assert send(bob, cast.alices, *LINES).status == 403
    assert WHERE not in bob.get("/admin/").text
    assert nothing_is_recorded(cast.alices)


def test_anothers_account_is_none(alice, books, cast):
    fields = typed(books, *LINES) | {"lines-2-account": cast.charlies.accounts["3001"].pk}
    page = alice.post(WHERE, **fields | {"as_of": "2025-12-31", "_post": "1"})
    assert "There is no such account." in page
    assert nothing_is_recorded(books)
