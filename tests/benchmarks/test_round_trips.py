"""How often each endpoint goes to PostgreSQL: BEGIN and COMMIT count, several statements sent together count once.

The table is data. A change that makes a number smaller writes the smaller number here; one that makes it larger says
why in its commit, or finds another way. A posting has at most six.
"""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organizations import ids
from tests.concurrency.books import Books, open_books

READS = {
    "": 4,
    "/accounts?limit=100": 5,
    "/accounts?include_hierarchy=true": 5,
    "/accounts/{cash}": 5,
    "/accounts/{cash}/balance?as_of=2025-12-31": 5,
    "/accounts/{cash}/balance/explain": 10,
    "/accounts/{cash}/entries": 7,
    "/entries": 6,
    "/categories": 4,
    "/transactions/{posted}/attachments": 5,
    "/accounts/{cash}/transactions": 7,
    "/balance-assertions": 4,
    "/transactions": 7,
    "/transactions/{posted}": 6,
    "/transactions/{draft}": 7,
    "/events": 4,
    "/reports/trial-balance?as_of=2025-12-31": 6,
}

#: With an Idempotency-Key each, in this order.
WRITES = {
    "post a transaction": ("POST", "/transactions", {"sale": True, "auto_post": True}, 6),
    "save a draft": ("POST", "/transactions", {"sale": True}, 6),
    "post a draft": ("POST", "/transactions/{draft}/post", {}, 15),
    "reverse": ("POST", "/transactions/{posted}/reverse", {}, 21),
    "open an account": ("POST", "/accounts", {"code": "1200", "name": "Till", "type": "asset"}, 16),
}


class Caller:
    """Alice, through Django's test client."""

    def __init__(self, books: Books):
        self.books = books
        self.client = Client(headers={"Authorization": f"Bearer {books.secret}"})
        self.named = {"cash": ids.encode("ACT", books.accounts["1001"])}
        self.keys = 0

    def call(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict]:
        """The number of round trips, and the answer."""
        full = f"/organizations/{self.books.organization.public_id}{path.format(**self.named)}"
        self.keys += 1
        sent = {"data": json.dumps(self.filled(body)), "content_type": "application/json"} if body is not None else {}
        headers = {"Idempotency-Key": f"call-{self.keys}"} if body is not None else {}
        with CaptureQueriesContext(connection) as queries:
            response = self.client.generic(method, full, headers=headers, **sent)
        assert response.status_code in (200, 201), response.content
        return len(queries), response.json()

    def filled(self, body: dict) -> dict:
        """A body with the sale it asks for."""
        if not body.pop("sale", False):
            return body
        revenue = ids.encode("ACT", self.books.accounts["4001"])
        sides = ((self.named["cash"], "debit"), (revenue, "credit"))
        lines = [{"account_id": account, "entry_type": side, "amount": "10.00"} for account, side in sides]
        return body | {"transaction_date": "2025-11-20", "entries": lines}

    def sell(self, count: int) -> None:
        for _ in range(count):
            self.named["posted"] = self.call("POST", "/transactions", {"sale": True, "auto_post": True})[1]["id"]
            self.named["draft"] = self.call("POST", "/transactions", {"sale": True})[1]["id"]


@pytest.fixture
def alice(committed_db) -> Caller:
    caller = Caller(open_books())
    caller.sell(2)
    return caller


def test_reads_take_as_many_round_trips_as_written_whatever_the_size(alice):
    few = {path: alice.call("GET", path)[0] for path in READS}
    alice.sell(12)
    many = {path: alice.call("GET", path)[0] for path in READS}
    assert few == READS
    assert many == READS


def test_writes_take_as_many_round_trips_as_written(alice):
    found = {name: alice.call(method, path, dict(body))[0] for name, (method, path, body, _) in WRITES.items()}
    assert found == {name: expected for name, (*_, expected) in WRITES.items()}
    assert found["post a transaction"] <= 6


def test_a_replay_is_answered_before_any_work(alice):
    alice.call("POST", "/transactions", {"sale": True, "auto_post": True})
    alice.keys -= 1
    trips, _ = alice.call("POST", "/transactions", {"sale": True, "auto_post": True})
    assert trips == 5  # BEGIN, open, claim, the kept answer, COMMIT
