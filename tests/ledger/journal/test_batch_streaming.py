"""A long batch is read, weighed and written at the same time; one bad item, and it goes the careful way instead."""

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.health.examining import examine
from ledger.journal import batching, delivering, posting
from tests.cast import open_books

PART = 20
MANY = 2 * PART + 7  # the second part is longer than the first


@pytest.fixture
def books(committed_db, monkeypatch):
    """Books of a product whose batches are long sooner; test_unknown_fields.py has one of the real size."""
    for module in (batching, delivering, posting):
        monkeypatch.setattr(module, "PART", PART)
    return open_books("Streaming Ltd")


@pytest.fixture
def careful(monkeypatch):
    """How many batches went the careful way."""
    calls = []
    real = batching.carry_out

    def carry_out(*what, **more):
        calls.append(len(what[2]))
        return real(*what, **more)

    monkeypatch.setattr(batching, "carry_out", carry_out)
    return calls


def sales(books, **more) -> list[dict]:
    return [books.sale(f"{place + 1}.00", description=f"Sale {place}", **more) for place in range(MANY)]


@pytest.mark.parametrize("mode", ["independent", "atomic", "stop_on_error"])
def test_all_is_well(books, careful, mode):
    answer = books.api.post("/transactions/batch", {"transactions": sales(books, client_ref="r"), "mode": mode})
    assert (answer.status, answer["summary"]) == (200, {"succeeded": MANY, "failed": 0, "skipped": 0})
    assert careful == []
    results = answer["results"]
    assert [result["index"] for result in results] == list(range(MANY))
    assert {result["client_ref"] for result in results} == {"r"}
    for place in (0, PART - 1, PART, MANY - 1):
        shown = results[place]["transaction"]
        assert shown["description"] == f"Sale {place}"
        assert books.api.get(f"/transactions/{shown['id']}").body == shown
        (event,) = books.api.get(f"/events?entity_id={shown['id']}").data
        assert event["after_state"] == shown
    with books.acting():
        assert not [finding.name for finding in examine(books.organization.pk) if finding.broken]


def test_drafts_too(books, careful):
    answer = books.api.post("/transactions/batch", {"transactions": sales(books, auto_post=False)})
    assert {result["transaction"]["status"] for result in answer["results"]} == {"pending"}
    assert careful == []


def test_a_dry_run_leaves_nothing(books, careful):
    answer = books.api.post("/transactions/batch", {"transactions": sales(books), "dry_run": True})
    assert (answer["dry_run"], answer["summary"]["succeeded"]) == (True, MANY)
    assert books.api.get("/transactions").data == []
    assert careful == []


@pytest.mark.parametrize("place", [0, PART, MANY - 1])
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("entries", [], "invalid_request"),
        ("transaction_date", "2024-02-30", "invalid_request"),
        ("category_id", "CAT_0190a1b2c3d4e5f6", "category_not_found"),
    ],
)
def test_one_bad_item_is_refused_alone(books, careful, place, field, value, code):
    items = sales(books)
    items[place][field] = value
    answer = books.api.post("/transactions/batch", {"transactions": items})
    assert answer["summary"] == {"succeeded": MANY - 1, "failed": 1, "skipped": 0}
    assert answer["results"][place]["error"]["code"] == code
    assert careful == [MANY]
    assert books.api.get("/transactions?status=posted&include=total_count")["total_count"] == MANY - 1


def test_all_or_none(books, careful):
    items = sales(books)
    items[-1]["entries"][0]["amount"] = "0.01"
    answer = books.api.post("/transactions/batch", {"transactions": items, "mode": "atomic"})
    assert (answer.status, answer.error["code"]) == (400, "transaction_does_not_balance")
    assert books.api.get("/transactions").data == []
    assert careful == [MANY]


def test_what_only_the_database_knows_is_found_too(books, careful):
    books.api.put(f"/accounts/{books.account('1001')}", {"balance_ceiling": "1000000.00"})
    items = sales(books)
    items[PART + 3] = books.sale("2000000.00")
    items[3]["external_id"] = items[PART + 9]["external_id"] = "twice"
    answer = books.api.post("/transactions/batch", {"transactions": items})
    failed = {result["index"]: result["error"]["code"] for result in answer["results"] if "error" in result}
    assert failed == {PART + 3: "balance_out_of_bounds", PART + 9: "external_id_taken"}


@pytest.mark.parametrize("odd", [5, None, {"entries": 5}, {"entries": [5]}, {"entries": [{"account_id": 5}]}, {}])
def test_odd_items_are_no_trouble(books, odd):
    answer = books.api.post("/transactions/batch", {"transactions": [*sales(books), odd]})
    assert answer["summary"] == {"succeeded": MANY, "failed": 1, "skipped": 0}
    assert answer["results"][-1]["status"] == "failed"


def test_what_failed_under_way_is_told_and_not_what_failed_after_it(db):
    """A question in a transaction that has failed is refused for that; the one who asks did nothing wrong."""
    with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic(), delivering.Courier() as courier:
        courier.send([("select 1 / 0", [])])
        courier.messenger.submit(int).result()  # done by now
        with connection.cursor() as cursor:
            cursor.execute("select 1")
