"""The amount of a transaction's header and its entries: whoever tells two stories is told so."""

import pytest

from tests.cast import open_books
from tests.ledger.journal.test_express import Lane


@pytest.fixture
def books(db):
    return open_books("Header Ltd")


def codes(answer) -> list[str]:
    return [warning["code"] for warning in answer["warnings"]]


def test_an_amount_that_no_entry_knows_is_warned_of_however_it_comes(books):
    odd = books.sale("110.00") | {"amount": "5.00"}
    posted = books.api.post("/transactions", odd)
    assert (posted.status, posted["amount"]) == (201, 5)
    assert posted["warnings"] == [
        {
            "code": "amount_differs",
            "field": "amount",
            "message": "The amount is 5.00 USD, but the entries come to 110.00.",
        }
    ]
    (event,) = books.api.get(f"/events?entity_id={posted['id']}").data
    assert event["after_state"]["warnings"] == []
    batch = books.api.post("/transactions/batch", {"mode": "independent", "transactions": [odd]})
    assert codes(batch["results"][0]["transaction"]) == ["amount_differs"]
    draft = books.api.post("/transactions", odd | {"auto_post": False})
    assert codes(draft) == codes(books.api.get(f"/transactions/{draft['id']}")) == ["amount_differs"]
    assert codes(books.api.post(f"/transactions/{draft['id']}/post")) == ["amount_differs"]


def test_what_one_entry_is_or_all_come_to_is_fine(books):
    wages = [
        books.entry("5101", "debit", "100.00"),
        books.entry("1001", "credit", "80.00"),
        books.entry("2101", "credit", "20.00"),
    ]
    for amount in ("100.00", "80.00", None):
        posted = books.api.post("/transactions", {"entries": wages, "auto_post": True, "amount": amount})
        assert (posted.status, posted["warnings"]) == (201, [])


def test_an_amount_in_another_currency_is_compared_with_entries_in_that(books):
    books.api.post("/accounts", {"code": "1011", "name": "Euros", "type": "asset", "currency_id": "CUR_EUR"})
    books.refresh()
    entries = [
        books.entry("1001", "debit", "110.00"),
        books.entry("1011", "credit", "100.00", currency_rate="1.10"),
    ]
    body = {"entries": entries, "auto_post": True, "currency_id": "CUR_EUR"}
    assert codes(books.api.post("/transactions", body | {"amount": "100.00"})) == []
    assert codes(books.api.post("/transactions", body | {"amount": "90.00"})) == ["amount_differs"]
    sterling = body | {"currency_id": "CUR_GBP", "amount": "95.00"}
    assert codes(books.api.post("/transactions", sterling)) == []  # nothing here is in pounds


def test_the_express_lane_leaves_it_to_django(committed_db):
    books, lane = open_books("Header Ltd"), Lane()
    status, posted, _ = lane.ask(books, books.sale("110.00") | {"amount": "5.00"})
    assert (status, lane.handed_on, codes(posted)) == (201, 1, ["amount_differs"])
    status, posted, _ = lane.ask(books, books.sale("110.00") | {"amount": "110.00"})
    assert (status, lane.handed_on, posted["warnings"]) == (201, 1, [])
