"""Conditional posting: a balance is what the request says it must be, or nothing is posted."""

from decimal import Decimal

import pytest

from tests.cast import open_books
from tests.concurrency.together import together


@pytest.fixture
def books(db):
    books = open_books("Conditions Ltd")
    books.api.post("/transactions", books.sale("100.00"))
    return books


def spending(books, amount="10.00", condition=None, *, auto_post=True, code="1001", **more) -> dict:
    """A withdrawal from cash, on condition."""
    credit = books.entry(code, "credit", amount)
    if condition is not None:
        credit["balance_condition"] = condition
    return {"entries": [books.entry("5601", "debit", amount), credit], "auto_post": auto_post, **more}


def cash(books) -> Decimal:
    return books.api.get(f"/accounts/{books.account('1001')}")["balance"]["amount"]


def test_a_balance_below_the_condition_is_refused_with_what_it_would_be(books):
    assert books.api.post("/transactions", spending(books, "100.00", {"gte": "0.00"})).status == 201
    refused = books.api.post("/transactions", spending(books, "0.01", {"gte": 0}))
    assert (refused.status, refused.error["code"]) == (422, "balance_condition_failed")
    details = refused.error["details"]
    assert details["account_id"] == books.account("1001")
    assert (details["condition"], details["balance"]) == ({"gte": Decimal("0.00")}, Decimal("-0.01"))
    assert list(details["fields"]) == ["entries[1].balance_condition"]
    assert cash(books) == 0
    assert len(books.api.get("/transactions").data) == 2


def test_bounds_on_both_sides_signed_by_the_normal_balance(books):
    loan = [books.entry("1001", "debit", "50"), books.entry("2001", "credit", "50")]
    for condition, status in (
        ({"gte": "50", "lte": "50"}, 201),
        ({"lte": "99.99"}, 422),
        ({"gte": "-5", "lte": 100}, 201),
        ({"gte": "150.01"}, 422),
    ):
        loan[1]["balance_condition"] = condition
        assert books.api.post("/transactions", {"entries": loan, "auto_post": True}).status == status, condition


def test_the_condition_speaks_of_the_whole_transaction(books):
    """Two entries on one account: the balance between them is no one's business."""
    body = spending(books, "150.00", {"gte": "0.00"})
    body["entries"] += [books.entry("1001", "debit", "60.00"), books.entry("4001", "credit", "60.00")]
    assert books.api.post("/transactions", body).status == 201
    assert cash(books) == 10


def test_a_draft_keeps_its_condition_until_it_is_posted(books):
    saved = books.api.post("/transactions", spending(books, "110.00", {"gte": "0"}, auto_post=False))
    assert saved["entries"][1]["balance_condition"] == {"gte": Decimal("0.00")}
    assert "balance_condition" not in saved["entries"][0]
    path = f"/transactions/{saved['id']}"
    assert books.api.get(path)["entries"] == saved["entries"]
    assert books.api.put(path, {"description": "Larger"})["entries"][1]["balance_condition"] == {"gte": 0}
    assert books.api.post(f"{path}/post").error["code"] == "balance_condition_failed"
    assert books.api.get(path)["status"] == "pending"
    books.api.post("/transactions", books.sale("10.00"))
    assert books.api.post(f"{path}/post")["status"] == "posted"
    assert cash(books) == 0


def test_items_of_a_batch_follow_one_another(books):
    items = [
        spending(books, "60.00", {"gte": "0"}, client_ref="a"),
        spending(books, "60.00", {"gte": "0"}, client_ref="b"),
        books.sale("30.00", client_ref="c"),
        spending(books, "60.00", {"gte": "0"}, client_ref="d"),
    ]
    done = books.api.post("/transactions/batch", {"transactions": items})
    assert [each["status"] for each in done["results"]] == ["succeeded", "failed", "succeeded", "succeeded"]
    failed = done["results"][1]
    assert failed["error"]["code"] == "balance_condition_failed"
    assert failed["error"]["details"]["balance"] == -20
    assert list(failed["error"]["details"]["fields"]) == ["transactions[1].entries[1].balance_condition"]
    assert failed["transaction"]["error_code"] == "BALANCE_CONDITION_FAILED"
    assert cash(books) == 10
    books.api.post("/transactions", books.sale("60.00"))
    again = books.api.post("/transactions/batch-post", {"transaction_ids": [failed["transaction"]["id"]]})
    assert again["results"][0]["transaction"]["status"] == "posted"


