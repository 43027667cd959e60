"""Closing a year whose accounts are not all in use any more: suspended ones are settled, archived ones are not."""

import pytest

from tests.cast import Books, Cast
from tests.ledger.closing.test_fiscal_years import balance, close, failing, post, rent, reopen

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(cast: Cast) -> Books:
    """A sale of 100 and a rent of 30 in 2023."""
    books = cast.alices
    post(books, books.sale("100.00", transaction_date="2023-03-01"))
    post(books, rent(books, "30.00", "2023-12-31"))
    return books


def become(books: Books, code: str, status: str) -> None:
    assert books.api.put(f"/accounts/{books.account(code)}", {"status": status}).status == 200


def test_an_archived_account_cannot_be_closed_and_the_refusal_says_what_to_do(books):
    become(books, "5201", "archived")
    assert failing(close(books)) == ["accounts_not_archived"]
    assert "active or suspended" in close(books).error["details"]["reason"]
    refused = close(books, accept=["accounts_not_archived"])
    assert refused.status == 400
    assert list(refused.error["details"]["fields"]) == ["accept"]
    become(books, "5201", "suspended")
    assert close(books).status == 200


def test_a_suspended_account_is_brought_to_zero_and_back_and_takes_nothing_else(books):
    for code in ("4001", "5201"):
        become(books, code, "suspended")
    end = "2023-12-31"
    assert books.api.get("/fiscal-years/2023/checklist")["ready"] is True
    closed = close(books)
    assert (closed.status, balance(books, "5201", end), balance(books, "3101", end)) == (200, 0, 70)
    assert reopen(books).status == 200
    assert (balance(books, "4001", end), balance(books, "5201", end), balance(books, "3101", end)) == (100, 30, 0)
    settling = [books.entry("4001", "debit", "100.00"), books.entry("3101", "credit", "100.00")]
    by_hand = {"type": "closing", "transaction_date": end, "entries": settling, "auto_post": True}
    assert books.api.post("/transactions", by_hand).error["code"] == "account_inactive"
    assert close(books).status == 200
    become(books, "5201", "archived")
    refused = reopen(books)
    assert (refused.status, refused.error["code"]) == (422, "account_inactive")
    assert "archived" in str(refused.error["details"]["fields"])


def test_a_suspended_account_for_retained_earnings_is_refused(books):
    become(books, "3101", "suspended")
    assert failing(close(books)) == ["retained_earnings_account"]
