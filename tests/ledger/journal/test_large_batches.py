"""Batches beyond a request: a job with progress and the same results, in steps that no dead worker does twice."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection

from organizations.jobs import batches, running
from organizations.jobs.models import Job
from tests.cast import number_of, open_books


@pytest.fixture
def books(committed_db, monkeypatch):
    monkeypatch.setattr(batches, "MOST_ITEMS", 5)
    monkeypatch.setattr(batches, "STEP", 4)
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *numbers: None)
    return open_books("Large Ltd")


def sales(books, count: int, **more) -> list[dict]:
    return [books.sale("1.00", client_ref=f"r{place}", external_id=f"x{place}", **more) for place in range(count)]


def queued(answer) -> str:
    assert (answer.status, answer["object"], answer["status"]) == (202, "job", "queued"), answer.body
    return answer["id"]


def run(books, job: str) -> str:
    return running.run(books.organization.pk, number_of("REQ", job))


def cash(books):
    return books.api.get(f"/accounts/{books.account('1001')}")["balance"]["amount"]


def test_more_items_than_a_request_takes_become_a_job_with_the_same_results(books):
    items = sales(books, 11)
    items[6]["entries"][0]["amount"] = "2.00"
    items[9] = "no object"
    job = queued(books.api.post("/transactions/batch", {"transactions": items}, idempotency_key="once"))
    assert queued(books.api.post("/transactions/batch", {"transactions": items}, idempotency_key="once")) == job
    assert run(books, job) == "succeeded"
    shown = books.api.get(f"/jobs/{job}")
    assert shown["progress"] == {"done": 11, "total": 11}
    result = shown["result"]
    assert (result["object"], result["mode"], result["dry_run"]) == ("batch", "independent", False)
    assert result["summary"] == {"succeeded": 9, "failed": 2, "skipped": 0}
    assert [each["index"] for each in result["results"]] == list(range(11))
    assert [each["client_ref"] for each in result["results"]][:3] == ["r0", "r1", "r2"]
    assert result["results"][6]["transaction"]["error_code"] == "TRANSACTION_DOES_NOT_BALANCE"
    assert list(result["results"][9]["error"]["details"]["fields"]) == ["transactions[9]"]
    assert result["results"][0]["transaction"]["status"] == "posted"
    assert "entries" not in result["results"][0]["transaction"]  # a hundred thousand would be 150 MB
    for place in (0, 6):  # posted, and failed
        short = result["results"][place]["transaction"]
        assert len(books.api.get("/" + short["entries_query"])["entries"]) == 2
    assert result["results"][6]["transaction"]["warnings"][0]["code"] == "transaction_does_not_balance"
    assert cash(books) == 9
    assert "results" not in books.api.get("/jobs").data[0]["result"]
    assert run(books, job) == "taken"


def test_a_larger_body_than_a_request_takes_becomes_a_job(books, monkeypatch):
    monkeypatch.setattr(batches, "LARGEST_AT_ONCE", 500)
    body = {"transactions": sales(books, 3), "mode": "stop_on_error", "auto_post": True}
    job = queued(books.api.post("/transactions/batch", body, idempotency_key="k"))
    assert queued(books.api.post("/transactions/batch", body, idempotency_key="k")) == job
    other = books.api.post("/transactions/batch", {**body, "mode": "atomic"}, idempotency_key="k")
    assert other.error["code"] == "idempotency_key_reused"
    assert run(books, job) == "succeeded"
    assert books.api.get(f"/jobs/{job}")["result"]["mode"] == "stop_on_error"
    for bad in ('{"transactions": [{}', '{"transactions": [{}], "mode": 1, "x": "' + "y" * 500 + '"}'):
        assert books.api.post("/transactions/batch", bad + " " * 500).status == 400
    twice = '{"mode": "atomic", "mode": "independent", "transactions": [{}]}' + " " * 500
    assert books.api.post("/transactions/batch", twice).error["code"] == "duplicate_key"


def test_a_body_beyond_the_limit_is_refused(books, settings):
    settings.MAX_BATCH_BYTES = 1000
    answer = books.api.post("/transactions/batch", {"transactions": sales(books, 9)})
    assert (answer.status, answer.error["code"]) == (413, "payload_too_large")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert books.api.post("/transactions/batch", {"transactions": sales(books, 1)}).status == 200
    assert books.api.post("/transactions", books.sale()).status == 413


def test_a_malformed_item_refuses_the_whole_body(books):
    text = json.dumps({"transactions": sales(books, 8)}).replace('"x5"', '"\\u0000"')
    direct = books.api.post("/transactions/batch", text)  # few bytes are read by the request itself
    assert direct.error["code"] == "forbidden_character"
    batches.LARGEST_AT_ONCE, before = 100, batches.LARGEST_AT_ONCE
    try:
        job = queued(books.api.post("/transactions/batch", text))
    finally:
        batches.LARGEST_AT_ONCE = before
    assert run(books, job) == "failed"
    error = books.api.get(f"/jobs/{job}")["error"]
    assert error["code"] == "forbidden_character"
    assert error["details"]["fields"] == direct.error["details"]["fields"]
    assert cash(books) == 0


def test_stop_on_error_skips_the_rest(books):
    items = sales(books, 10)
    items[5]["entries"] = []
    job = queued(books.api.post("/transactions/batch", {"transactions": items, "mode": "stop_on_error"}))
    assert run(books, job) == "succeeded"
    result = books.api.get(f"/jobs/{job}")["result"]
    assert result["summary"] == {"succeeded": 5, "failed": 1, "skipped": 4}
    assert [each["status"] for each in result["results"]][4:7] == ["succeeded", "failed", "skipped"]
    assert result["results"][9]["client_ref"] == "r9"
    assert cash(books) == 5


def test_atomic_is_all_or_none(books):
    items = sales(books, 10)
    items[9]["entries"][0]["amount"] = "2.00"
    job = queued(books.api.post("/transactions/batch", {"transactions": items, "mode": "atomic"}))
    assert run(books, job) == "failed"
    error = books.api.get(f"/jobs/{job}")["error"]
    assert error["code"] == "transaction_does_not_balance"
    assert [each["index"] for each in error["details"]["results"] if each["status"] == "failed"] == [9]
    assert books.api.get("/transactions").data == []
    items[9] = sales(books, 10)[9]
    job = queued(books.api.post("/transactions/batch", {"transactions": items, "mode": "atomic"}))
    assert run(books, job) == "succeeded"
    assert cash(books) == 10


@pytest.mark.parametrize("how", ["field", "query"])
def test_a_dry_run_changes_nothing(books, how):
    items = [*sales(books, 6), *sales(books, 2)]  # the external ids of the last two are taken by then
    query, field = ("?dry_run=true", {}) if how == "query" else ("", {"dry_run": True})
    job = queued(books.api.post(f"/transactions/batch{query}", {"transactions": items, **field}))
    assert run(books, job) == "succeeded"
    result = books.api.get(f"/jobs/{job}")["result"]
    assert (result["dry_run"], result["summary"]["failed"]) == (True, 2)
    assert books.api.get("/transactions").data == []


def test_posting_many_drafts(books):
    drafts = [books.api.post("/transactions", each)["id"] for each in sales(books, 7, auto_post=False)]
    wanted = [*drafts[:6], {"transaction_id": drafts[6], "client_ref": "last"}, "TXN_" + "0" * 16]
    job = queued(books.api.post("/transactions/batch-post", {"transaction_ids": wanted}))
    assert run(books, job) == "succeeded"
    results = books.api.get(f"/jobs/{job}")["result"]["results"]
    assert [each["status"] for each in results] == ["succeeded"] * 7 + ["failed"]
    assert results[6]["client_ref"] == "last"
    assert cash(books) == 7


def test_a_worker_that_fails_between_steps_leaves_whole_steps(books, monkeypatch):
    job = queued(books.api.post("/transactions/batch", {"transactions": sales(books, 11)}))
    done = batches.Walk._keep
    steps = []

    def die_in_the_second(self, place, results):
        done(self, place, results)
        steps.append(place)
        if len(steps) == 2:
            raise SystemExit

    monkeypatch.setattr(batches.Walk, "_keep", die_in_the_second)
    with pytest.raises(SystemExit):
        run(books, job)
    assert cash(books) == 4
    batches._items.cache_clear()
    assert run(books, job) == "succeeded"
    result = books.api.get(f"/jobs/{job}")["result"]
    assert result["summary"] == {"succeeded": 11, "failed": 0, "skipped": 0}
    assert cash(books) == 11


WORKER = """
import sys, time, django
django.setup()
import ledger.tasks
from organizations.jobs import batches, running
batches.STEP = 4
keep = batches.Walk._keep
def slowly(self, place, results):
    keep(self, place, results)
    time.sleep(0.2)  # within the transaction of the step
