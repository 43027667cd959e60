"""Postings of one organization while another has eight heavy reports made at a time."""

import http.client
import math
import secrets
import threading
import time
from urllib.parse import urlsplit

from organizations import ids
from tests.benchmarks.callers import Request
from tests.benchmarks.postings import body
from tests.concurrency.books import Books, open_books
from tests.processes import WebServer

REPORTS = 8
CALLERS = 2
PAUSE = 0.02  # seconds between two postings of a caller: a load that leaves room, so that waiting is seen


def compare(product: WebServer, large: Books, *, seconds: float) -> dict:
    """The 99th percentile of B's postings alone and beside A's reports, in milliseconds, and their ratio."""
    books = open_books()
    path = f"/organizations/{large.organization.public_id}/reports/income-statement?end_date=2025-12-31&compare=11"
    alone = _posting(product, books, seconds)
    stop, made = threading.Event(), []
    team = [threading.Thread(target=_report, args=(product, large, path, stop, made)) for _ in range(REPORTS)]
    for thread in team:
        thread.start()
    try:
        time.sleep(1)
        beside = _posting(product, books, seconds)
    finally:
        stop.set()
        for thread in team:
            thread.join()
    found = {"alone": _percentile(alone), "beside": _percentile(beside)}
    return {
        "reports_at_a_time": REPORTS,
        "reports_made": made.count(200),
        "reports_put_off": made.count(429),
        "postings": [len(alone), len(beside)],
        "milliseconds": {name: round(value, 1) for name, value in found.items()},
        "ratio": round(found["beside"] / found["alone"], 2),
    }


def _percentile(taken: list[float]) -> float:
    return sorted(taken)[math.ceil(len(taken) * 0.99) - 1]


def _report(product: WebServer, books: Books, path: str, stop: threading.Event, made: list[int]) -> None:
    """Ask for a report again and again, and wait as told where there are too many."""
    connection = http.client.HTTPConnection(urlsplit(product.base_url).netloc, timeout=120)
    while not stop.is_set():
        connection.request("GET", path, headers={"Authorization": f"Bearer {books.secret}"})
        answer = connection.getresponse()
        answer.read()
        made.append(answer.status)
        stop.wait(int(answer.headers.get("Retry-After", 0)))
    connection.close()


def _posting(product: WebServer, books: Books, seconds: float) -> list[float]:
    """Milliseconds of each posting of a few callers."""
    accounts = (ids.encode("ACT", books.accounts[code]) for code in ("1001", "4001"))
    headers = (f"Authorization: Bearer {books.secret}", f"Idempotency-Key: {secrets.token_hex(4)}-@mark@")
    path = f"/organizations/{books.organization.public_id}/transactions"
    request = Request(product.base_url, "POST", path, body(*accounts), headers, 201)
    taken: list[float] = []

    def call(place: int) -> None:
        with request.connect() as connection:
            send, number, end = request.sender(), 0, time.perf_counter() + seconds
            while (started := time.perf_counter()) < end:
                send(connection, f"{place}-{number}")
                taken.append((time.perf_counter() - started) * 1000)
                number += 1
                time.sleep(PAUSE)

    team = [threading.Thread(target=call, args=(place,)) for place in range(CALLERS)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    return taken
