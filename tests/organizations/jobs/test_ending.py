"""How jobs end: cancelled, given up, with a result that can be downloaded until its time is over."""

import csv
import datetime
import io
import threading
import time

import pytest
from django.db import connection

from organizations import clock
from organizations.actors import Actor
from organizations.errors import Busy
from organizations.jobs import progress as telling
from organizations.jobs import running
from organizations.jobs.errors import JobFinished, JobGaveUp, JobNotFinished, JobResultExpired
from organizations.jobs.models import Job, JobPart
from organizations.jobs.tasks import forget_old_results
from tests.cast import Books, open_books


@pytest.fixture
def books(committed_db) -> Books:
    return open_books("Endings Ltd")


def queue(books, work, monkeypatch) -> Job:
    monkeypatch.setitem(running.kinds, "work", work)
    with books.acting():
        who = Actor(system="test", permissions=["write"])
        return running.queue(actor=who, organization_id=books.organization.pk, kind="work", payload={"steps": 0})


def rename(books, name: str) -> None:
    """Something that a job does and that an undone one has not done."""
    with connection.cursor() as cursor:
        cursor.execute("update organizations_organization set name = %s where id = %s", [name, books.organization.pk])


def events(books, job) -> list[str]:
    return [event["event_type"] for event in books.api.get(f"/events?entity_id={job.public_id}&sort=seq").data]


def test_a_job_that_waits_is_cancelled_at_once_and_never_runs(books, monkeypatch):
    job = queue(books, lambda *_: pytest.fail("It ran."), monkeypatch)
    cancelled = books.api.post(f"/jobs/{job.public_id}/cancel")
    assert (cancelled["status"], cancelled["is_cancelling"]) == ("cancelled", False)
    assert running.run(books.organization.pk, job.pk) == "taken"
    again = books.api.post(f"/jobs/{job.public_id}/cancel")
    assert (again.status, again.error["code"]) == (409, JobFinished.code)
    assert events(books, job) == ["job.queued", "job.finished"]
    assert books.api.post("/jobs/REQ_0155692d06600223/cancel").status == 404


def test_a_job_at_work_is_stopped_and_undone(books, monkeypatch):
    at_work, outcome = threading.Event(), []

    def work(actor, job, progress):
        rename(books, "Half done")
        progress.start(1000)
        at_work.set()
        for _ in range(1000):
            time.sleep(0.02)
            progress.advance()

    monkeypatch.setattr(telling, "LOOK_EVERY_SECONDS", 0.05)
    job = queue(books, work, monkeypatch)

    def worker() -> None:
        outcome.append(running.run(books.organization.pk, job.pk))
        connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    assert at_work.wait(10)
    asked = books.api.post(f"/jobs/{job.public_id}/cancel")
    assert (asked["status"], asked["is_cancelling"]) == ("running", True)
    assert books.api.post(f"/jobs/{job.public_id}/cancel").status == 200  # a second wish changes nothing
    thread.join(15)
    assert outcome == ["cancelled"]
    ended = books.api.get(f"/jobs/{job.public_id}")
    assert (ended["status"], ended["is_cancelling"], ended["result"], ended["error"]) == (
        "cancelled",
        False,
        None,
        None,
    )
    assert ended["progress"] == {"done": 0, "total": 1000}  # all of it was undone
    assert books.api.get("")["name"] == "Endings Ltd"
    assert "job.cancel_requested" in events(books, job)
    (finished,) = books.api.get(f"/events?entity_id={job.public_id}&event_type=job.finished").data
    assert finished["api_key_id"] is not None  # in the name of who asked


def test_between_steps_what_was_committed_stands(books, monkeypatch):
    monkeypatch.setattr(telling, "LOOK_EVERY_SECONDS", 0)

    def work(actor, job, progress):
        progress.start(50, job.payload["steps"] * 10)
        job.payload["steps"] += 1
        JobPart.objects.create(
            organization_id=job.organization_id,
            job_id=job.pk,
            number=job.payload["steps"],
            results=[{"index": 0, "client_ref": None, "status": "succeeded"}],
        )
        if job.payload["steps"] == 3:
            canceller = threading.Thread(target=cancel)
            canceller.start()
            canceller.join(10)
        progress.advance(10)  # the third time: told, and undone
        return {"object": "batch"} if job.payload["steps"] == 5 else None

    def cancel() -> None:
        books.api.post(f"/jobs/{job.public_id}/cancel")
        connection.close()

    job = queue(books, work, monkeypatch)
    assert running.run(books.organization.pk, job.pk) == "cancelled"
    ended = books.api.get(f"/jobs/{job.public_id}")
    assert len(ended["result"]["results"]) == 2
    assert ended["progress"] == {"done": 20, "total": 50}