batches.Walk._keep = slowly
running.run(int(sys.argv[1]), int(sys.argv[2]))
"""


def test_a_killed_worker_does_nothing_twice(books):
    job = queued(books.api.post("/transactions/batch", {"transactions": sales(books, 40)}))
    numbers = [str(books.organization.pk), str(number_of("REQ", job))]
    at = connection.settings_dict
    address = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST'] or ''}:{at['PORT']}/{at['NAME']}"
    if at["HOST"].startswith("/"):
        address = f"postgresql://{at['USER']}:{at['PASSWORD']}@:{at['PORT']}/{at['NAME']}?host={at['HOST']}"
    environment = os.environ | {"DATABASE_URL": address}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, *numbers], env=environment)
    try:
        deadline = time.monotonic() + 60
        while cash(books) < 8 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    done = cash(books)
    assert 8 <= done < 40
    with books.acting():
        assert Job.objects.of(books.organization).get(pk=int(numbers[1])).payload["position"] == done
    deadline = time.monotonic() + 30
    while run(books, job) == "taken" and time.monotonic() < deadline:
        time.sleep(0.1)  # the server has not noticed yet that the worker is gone
    assert books.api.get(f"/jobs/{job}")["result"]["summary"] == {"succeeded": 40, "failed": 0, "skipped": 0}
    assert cash(books) == 40


def test_a_batch_may_be_larger_than_any_other_request(committed_db, settings, monkeypatch):
    """20 MiB, with the limits as they are; the request only takes it apart."""
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *numbers: None)
    books = open_books("Heavy Ltd")
    item = books.sale(description="x" * 2000)
    body = json.dumps({"transactions": [item] * 9000, "dry_run": True})
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < len(body) < settings.MAX_BATCH_BYTES
    assert books.api.post("/transactions", body).status == 413
    job = queued(books.api.post("/transactions/batch", body, idempotency_key="heavy"))
    assert queued(books.api.post("/transactions/batch", body, idempotency_key="heavy")) == job
    with books.acting():
        assert Job.objects.of(books.organization).get(pk=number_of("REQ", job)).payload["dry_run"] is True
