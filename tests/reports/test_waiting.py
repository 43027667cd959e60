"""What is not done yet: transactions that are not posted, and what bank and books have not agreed on."""

import pytest

from tests.cast import Books, open_books
from tests.reconciliation import banks


@pytest.fixture
def books(db) -> Books:
    return open_books("Waiting Ltd")


def sell(books: Books, amount: str, day: str, **more) -> dict:
    entries = [books.entry("1001", "debit", amount), books.entry("4001", "credit", amount)]
    made = books.api.post("/transactions", {"transaction_date": day, "entries": entries, **more})
    assert made.status == 201, made.body
    return made.body


def text_of(books: Books, name: str) -> str:
    where = f"{books.api.base}/reports/{name}"
    return books.api.client.get(where, headers={"authorization": f"Bearer {books.key}"}).content.decode()


def test_drafts_are_listed_until_a_day(books):
    first = sell(books, "10.00", "2026-01-05", description="First")
    sell(books, "20.00", "2026-03-05")
    sell(books, "30.00", "2026-01-06", auto_post=True)
    answer = books.api.get("/reports/unposted?as_of=2026-01-31")
    assert answer["counts"] == {"pending": 1, "failed": 0}
    (row,) = answer["transactions"]
    assert (row["transaction_id"], row["amount"], row["status"]) == (first["id"], 10, "pending")
    assert "2026-01-05 · pending · First · USD" in text_of(books, "unposted?as_of=2026-01-31&format=csv")


def test_what_bank_and_books_have_not_agreed_on(books):
    """The bank has 12.00 and 7.00, the books 12.00 and 5.00: the twelves are matched."""
    assert books.api.get("/reports/unreconciled")["accounts"] == []
    sell(books, "12.00", "2026-02-05", auto_post=True)
    other = sell(books, "5.00", "2026-02-06", auto_post=True, description="Cake")
    lines = [banks.line(books, amount) for amount in ("12.00", "7.00")]
    posted = books.api.get("/transactions?sort=transaction_date").data[0]
    matched = books.api.post(f"/statement-lines/{lines[0].public_id}/match", {"transaction_ids": [posted["id"]]})
    assert matched.status in (200, 201), matched.body
    answer = books.api.get("/reports/unreconciled")
    (account,) = answer["accounts"]
    assert (account["code"], account["line_count"], account["line_total"]) == ("1001", 1, 7)
    assert [line["line_id"] for line in account["lines"]] == [lines[1].public_id]
    assert [(entry["transaction_id"], entry["amount"]) for entry in account["entries"]] == [(other["id"], 5)]
    assert (answer["line_count"], answer["entry_count"]) == (1, 1)
    assert "Cake" in text_of(books, "unreconciled?format=csv")
