"""Batches of accounts follow the contract of every batch; their own default is all or none."""

import pytest

from organizations.jobs import batches, running
from tests.cast import number_of, open_books


@pytest.fixture
def books(db):
    return open_books("Charts Ltd", chart=None)


def account(code: str, **more) -> dict:
    return {"code": code, "name": f"Account {code}", "type": "asset", "client_ref": f"ref-{code}", **more}


def send(books, *accounts, **wish):
    return books.api.post("/accounts/batch", {"accounts": list(accounts), **wish})


def statuses(results) -> str:
    return "".join(each["status"][0] for each in results)


def codes(books) -> list[str]:
    return [each["code"] for each in books.api.get("/accounts").data]


def test_all_or_none_with_every_failing_item(books):
    send(books, account("1000"))
    bad = [account("1001"), account("1000"), account("x y"), "no object", account("1003", parent_code="1999")]
    refused = send(books, *bad)
    assert (refused.status, refused.error["code"]) == (409, "account_code_taken")
    assert list(refused.error["details"]["fields"]) == ["accounts[1].code"]
    results = refused.error["details"]["results"]
    assert statuses(results) == "sffff"
    assert [list(each["error"]["details"]["fields"]) for each in results[1:]] == [
        ["accounts[1].code"],
        ["accounts[2].code"],
        ["accounts[3]"],
        ["accounts[4].parent_code"],
    ]
    assert codes(books) == ["1000"]


def test_independent_accounts_in_any_order_of_parents(books):
    done = send(
        books,
        account("1111", parent_code="1110"),
        account("1110"),
        account("2221", parent_code="2220"),
        account("2220", type="nonsense"),
        account("1120", parent_code="1110", type="liability"),
        account("1130", client_ref=5),
        mode="independent",
    )
    assert (done.status, statuses(done["results"])) == (200, "ssffff")
    assert done["summary"] == {"succeeded": 2, "failed": 4, "skipped": 0}
    assert [each["client_ref"] for each in done["results"]][:2] == ["ref-1111", "ref-1110"]
    assert done["results"][0]["account"]["code"] == "1111"
    errors = [each["error"] for each in done["results"][2:]]
    assert [error["code"] for error in errors] == [
        *("invalid_request", "invalid_request", "account_parent_mismatch", "invalid_request")
    ]
    assert [next(iter(error["details"]["fields"])) for error in errors] == [
        *("accounts[2].parent_code", "accounts[3].type", "accounts[4].type", "accounts[5].client_ref")
    ]
    assert codes(books) == ["1110", "1111"]


def test_stop_on_error_opens_what_came_before(books):
    done = send(books, account("1000"), account("1001"), account("1001"), account("1002"), mode="stop_on_error")
    assert statuses(done["results"]) == "ssfs"
    assert [each["status"] for each in done["results"]][-1] == "skipped"
    assert codes(books) == ["1000", "1001"]


@pytest.mark.parametrize("how", ["field", "query"])
def test_a_dry_run_opens_nothing(books, how):
    path, wish = ("/accounts/batch?dry_run=true", {}) if how == "query" else ("/accounts/batch", {"dry_run": True})
    done = books.api.post(path, {"accounts": [account("1000")], **wish})
    assert (done.status, done["dry_run"], done["results"][0]["account"]["code"]) == (200, True, "1000")
    assert codes(books) == []


def test_not_atomic_is_independent_and_never_contradicts_the_mode(books):
    done = send(books, account("1000"), account("x y"), atomic=False)
    assert (done.status, done["mode"], statuses(done["results"])) == (200, "independent", "sf")
    for wish in ({"mode": "independent", "atomic": True}, {"mode": "atomic", "atomic": False}):
        refused = send(books, account("1001"), **wish)
        assert (refused.status, list(refused.error["details"]["fields"])) == (400, ["atomic"])
    assert send(books, account("1001"), mode="stop_on_error", atomic=False)["mode"] == "stop_on_error"
    assert codes(books) == ["1000", "1001"]


def test_strict_codes_name_every_account(books):
    books.api.put("", {"strict_account_codes": True})
    done = send(books, account("4000"), account("1000"), account("5000"), mode="independent")
    assert statuses(done["results"]) == "fsf"
    assert done["results"][2]["error"]["code"] == "account_code_mismatch"


def test_a_large_chart_becomes_a_job(committed_db, monkeypatch):
    monkeypatch.setattr(batches, "MOST_ITEMS", 5)
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *numbers: None)
    books = open_books("Large Charts Ltd", chart=None)
    rows = [account(f"10{n:02}", parent_code=f"10{n + 1:02}" if n < 11 else None) for n in range(12)]
    job = send(books, *rows)
    assert (job.status, job["kind"]) == (202, "open_accounts")
    assert running.run(books.organization.pk, number_of("REQ", job["id"])) == "succeeded"
    result = books.api.get(f"/jobs/{job['id']}")["result"]
    assert (result["mode"], result["summary"]["succeeded"]) == ("atomic", 12)
    assert result["results"][0]["account"]["balance"]["amount"] == 0
    assert len(codes(books)) == 12
