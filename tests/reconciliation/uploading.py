"""Sending a bank's file as a client does, and being the worker that takes it."""

from django.core.files.uploadedfile import SimpleUploadedFile

from organizations import ids
from organizations.jobs import running
from tests.cast import Answer, Books

HEADER = "Date,Description,Amount\n"


def send(books: Books, file: str | bytes, *, code: str = "1001", name: str = "bank.csv", key: str = "", **fields):
    """POST a file to import-statement; the answer as it comes."""
    content = file if isinstance(file, bytes) else file.encode()
    response = books.api.client.post(
        f"{books.api.base}/accounts/{books.account(code)}/import-statement",
        {"file": SimpleUploadedFile(name, content), **fields},
        headers={"authorization": f"Bearer {key or books.key}"},
    )
    return Answer(response.status_code, response.json(), response.headers)


def work(books: Books, job: Answer) -> Answer:
    """Do a queued job; the job as the API shows it then."""
    assert job.status == 202, job.body
    running.run(books.organization.pk, ids.decode("REQ", job["id"]))
    return books.api.get(f"/jobs/{job['id']}")


def take(books: Books, file: str | bytes, **how) -> dict:
    """Import a file; the job's result."""
    done = work(books, send(books, file, **how))
    assert done["status"] == "succeeded", done["error"]
    return done["result"]


def counts(result: dict) -> tuple[int, int, int, int]:
    """New, duplicates, conflicts, errors."""
    return result["new"], result["duplicates"], result["conflicts"], result["errors"]
