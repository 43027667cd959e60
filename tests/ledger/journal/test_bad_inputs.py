"""Each bad request is answered alike, whether it comes alone, in a batch of its own, or among others."""

import itertools
import json
import re

import pytest

from tests.cast import open_books
from tests.ledger.journal.bad_inputs import bad_inputs


@pytest.fixture
def books(db, settings):
    settings.RATE_LIMIT_LIVE = 100_000
    books = open_books("Bad Ltd")
    books.api.put(f"/accounts/{books.account('5601')}", {"status": "suspended"})
    books.api.post("/transactions", books.sale("5.00", external_id="taken"))
    books.api.put("", {"books_closed_through": "2020-12-31"})
    return books


def cases(books) -> list[tuple[str, dict]]:
    def good() -> dict:
        return books.sale("100.00")

    found = []
    for name, body in bad_inputs(good):
        text = json.dumps(body).replace('"SUSPENDED"', json.dumps(books.account("5601")))
        found.append((name, json.loads(text)))
    return found


def told(error: dict, prefix: str = "") -> dict:
    """An error without its request's id, and without the place of the item."""
    details = json.loads(json.dumps(error["details"], default=str))
    fields = details.pop("fields", {})
    if prefix:
        assert all(name.startswith(prefix) for name in fields), (prefix, fields)
        fields = {name.removeprefix(prefix): said for name, said in fields.items()}
    details.pop("results", None)
    return {**{name: error[name] for name in ("type", "code", "status", "message")}, "fields": fields, **details}


def count(books) -> int:
    return books.api.get("/transactions?include=total_count")["total_count"]


def test_there_are_hundreds_and_each_is_refused_with_a_field(books):
    found = cases(books)
    assert len(found) >= 200
    assert len({name for name, _ in found}) == len(found)
    for name, body in found:
        answer = books.api.post("/transactions", body)
        assert answer.status in (400, 409, 422), (name, answer.body)
        fields = answer.error["details"].get("fields")
        assert fields or answer.error["code"] == "transaction_does_not_balance", name
        if re.match(r"[a-z_]+(\[[01]\]\.[a-z_]+)?: ", name):
            assert any(path.startswith(name.partition(":")[0]) for path in fields), (name, fields)
    assert count(books) == 1


def test_an_item_of_a_batch_is_refused_as_a_request_of_its_own(books):
    found = cases(books)
    alone = {name: told(books.api.post("/transactions", body).error) for name, body in found}
    for (name, body), mode in zip(found, itertools.cycle(("atomic", "stop_on_error"))):
        batch = {"transactions": [{**books.sale("1.00"), "auto_post": False}, body], "mode": mode}
        answer = books.api.post("/transactions/batch?dry_run=true", batch)
        error = answer.error if mode == "atomic" else answer["results"][1]["error"]
        assert told(error, "transactions[1].") == alone[name], (mode, name)
    assert count(books) == 1


def test_all_of_them_in_one_batch(books):
    found = cases(books)
    alone = {name: told(books.api.post("/transactions", body).error) for name, body in found}
    items = [body for _, body in found]
    done = books.api.post("/transactions/batch", {"transactions": items, "dry_run": True})
    assert done["summary"] == {"succeeded": 0, "failed": len(found), "skipped": 0}
    for place, ((name, _), result) in enumerate(zip(found, done["results"], strict=True)):
        assert told(result["error"], f"transactions[{place}].") == alone[name], name


def test_a_dry_run_refuses_the_same(books):
    for name, body in cases(books):
        plain = told(books.api.post("/transactions", body).error)
        assert told(books.api.post("/transactions?dry_run=true", body).error) == plain, name
