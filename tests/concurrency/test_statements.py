"""Two who import, match or book at the same instant: one does it, the other is told so."""

from functools import partial

import pytest

from organizations import ids
from organizations.jobs import running
from tests.cast import Api, open_books
from tests.concurrency.together import failures, together
from tests.reconciliation.banks import line
from tests.reconciliation.uploading import HEADER, counts, send

pytestmark = pytest.mark.slow

FILE = HEADER + "".join(f"2024-03-{n % 28 + 1:02},Payment {n},{n + 1}.00\n" for n in range(600))


@pytest.fixture
def books(committed_db, monkeypatch):
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *ids: None)
    return open_books("Banked Ltd")


def as_another_caller(books) -> Api:
    """A caller with a connection of its own."""
    return Api(books.key, books.api.base)


def test_one_file_imported_twice_at_once_is_taken_once(books):
    jobs = [send(books, FILE)["id"] for _ in range(3)]
    numbers = [ids.decode("REQ", job) for job in jobs]
    outcomes = together([partial(running.run, books.organization.pk, number) for number in numbers], threads=3)
    assert outcomes == ["succeeded"] * 3, failures(outcomes)
    results = [books.api.get(f"/jobs/{job}")["result"] for job in jobs]
    assert sorted(map(counts, results)) == [(0, 600, 0, 0), (0, 600, 0, 0), (600, 0, 0, 0)]
    assert sorted(result["file_known"] for result in results) == [False, True, True]
    assert len({result["statement_id"] for result in results}) == 1
    assert books.api.get("/statement-lines?include=total_count&limit=1")["total_count"] == 600


def test_overlapping_files_at_once_take_each_line_once(books):
    rows = FILE.removeprefix(HEADER).splitlines(keepends=True)
    parts = [rows[:400], rows[200:], rows[100:500]]
    numbers = [ids.decode("REQ", send(books, HEADER + "".join(part))["id"]) for part in parts]
    outcomes = together([partial(running.run, books.organization.pk, number) for number in numbers], threads=3)
    assert outcomes == ["succeeded"] * 3, failures(outcomes)
    assert books.api.get("/statement-lines?include=total_count&limit=1")["total_count"] == 600


def test_ten_who_book_one_line_book_it_once(books):
    row = line(books, "-40.00")
    body = {"account_id": books.account("5201")}
    path = f"/statement-lines/{row.public_id}/create-transaction"
    answers = together([lambda: as_another_caller(books).post(path, body) for _ in range(10)], threads=5)
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9
    assert len(books.api.get("/transactions").data) == 1


def test_two_lines_and_one_entry_at_once_match_once(books):
    sale = books.api.post("/transactions", books.sale("100.00"))
    rows = [line(books, "100.00") for _ in range(4)]
    body = {"transaction_id": sale["id"]}
    answers = together(
        [partial(as_another_caller(books).post, f"/statement-lines/{row.public_id}/match", body) for row in rows],
        threads=4,
    )
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    refused = {answer.error["code"] for answer in answers if answer.status == 409}
    assert refused == {"entry_matched_already"}


def test_an_import_undone_while_its_lines_are_matched_loses_none_of_them(books):
    job = send(books, FILE)
    running.run(books.organization.pk, ids.decode("REQ", job["id"]))
    statement = books.api.get(f"/jobs/{job['id']}")["result"]["statement_id"]
    rows = books.api.get("/statement-lines?limit=12").data
    acts = [
        partial(as_another_caller(books).post, f"/statement-lines/{row['id']}/ignore", {"reason": "Private"})
        for row in rows
    ]
    acts.insert(6, partial(as_another_caller(books).post, f"/statements/{statement}/undo"))
    answers = together(acts, threads=5)
    assert failures(answers) == []
    assert {answer.status for answer in answers} <= {200, 404}
    kept = sum(answer.status == 200 for answer in answers) - 1
    assert books.api.get("/statement-lines?include=total_count&limit=1")["total_count"] == kept
