"""Jobs run once: with two workers, after a worker's death, with a message that comes twice."""

import threading

import pytest
from django.db import connection

from organizations import scoping
from organizations.actors import Actor
from organizations.jobs import running
from organizations.jobs.models import Job
from organizations.jobs.tasks import run_waiting_jobs
from tests.cast import open_books


@pytest.fixture
def books(committed_db):
    return open_books("Jobs Ltd")


@pytest.fixture
def kind(monkeypatch):
    """A kind of job that counts its runs and waits for ``go``."""
    work = {"runs": 0, "go": threading.Event(), "started": threading.Event()}

    def count(actor, job, progress):
        work["started"].set()
        work["go"].wait(10)
        work["runs"] += 1
        progress.start(3)
        progress.advance(3)
        return {"runs": work["runs"]}

    monkeypatch.setitem(running.kinds, "count", count)
    return work


def queue(books) -> Job:
    with books.acting():
        return running.queue(
            actor=Actor(system="test", permissions=["write"]),
            organization_id=books.organization.pk,
            kind="count",
            payload={},
        )


def test_two_workers_run_a_job_once(books, kind):
    job = queue(books)
    outcomes = []

    def work():
        outcomes.append(running.run(books.organization.pk, job.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    threads[0].start()
    kind["started"].wait(10)
    threads[1].start()
    threads[1].join()
    kind["go"].set()
    threads[0].join()
    assert sorted(outcomes) == ["succeeded", "taken"]
    assert kind["runs"] == 1
    shown = books.api.get(f"/jobs/{job.public_id}")
    assert (shown["status"], shown["progress"]) == ("succeeded", {"done": 3, "total": 3})


def test_a_job_whose_worker_died_is_run_again(books, kind):
    kind["go"].set()
    job = queue(books)
    with books.acting():  # a worker claimed it and was killed
        Job.objects.of(books.organization).update(status="running", started_at="2024-01-01T00:00:00Z")
    assert running.run(books.organization.pk, job.pk) == "succeeded"
    assert running.run(books.organization.pk, job.pk) == "taken"
    assert kind["runs"] == 1


def test_beat_starts_jobs_whose_message_was_lost(books, kind, monkeypatch):
    kind["go"].set()
    sent = []
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *numbers: sent.append(numbers))
    job = queue(books)
    assert run_waiting_jobs() == 1
    assert sent == [(books.organization.pk, job.pk)]
    running.run(*sent[0])
    assert run_waiting_jobs() == 0


def test_a_failure_rolls_the_work_back_and_is_kept(books, kind, monkeypatch):
    def fail(actor, job, progress):
        with connection.cursor() as cursor:
            cursor.execute("update organizations_organization set name = 'Half done'")
            cursor.execute("insert into ledger_entry (organization_id) values (%s)", [job.organization_id])

    monkeypatch.setitem(running.kinds, "count", fail)
    job = queue(books)
    assert running.run(books.organization.pk, job.pk) == "failed"
    shown = books.api.get(f"/jobs/{job.public_id}")
    assert (shown["status"], shown["error"]["type"]) == ("failed", "server_error")
    assert books.api.get("")["name"] == "Jobs Ltd"
    assert scoping.current()["app.organization_id"] == ""
