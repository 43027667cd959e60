"""kill -9 of the worker in the middle of an import, and of a run of matching: afterwards nothing is double or lost."""

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from config import database_roles
from organizations import ids
from organizations.jobs import progress, running
from organizations.jobs.models import Job
from tests import databases
from tests.cast import open_books
from tests.reconciliation.uploading import HEADER, counts, send

pytestmark = pytest.mark.slow

LINES = 12_000
PROGRAM = """
import sys, time, django
django.setup()
import reconciliation.tasks
from organizations.jobs import progress, running
advance = progress.Progress.advance
def stay_half_way(self, steps=1):
    advance(self, steps)
    if self.done >= (self.total or 2) / 2:
        time.sleep(600)
progress.Progress.advance = stay_half_way
running.run(int(sys.argv[1]), int(sys.argv[2]))
"""


@pytest.fixture
def books(committed_db, monkeypatch):
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *ids: None)
    return open_books("Banked Ltd")


def job_of(books, public_id: str) -> Job:
    with books.acting():
        return Job.objects.of(books.organization).defer("file").get(pk=ids.decode("REQ", public_id))


def is_half_done(job: Job) -> bool:
    done, total = progress.of(job)
    return total is not None and done >= total / 2


def kill_half_way(books, job: dict) -> None:
    """Let a worker begin a job, and kill it when it has come half way."""
    address = database_roles.as_database(os.environ["DATABASE_URL"], databases.current())
    numbers = [str(books.organization.pk), str(ids.decode("REQ", job["id"]))]
    command = [sys.executable, "-c", PROGRAM, *numbers]
    worker = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": address}, cwd=databases.ROOT)
    try:
        deadline = time.monotonic() + 60
        while not is_half_done(job_of(books, job["id"])):
            assert time.monotonic() < deadline and worker.poll() is None, "The worker did not come half way."
            time.sleep(0.05)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert job_of(books, job["id"]).status == "running"
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:  # the dead worker's session ends, and its locks
        query = "select count(*) from pg_stat_activity where datname = %s and xact_start is not null and pid <> %s"
        while connection.execute(query, [databases.current(), connection.info.backend_pid]).fetchone()[0]:
            assert time.monotonic() < deadline
            connection.rollback()
            time.sleep(0.02)


def run_again(books, job: dict) -> dict:
    """What the next worker makes of the job."""
    assert running.run(books.organization.pk, ids.decode("REQ", job["id"])) == "succeeded"
    return books.api.get(f"/jobs/{job['id']}")["result"]


def statement_file() -> str:
    return HEADER + "".join(f"2024-{n % 12 + 1:02}-15,Payment {n},{n + 1}.00\n" for n in range(LINES))


def total(books, path: str) -> int:
    return books.api.get(f"{path}{'&' if '?' in path else '?'}include=total_count&limit=1")["total_count"]


def test_an_import_is_killed_and_made_again(books):
    job = send(books, statement_file())
    kill_half_way(books, job)
    assert (total(books, "/statement-lines"), total(books, "/statements")) == (0, 0)
    assert counts(run_again(books, job)) == (LINES, 0, 0, 0)
    assert (total(books, "/statement-lines"), total(books, "/statements")) == (LINES, 1)
    assert running.run(books.organization.pk, ids.decode("REQ", job["id"])) == "taken"


def test_a_run_of_matching_is_killed_and_made_again(books):
    many = 1_500
    sales = [
        {
            "transaction_date": f"2024-{n % 12 + 1:02}-15",
            "description": f"Payment {n}",
            "auto_post": True,
            "entries": [books.entry("1001", "debit", f"{n + 1}.37"), books.entry("4001", "credit", f"{n + 1}.37")],
        }
        for n in range(many)
    ]
    assert books.api.post("/transactions/batch", {"transactions": sales})["summary"]["succeeded"] == many
    lines = HEADER + "".join(f"2024-{n % 12 + 1:02}-15,Payment {n},{n + 1}.37\n" for n in range(many))
    run_again(books, send(books, lines))
    (job,) = books.api.get("/jobs?kind=match_statement_lines").data
    kill_half_way(books, job)
    assert total(books, "/statement-lines?status=unmatched") == many
    assert total(books, "/matches") == 0
    result = run_again(books, job)
    assert (result["accepted"], result["open"]) == (many, 0)
    assert total(books, "/matches?status=accepted") == many
    assert total(books, "/statement-lines?status=matched") == many
