"""The head of a request has a size; what is beyond is refused in the one shape, also past the express lane."""

import json

import pytest
from django.test import Client

from organizations.wire.sizing import LONGEST_ADDRESS, LONGEST_HEADER, MOST_HEADERS
from tests.cast import open_books
from tests.ledger.journal.test_express import Lane, full

MANY = {f"HTTP_X_{number}": "1" for number in range(MOST_HEADERS)}


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/currencies?q=" + "x" * LONGEST_ADDRESS, {}, 414, "address_too_long"),
        ("/" + "x" * LONGEST_ADDRESS, {}, 414, "address_too_long"),
        ("/health", MANY, 431, "headers_too_large"),
        ("/health", {"HTTP_COOKIE": "a" * (LONGEST_HEADER + 1)}, 431, "headers_too_large"),
        ("/admin/", MANY, 431, "headers_too_large"),
    ],
)
def test_what_is_beyond_is_refused(path, headers, status, code):
    response = Client(HTTP_HOST="localhost").get(path, **headers)
    error = json.loads(response.content)["error"]
    assert (response.status_code, error["status"], error["code"]) == (status, status, code)
    assert error["request_id"] == response.headers["X-Request-Id"]


def test_what_is_just_below_is_read(db):
    client = Client(HTTP_HOST="localhost")
    few = dict(list(MANY.items())[: MOST_HEADERS - 10])
    assert client.get("/health", **few).status_code == 200
    assert client.get("/nowhere?q=" + "x" * (LONGEST_ADDRESS - 20)).status_code == 404


def test_the_express_lane_refuses_alike(committed_db):
    """Depth, keys, doubles, characters and size of the head: Django says no, and says the same as by itself."""
    books, lane = open_books("Express Ltd"), Lane()
    deep = {"a": 1}
    for _ in range(21):
        deep = {"a": deep}
    odd = {
        "nested_too_deep": {**full(books), "metadata": deep},
        "too_many_keys": {**full(books), "metadata": {str(number): "x" for number in range(1_001)}},
        "duplicate_key": json.dumps(full(books)).replace("{", '{"auto_post": true, ', 1).encode(),
        "forbidden_character": {**full(books), "description": "a\x00b"},
        "unreadable_number": json.dumps(full(books)).replace('"12.34"', "1e1").encode(),
    }
    for code, body in odd.items():
        status, answer, _ = lane.ask(books, body)
        assert (status, answer["error"]["code"]) == (400, code)
    lone = json.dumps(full(books)).encode().replace(b"R-1", rb"\ud83d")
    assert lane.ask(books, lone)[1]["error"]["code"] == "forbidden_character"
    assert lane.ask(books, full(books), **MANY)[1]["error"]["code"] == "headers_too_large"
    assert lane.handed_on == len(odd) + 2
    assert books.api.get("/transactions").data == []
