"""Long jobs to interrupt: batches of postings, queued over HTTP and worked off in steps."""

from organizations import ids, scoping
from organizations.jobs.models import Job
from tests.concurrency.books import Books
from tests.concurrency.http import Client


def queue_batch(client: Client, books: Books, name: str, items: int) -> str:
    """Queue a batch of so many postings, more than a request takes at once; gives the job's id."""
    lines = [
        {"account_id": ids.encode("ACT", books.accounts[code]), "entry_type": side, "amount": "1.00"}
        for code, side in (("1001", "debit"), ("4001", "credit"))
    ]
    item = {"transaction_date": "2025-03-31", "auto_post": True, "entries": lines}
    transactions = [item | {"external_id": f"{name}-{number}"} for number in range(items)]
    path = f"/organizations/{books.organization.public_id}/transactions/batch"
    answer = client.post(path, {"transactions": transactions})
    assert answer.status == 202, answer.text
    return answer.body["id"]


def statuses(books: Books) -> list[str]:
    """Of all jobs."""
    with scoping.acting_in(books.id):
        return sorted(Job.objects.of(books.id).values_list("status", flat=True))