def test_work_that_ends_its_worker_is_not_tried_for_ever(books, monkeypatch):
    def die(*_):
        raise SystemExit("Out of memory.")

    job = queue(books, die, monkeypatch)
    for _ in range(running.MOST_STARTS):
        with pytest.raises(SystemExit):
            running.run(books.organization.pk, job.pk)
    assert running.run(books.organization.pk, job.pk) == "failed"
    ended = books.api.get(f"/jobs/{job.public_id}")
    assert (ended["status"], ended["error"]["code"]) == ("failed", JobGaveUp.code)


def test_what_passes_by_itself_is_no_start(books, monkeypatch):
    tries = []

    def wait_for_a_lock(*_):
        tries.append(1)
        if len(tries) < 9:
            raise Busy()
        return {"tries": len(tries)}

    job = queue(books, wait_for_a_lock, monkeypatch)
    for _ in range(8):
        with pytest.raises(Busy):
            running.run(books.organization.pk, job.pk)
    assert running.run(books.organization.pk, job.pk) == "succeeded"


def batch_of(books, count: int) -> Job:
    """A batch that is a job: most items good, one with a wrong account."""
    items = [books.sale("1.00", auto_post=False) | {"client_ref": f"=ref {number}"} for number in range(count)]
    items[3]["entries"] = []
    body = {"transactions": items, "metadata": {}}
    answer = books.api.post("/transactions/batch", body)
    assert answer.status == 202, answer.body
    with books.acting():
        return Job.objects.of(books.organization).get()


def test_a_result_is_downloaded_whole(books, monkeypatch):
    monkeypatch.setattr("organizations.jobs.batches.MOST_ITEMS", 5)
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *_: None)
    job = batch_of(books, 8)
    early = books.api.get(f"/jobs/{job.public_id}/result")
    assert (early.status, early.error["code"]) == (409, JobNotFinished.code)
    assert running.run(books.organization.pk, job.pk) == "succeeded"
    whole = books.api.get(f"/jobs/{job.public_id}/result")
    assert whole.headers["Content-Disposition"].startswith("attachment; filename=")
    assert (whole["object"], whole["status"], whole["result"]["summary"]["failed"]) == ("job_result", "succeeded", 1)
    assert whole["results"] == books.api.get(f"/jobs/{job.public_id}")["result"]["results"]
    where, who = f"{books.api.base}/jobs/{job.public_id}/result?format=csv", f"Bearer {books.key}"
    file = books.api.client.get(where, headers={"authorization": who}).getvalue()
    rows = list(csv.DictReader(io.StringIO(file.decode())))
    assert [row["status"] for row in rows] == ["succeeded"] * 3 + ["failed"] + ["succeeded"] * 4
    assert rows[0]["id"] == whole["results"][0]["transaction"]["id"] and rows[0]["client_ref"] == "'=ref 0"
    assert rows[3]["error_code"] == whole["results"][3]["error"]["code"] and "entries" in rows[3]["error_fields"]


def test_a_result_is_forgotten_and_the_job_stays(books, monkeypatch, settings):
    settings.JOB_RESULTS_KEPT_DAYS = 10
    job = queue(books, lambda *_: {"posted": 3}, monkeypatch)
    running.run(books.organization.pk, job.pk)
    ended = books.api.get(f"/jobs/{job.public_id}")
    assert ended["result"] == {"posted": 3}
    refused = books.api.get(f"/jobs/{job.public_id}/result?format=csv")
    assert (refused.status, "format" in refused.error["details"]["fields"]) == (400, True)
    assert forget_old_results() == 0
    later = clock.now() + datetime.timedelta(days=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (forget_old_results(), forget_old_results()) == (1, 0)
    shown = books.api.get(f"/jobs/{job.public_id}")
    assert (shown["status"], shown["result"]) == ("succeeded", None)
    gone = books.api.get(f"/jobs/{job.public_id}/result")
    assert (gone.status, gone.error["code"]) == (410, JobResultExpired.code)
