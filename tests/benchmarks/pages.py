"""The first page of a list against one that lies deep, both reached by cursor."""

import json
from statistics import median

from tests.benchmarks.callers import Request, milliseconds
from tests.concurrency.books import Books

SIZE = 2  # rows a page: the shorter, the deeper a page lies among the same rows


def page(base_url: str, books: Books, cursor: str | None) -> Request:
    """One page of the list of transactions."""
    path = f"/organizations/{books.organization.public_id}/transactions?limit={SIZE}&sort=-transaction_date"
    if cursor is not None:
        path += f"&cursor={cursor}"
    return Request(base_url, "GET", path, b"", (f"Authorization: Bearer {books.secret}",))


def compare(base_url: str, books: Books, *, depth: int, rounds: int, times: int) -> dict:
    """Median milliseconds of page 1 and of page ``depth``, taken in turn, and their ratio."""
    cursor = None
    first = page(base_url, books, None)
    with first.connect() as connection:
        for _ in range(depth - 1):
            answer = json.loads(page(base_url, books, cursor).sender()(connection, ""))
            cursor = answer["next_cursor"]
    deep = page(base_url, books, cursor)
    taken: dict[str, list[float]] = {"first": [], "deep": []}
    for _ in range(rounds):
        taken["first"] += milliseconds(first, times=times)
        taken["deep"] += milliseconds(deep, times=times)
    shallow, far = median(taken["first"]), median(taken["deep"])
    return {"depth": depth, "milliseconds": [round(shallow, 2), round(far, 2)], "ratio": round(far / shallow, 3)}
