"""One contract for every batch: modes, dry run, results in order, failed items kept and mended."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import open_books


@pytest.fixture
def books(db):
    return open_books("Batch Ltd")


def sale(books, amount="10.00", **more):
    return books.sale(amount, **more)


def unbalanced(books, **more):
    body = books.sale("10.00", **more)
    body["entries"][1]["amount"] = "9.00"
    return body


def statuses(answer) -> list[str]:
    return [result["status"] for result in answer["results"]]


def cash(books):
    return books.api.get(f"/accounts/{books.account('1001')}")["balance"]["amount"]


def test_independent_items_succeed_or_fail_by_themselves(books):
    bodies = [
        sale(books, client_ref="a"),
        unbalanced(books, client_ref="b"),
        {"entries": [], "client_ref": "c"},
        "no object",
        sale(books, "5.00", auto_post=False),
    ]
    answer = books.api.post("/transactions/batch", {"transactions": bodies})
    assert (answer.status, answer["mode"]) == (200, "independent")
    assert statuses(answer) == ["succeeded", "failed", "failed", "failed", "succeeded"]
    assert answer["summary"] == {"succeeded": 2, "failed": 3, "skipped": 0}
    assert [result["client_ref"] for result in answer["results"]] == ["a", "b", "c", None, None]
    assert answer["results"][2]["error"]["details"]["fields"].keys() == {"transactions[2].entries"}
    assert answer["results"][4]["transaction"]["status"] == "pending"
    assert cash(books) == 10


def test_an_item_that_fails_on_posting_is_kept_corrected_and_posted(books):
    answer = books.api.post("/transactions/batch", {"transactions": [unbalanced(books)]})
    failed = answer["results"][0]["transaction"]
    assert (failed["status"], failed["error_code"]) == ("failed", "TRANSACTION_DOES_NOT_BALANCE")
    assert failed["error_message"] == "Transaction debits and credits do not balance"
    path = f"/transactions/{failed['id']}"
    assert books.api.get("/transactions?status=failed").data[0]["id"] == failed["id"]
    mended = books.api.put(path, {"entries": sale(books)["entries"]})
    assert (mended["status"], mended["error_code"]) == ("pending", None)
    assert books.api.post(f"{path}/post")["status"] == "posted"
    history = [event["event_type"] for event in books.api.get(f"/events?entity_id={failed['id']}").data]
    assert history == ["transaction.posted", "transaction.updated", "transaction.failed"]


def test_atomic_is_all_or_none(books):
    bodies = [sale(books), unbalanced(books), sale(books)]
    for asked in ({"mode": "atomic"}, {"atomic": True}):
        answer = books.api.post("/transactions/batch", {"transactions": bodies, **asked})
        assert (answer.status, answer.error["code"]) == (400, "transaction_does_not_balance")
        assert [one["status"] for one in answer.error["details"]["results"]] == ["skipped", "failed", "skipped"]
    assert books.api.get("/transactions").data == []


def test_stop_on_error_keeps_what_came_before(books):
    bodies = [sale(books), unbalanced(books), sale(books), unbalanced(books)]
    answer = books.api.post("/transactions/batch", {"transactions": bodies, "mode": "stop_on_error"})
    assert statuses(answer) == ["succeeded", "failed", "skipped", "skipped"]
    assert cash(books) == 10


def test_a_dry_run_changes_nothing(books):
    bodies = [sale(books), unbalanced(books)]
    answer = books.api.post("/transactions/batch", {"transactions": bodies, "dry_run": True})
    assert (answer["dry_run"], statuses(answer)) == (True, ["succeeded", "failed"])
    assert books.api.get("/transactions").data == []


def test_what_only_the_database_refuses_spares_the_others(books):
    books.api.put(f"/accounts/{books.account('1001')}", {"balance_ceiling": "100.00"})
    bodies = [sale(books, "60.00"), sale(books, "60.00"), sale(books, "40.00")]
    answer = books.api.post("/transactions/batch", {"transactions": bodies})
    assert statuses(answer) == ["succeeded", "failed", "succeeded"]
    assert answer["results"][1]["transaction"]["error_code"] == "BALANCE_OUT_OF_BOUNDS"
    assert cash(books) == 100


def test_external_ids_are_taken_once(books):
    bodies = [sale(books, external_id="x"), sale(books, external_id="x"), sale(books, external_id="y")]
    answer = books.api.post("/transactions/batch", {"transactions": bodies})
    assert statuses(answer) == ["succeeded", "failed", "succeeded"]
    assert answer["results"][1]["error"]["code"] == "external_id_taken"
    again = books.api.post("/transactions/batch", {"transactions": [sale(books, external_id="y")]})
    assert statuses(again) == ["failed"]


def test_posting_drafts_together(books):
    good = [books.api.post("/transactions", sale(books, auto_post=False))["id"] for _ in range(2)]
    bad = books.api.post("/transactions", unbalanced(books, auto_post=False))["id"]
    wanted = [good[0], bad, good[1], good[0], "TXN_" + "0" * 16]
    answer = books.api.post("/transactions/batch-post", {"transaction_ids": wanted})
    assert statuses(answer) == ["succeeded", "failed", "succeeded", "failed", "failed"]
    codes = [result["error"]["code"] for result in answer["results"] if "error" in result]
    assert codes == ["transaction_does_not_balance", "transaction_already_posted", "not_found"]
    assert books.api.get(f"/transactions/{bad}")["status"] == "failed"
    assert cash(books) == 20


def test_posting_atomically_leaves_drafts_as_they_were(books):
    good = books.api.post("/transactions", sale(books, auto_post=False))["id"]
    bad = books.api.post("/transactions", unbalanced(books, auto_post=False))["id"]
    answer = books.api.post("/transactions/batch-post", {"transaction_ids": [good, bad], "mode": "atomic"})
    assert answer.status == 400
    assert [books.api.get(f"/transactions/{each}")["status"] for each in (good, bad)] == ["pending", "pending"]


def test_an_account_that_was_deleted_fails_the_draft(books):
    new = books.api.post("/accounts", {"code": "1900", "name": "Gone", "type": "asset"})
    books.refresh()
    body = {"entries": [books.entry("1900", "debit", 1), books.entry("4001", "credit", 1)]}
    draft = books.api.post("/transactions", body)
    books.api.put(f"/transactions/{draft['id']}", {"account_id": None})
    assert books.api.delete(f"/accounts/{new['id']}").status == 204
    answer = books.api.post("/transactions/batch-post", {"transaction_ids": [draft["id"]]})
    failed = answer["results"][0]["transaction"]
    assert (failed["error_code"], failed["error_message"]) == (
        "ACCOUNT_NOT_FOUND",
        f"Account {new['id']} does not exist",
    )


def test_a_batch_costs_no_more_queries_than_one(books):
    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            books.api.post("/transactions/batch", {"transactions": [sale(books)] * count})
        return len(captured)

    queries(1)  # whose pool of credits pays is asked once
    assert queries(50) == queries(1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"transactions": []},
        {"transactions": "x"},
        {"transactions": [{}], "mode": "sometimes"},
        {"transactions": [{}], "dry_run": "yes"},
        {"transactions": [{}] * 100_001},
    ],
)
def test_bad_batches_are_refused_whole(books, body):
    assert books.api.post("/transactions/batch", body).status == 400


def test_a_page_of_long_transactions_ends_early(books, monkeypatch):
    monkeypatch.setattr("organizations.wire.listing.HEAVIEST_PAGE", 5)
    for day in ("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"):
        books.api.post("/transactions", sale(books, transaction_date=day))
    first = books.api.get("/transactions?sort=transaction_date")
    assert [each["transaction_date"] for each in first.data] == ["2024-01-01", "2024-01-02"]
    assert first["has_more"] is True
    rest = books.api.get(f"/transactions?sort=transaction_date&cursor={first['next_cursor']}")
    assert [each["transaction_date"] for each in rest.data] == ["2024-01-03", "2024-01-04"]
    assert rest["has_more"] is False
    monkeypatch.setattr("organizations.wire.listing.HEAVIEST_PAGE", 1)
    assert len(books.api.get("/transactions").data) == 1
