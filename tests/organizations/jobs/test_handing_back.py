"""A worker that is told to end hands its job back: between two steps, or out of one that takes too long.

So does one whose database goes away.
"""

import pytest
from celery import signals
from django.db import OperationalError, connection

from organizations import draining
from organizations.actors import Actor
from organizations.jobs import running, tasks
from organizations.jobs.models import Job
from tests.cast import open_books


@pytest.fixture
def books(committed_db):
    yield open_books("Stepwise Ltd")
    draining.forget()


def queued(books, monkeypatch, work) -> Job:
    monkeypatch.setitem(running.kinds, "walk", work)
    with books.acting():
        actor = Actor(system="test", permissions=["write"])
        return running.queue(actor=actor, organization_id=books.organization.pk, kind="walk", payload={"step": 0})


def row(books, job) -> Job:
    with books.acting():
        return Job.objects.of(books.organization).get(pk=job.pk)


def test_between_two_steps(books, monkeypatch):
    """Celery tells the worker's main process, which tells those that work."""

    def walk(actor, job, progress):
        job.payload["step"] += 1
        if job.payload["step"] == 2:
            signals.worker_shutting_down.send(sender="worker", sig="SIGTERM", how="Warm", exitcode=0)
        return None if job.payload["step"] < 4 else {"steps": job.payload["step"]}

    sent = []
    monkeypatch.setattr(tasks.run_job, "delay", lambda *numbers: sent.append(numbers))
    job = queued(books, monkeypatch, walk)
    numbers = (books.organization.pk, job.pk)
    assert tasks.run_job(*numbers) == "queued"
    assert sent == [numbers]  # another worker takes it at once
    assert (row(books, job).status, row(books, job).payload, row(books, job).attempts) == ("queued", {"step": 2}, 0)
    assert running.run(*numbers) == "queued"  # who ends begins nothing
    draining.forget()
    assert running.run(*numbers) == "succeeded"
    assert row(books, job).result == {"steps": 4}


def test_out_of_a_step_that_takes_too_long(books, monkeypatch):
    def walk(actor, job, progress):
        progress.start(3)
        progress.advance()
        books.api.post("/contacts", {"name": "Undone"})
        draining.begin(60)
        progress.advance()  # there is time
        draining.begin(-1)
        progress.advance()
        raise AssertionError("It went on.")

    job = queued(books, monkeypatch, walk)
    for _ in range(running.MOST_STARTS + 1):  # however often workers are replaced, it is no fault of the job's
        draining.forget()
        assert running.run(books.organization.pk, job.pk) == "queued"
    assert (row(books, job).status, row(books, job).attempts) == ("queued", 0)
    assert books.api.get("/contacts")["data"] == []


def test_a_lost_connection_is_no_fault_of_the_job(books, monkeypatch):
    lost = []

    def walk(actor, job, progress):
        if not lost:
            with connection.cursor() as cursor:
                lost.append(1)
                cursor.execute("select pg_terminate_backend(pg_backend_pid())")
        return {"steps": 1}

    job = queued(books, monkeypatch, walk)
    with pytest.raises(OperationalError):
        running.run(books.organization.pk, job.pk)
    connection.close()
    assert row(books, job).status == "running"
    assert running.run(books.organization.pk, job.pk) == "succeeded"


def test_a_job_that_always_ends_its_session_fails(books, monkeypatch):
    def walk(actor, job, progress):
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    job = queued(books, monkeypatch, walk)
    for _ in range(running.MOST_STARTS):
        with pytest.raises(OperationalError):
            running.run(books.organization.pk, job.pk)
        connection.close()
    assert running.run(books.organization.pk, job.pk) == "failed"
    assert row(books, job).error["code"] == "job_gave_up"
