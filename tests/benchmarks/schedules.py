"""What is due of many schedules in many organizations, worked off by one worker, against the same by the batch API.

The floor sends each organization's transactions in one request; the worker finds what is due, notes every occurrence
and moves its schedules on as well.
"""

import datetime
import json
import time

from ledger.recurring.executing import run_due
from ledger.recurring.models import Execution
from ledger.recurring.scheduling import create_recurring
from ledger.recurring.tasks import due
from organizations import clock, ids, scoping
from tests.benchmarks.callers import Request
from tests.concurrency.books import ACTOR, Books, open_books
from tests.processes import WebServer

SCHEDULES, DAYS = 10, 20


def _entries(books: Books) -> list[dict]:
    sides = (("1001", "debit"), ("4001", "credit"))
    return [
        {"account_id": ids.encode("ACT", books.accounts[code]), "entry_type": side, "amount": "12.50"}
        for code, side in sides
    ]


def _schedule(books: Books, first: datetime.date) -> None:
    template = {"description": "Rent {period}", "entries": _entries(books)}
    fields = {"frequency": "daily", "started_at": first}
    with scoping.acting_in(books.id):
        for _ in range(SCHEDULES):
            create_recurring(
                actor=ACTOR, organization=books.organization, kind="transaction", template=template, fields=fields
            )


def _batch(product: WebServer, books: Books, first: datetime.date, mark: str) -> None:
    one = {"description": "Rent", "entries": _entries(books)}
    days = [f"{first + datetime.timedelta(days=number)}" for number in range(DAYS)]
    body = {"transactions": [one | {"transaction_date": day} for day in days] * SCHEDULES, "auto_post": True}
    path = f"/organizations/{books.organization.public_id}/transactions/batch"
    headers = (f"Authorization: Bearer {books.secret}", "Idempotency-Key: @mark@")
    request = Request(product.base_url, "POST", path, json.dumps(body).encode(), headers, 200)
    with request.connect() as connection:
        answer = request.sender()(connection, mark)
    assert json.loads(answer)["summary"]["succeeded"] == SCHEDULES * DAYS


def compare(product: WebServer, *, organizations: int) -> dict:
    """Occurrences a second of one worker, and as a part of what the batch API takes from one caller."""
    several = [open_books(f"Scheduled {number}") for number in range(organizations)]
    first = clock.today("UTC") - datetime.timedelta(days=DAYS - 1)
    for books in several:
        _schedule(books, first)
    size = organizations * SCHEDULES * DAYS
    started = time.perf_counter()
    for number, books in enumerate(several):
        _batch(product, books, first, f"floor-{number}")
    batched = time.perf_counter() - started
    started = time.perf_counter()
    numbers = due([books.id for books in several])
    done = sum(map(run_due, numbers))
    worked = time.perf_counter() - started
    assert done == size, (done, size)
    with scoping.acting_in(several[-1].id):
        assert Execution.objects.of(several[-1].id).filter(status="succeeded").count() == SCHEDULES * DAYS
    return {
        "organizations": organizations,
        "occurrences": size,
        "seconds": {"batch": round(batched, 1), "worker": round(worked, 1)},
        "ratio_to_batch": round(batched / worked, 2),
    }