def test_a_later_item_does_not_mend_an_earlier_one(books):
    """Written in one call, but each as if it had come alone: the money must be there before it is spent."""
    items = [spending(books, "120.00", {"gte": "0"}), books.sale("50.00")]
    done = books.api.post("/transactions/batch", {"transactions": items})
    assert [each["status"] for each in done["results"]] == ["failed", "succeeded"]
    items.reverse()
    done = books.api.post("/transactions/batch", {"transactions": items, "mode": "atomic"})
    assert [each["status"] for each in done["results"]] == ["succeeded", "succeeded"]


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        ({}, ["entries[1].balance_condition"]),
        ("0", ["entries[1].balance_condition"]),
        ([], ["entries[1].balance_condition"]),
        ({"gt": 0}, ["entries[1].balance_condition"]),
        ({"gte": 0, "currency": "USD"}, ["entries[1].balance_condition"]),
        ({"gte": None}, ["entries[1].balance_condition"]),
        ({"gte": True}, ["entries[1].balance_condition"]),
        ({"gte": {}}, ["entries[1].balance_condition"]),
        ({"gte": "0.001"}, ["entries[1].balance_condition.gte"]),
        ({"lte": "1e3"}, ["entries[1].balance_condition.lte"]),
        ({"lte": "9" * 20}, ["entries[1].balance_condition.lte"]),
        ({"gte": 2, "lte": 1}, ["entries[1].balance_condition"]),
    ],
)
def test_bad_conditions_are_named(books, condition, fields):
    refused = books.api.post("/transactions", spending(books, "10.00", condition))
    assert (refused.status, list(refused.error["details"]["fields"])) == (400, fields)


def test_a_reversal_has_no_conditions(books):
    sale = books.api.get("/transactions").data[0]
    back = [books.entry("1001", "credit", 1, balance_condition={"gte": 0}), books.entry("4001", "debit", 1)]
    refused = books.api.post(f"/transactions/{sale['id']}/reverse-partial", {"entries": back})
    assert (refused.status, list(refused.error["details"]["fields"])) == (400, ["entries[0].balance_condition"])


def test_a_dry_run_looks_at_the_balance_too(books):
    assert books.api.post("/transactions?dry_run=true", spending(books, "101", {"gte": 0})).status == 422
    assert books.api.post("/transactions?dry_run=true", spending(books, "100", {"gte": 0})).status == 201
    assert cash(books) == 100


def test_of_fifty_parallel_withdrawals_exactly_those_that_are_covered_succeed(committed_db):
    books = open_books("Rush Ltd")
    books.api.post("/transactions", books.sale("100.00"))

    def withdraw():
        return books.api.post("/transactions", spending(books, "10.00", {"gte": "0.00"})).status

    def sell():  # on the same account, without a condition: nobody waits for anybody
        return books.api.post("/transactions", {**books.sale("0.10"), "transaction_date": "2024-05-06"}).status

    outcomes = together([withdraw] * 50, threads=12)
    assert sorted(outcomes) == [201] * 10 + [422] * 40
    assert cash(books) == 0
    mixed = together([withdraw, sell] * 20, threads=12)
    assert set(mixed) <= {201, 422}
    assert cash(books) >= 0


def test_opposite_orders_of_accounts_do_not_deadlock(committed_db):
    books = open_books("Crossing Ltd")
    books.api.put(f"/accounts/{books.account('1001')}", {"balance_floor": "-100000"})
    books.api.post("/transactions", books.sale("100.00"))

    def there():
        return books.api.post("/transactions", spending(books, "1.00", {"gte": "0.00"})).status

    def back():
        entries = [books.entry("5601", "credit", 1, balance_condition={"lte": 500}), books.entry("1001", "debit", 1)]
        return books.api.post("/transactions", {"entries": entries, "auto_post": True}).status

    outcomes = together([there, back] * 20, threads=10)
    assert outcomes == [201] * 40
    assert cash(books) == 100
