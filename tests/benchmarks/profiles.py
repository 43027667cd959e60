"""Where the time goes: printed for what misses its target, so that whoever mends it begins at the right place.

The work is done once more in this process, without HTTP, under Python's own profiler. What
waits for PostgreSQL is one line of its own: the rest is Python's. Only the thread that reads and answers is
seen: a batch is sent to PostgreSQL by a thread beside it, and what that one waits is not counted here.
"""

import cProfile
import logging
import pstats
from pathlib import Path

from django.test import Client, override_settings

from organizations import ids
from tests.benchmarks import batches, postings
from tests.concurrency.books import Books

SINGLE = 1_000
SHOWN = 10
ROOT = Path(__file__).parent.parent.parent
#: Where a thread waits for the server's answer.
WAITING = ("wait_c", "wait", "poll", "select")


def of_postings(books: Books) -> list[str]:
    """Single postings through the whole application, from the request to the answer."""
    client, path = Client(HTTP_HOST="localhost"), f"/organizations/{books.organization.public_id}/transactions"
    body = postings.body(*(ids.encode("ACT", books.accounts[code]) for code in ("1001", "4001")))

    def act() -> None:
        for number in range(SINGLE):
            headers = {"authorization": f"Bearer {books.secret}", "idempotency-key": f"profile-{number}"}
            client.post(path, body, content_type="application/json", headers=headers)

    return _profiled(act, f"{SINGLE:,} single postings in one process", SINGLE)


def of_a_batch(books: Books) -> list[str]:
    """One batch of ten thousand, likewise."""
    client, path = Client(HTTP_HOST="localhost"), f"/organizations/{books.organization.public_id}/transactions/batch"
    headers = {"authorization": f"Bearer {books.secret}"}
    body = batches.body(books)
    return _profiled(
        lambda: client.post(path, body, content_type="application/json", headers=headers),
        f"one batch of {batches.SIZE:,} in one process",
        1,
    )


def _profiled(act, what: str, times: int) -> list[str]:
    profile = cProfile.Profile()
    logging.disable(logging.INFO)
    try:
        with override_settings(RATE_LIMIT_LIVE=10**9, RATE_LIMIT_LIVE_ORGANIZATION=10**9):
            profile.runcall(act)
    finally:
        logging.disable(logging.NOTSET)
    rows = pstats.Stats(profile).stats
    whole = sum(row[2] for row in rows.values())
    waits = sum(row[2] for (_, _, name), row in rows.items() if any(word in name for word in WAITING))
    each = f"{whole * 1000 / times:.2f} ms each, profiled"
    lines = [f"{what}: {each}; of this thread {waits / whole:.0%} waits for PostgreSQL"]
    for (file, line, name), row in sorted(rows.items(), key=lambda row: -row[1][2])[:SHOWN]:
        lines.append(f"  {row[2] / whole:>6.1%} {row[0] // times:>7,} calls  {_place(file, line)} {name}")
    return lines


def _place(file: str, line: int) -> str:
    path = Path(file)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return f"{path.relative_to(ROOT)}:{line}"
    return "/".join(path.parts[-2:]) if line else ""
