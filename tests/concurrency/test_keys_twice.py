"""The same Idempotency-Key sent by several callers at once: one effect, and the same answer for all."""

from functools import partial

import pytest

from ledger.journal.models import Transaction
from organizations import ids, scoping
from tests.concurrency.books import Books, assert_true_books, open_books
from tests.concurrency.http import Answer, Client
from tests.concurrency.together import failures, together

pytestmark = pytest.mark.slow


def sale(books: Books, amount: str, day: str) -> dict:
    return {
        "transaction_date": day,
        "type": "income",
        "auto_post": True,
        "entries": [
            {"account_id": ids.encode("ACT", books.accounts["1001"]), "entry_type": "debit", "amount": amount},
            {"account_id": ids.encode("ACT", books.accounts["4001"]), "entry_type": "credit", "amount": amount},
        ],
    }


def send(base_url: str, books: Books, number: int) -> Answer:
    """One attempt at sale ``number``; 409 says that another attempt is under way."""
    client = Client(base_url, books.secret)
    body = sale(books, f"{number + 1}.00", f"2025-{number % 12 + 1:02}-15")
    try:
        return client.post(
            f"/organizations/{books.organization.public_id}/transactions", body, idempotency_key=f"sale-{number}"
        )
    finally:
        client.close()


def test_four_callers_for_each_of_thirty_keys(http_server):
    books = open_books()
    jobs = [partial(send, http_server, books, number) for number in range(30) for _ in range(4)]
    outcomes = together(jobs, threads=8)

    assert failures(outcomes) == []
    assert {answer.status for answer in outcomes} <= {201, 409}
    for number in range(30):
        answers = [answer for answer in outcomes[4 * number : 4 * number + 4] if answer.status == 201]
        assert len({answer.text for answer in answers}) == 1
        assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    with scoping.acting_in(books.id):
        assert Transaction.objects.of(books.id).count() == 30
    assert_true_books(books.id)


def test_sixteen_callers_with_one_key(http_server):
    books = open_books()
    outcomes = together([partial(send, http_server, books, 7)] * 16, threads=16)

    assert failures(outcomes) == []
    assert {answer.status for answer in outcomes} <= {201, 409}
    assert len({answer.text for answer in outcomes if answer.status == 201}) == 1
    with scoping.acting_in(books.id):
        assert Transaction.objects.of(books.id).count() == 1
    assert send(http_server, books, 7).headers["Idempotent-Replayed"] == "true"
    assert_true_books(books.id)
