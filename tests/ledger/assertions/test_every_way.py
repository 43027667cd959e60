"""Whichever way a posting takes, an assertion watches: the express lane and imported journals too."""

import pytest

from tests.cast import Books, open_books
from tests.ledger.journal.test_express import Lane

CSV = """transaction,date,description,reference,account_code,debit,credit,currency
1,2026-01-20,Sale,,1001,5.00,,USD
1,2026-01-20,Sale,,4001,,5.00,USD
"""


@pytest.fixture
def books(committed_db) -> Books:
    return open_books("Express Ltd")


def assertion(books: Books, *, blocking: bool) -> str:
    body = {"account_id": books.account("1001"), "date": "2026-01-31", "expected": 0, "blocking": blocking}
    return books.api.post("/balance-assertions", body)["id"]


def broken(books: Books) -> list[dict]:
    return books.api.get("/events?event_type=balance_assertion.broken").data


def test_the_express_lane_tells_what_it_breaks(books):
    number, lane = assertion(books, blocking=False), Lane()
    status, sale, _ = lane.ask(books, books.sale("5.00", transaction_date="2026-01-20"))
    assert (status, lane.handed_on) == (201, 0)
    (event,) = broken(books)
    assert (event["entity_id"], event["after_state"]["transaction_id"]) == (number, sale["id"])


def test_the_express_lane_leaves_the_refusal_to_django(books):
    number, lane = assertion(books, blocking=True), Lane()
    status, refused, _ = lane.ask(books, books.sale("5.00", transaction_date="2026-01-20"))
    assert (status, lane.handed_on) == (422, 1)
    assert refused["error"]["code"] == "balance_assertion_broken"
    assert refused["error"]["details"]["assertion_id"] == number
    assert lane.ask(books, books.sale("5.00", transaction_date="2026-02-01"))[0] == 201


@pytest.mark.parametrize("blocking", [False, True])
def test_an_imported_journal_is_watched(books, tmp_path, blocking):
    number = assertion(books, blocking=blocking)
    file = tmp_path / "journal.csv"
    file.write_text(CSV)
    headers = {"Authorization": f"Bearer {books.key}"}
    with file.open("rb") as upload:
        answer = books.api.client.post(f"{books.api.base}/imports/journal", {"file": upload}, headers=headers)
    if blocking:
        assert answer.status_code == 422, answer.content
        assert answer.json()["error"]["details"]["assertion_id"] == number
        assert books.api.get("/transactions").data == []
    else:
        assert answer.status_code == 201, answer.content
        assert [event["entity_id"] for event in broken(books)] == [number]
