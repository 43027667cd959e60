"""`make bench`: what a posting and a balance cost, measured on servers of its own.

Prints a table and, as the last line, the same as JSON. `BENCH_QUICK=1` takes fewer rounds and less history.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from config import database_roles, env, servers
from tests import databases
from tests.processes import WebServer

FULL = {"rounds": 12, "seconds": 4.0, "few": 10_000, "many": 1_000_000, "read_rounds": 10, "times": 20}
QUICK = {"rounds": 5, "seconds": 2.0, "few": 10_000, "many": 50_000, "read_rounds": 3, "times": 10}


@contextlib.contextmanager
def product_database(taken: servers.Servers) -> Iterator[str]:
    """A fresh database with the product's schema, in use by this process; gives the application's address."""
    os.environ.update(taken.environment())
    os.environ |= {"CRANE_ENV": "local", "DATABASE_POOL": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django

    django.setup()
    databases.drop_leftovers(taken.admin_url)
    with databases.copy_in_use(taken.admin_url, "bench") as name:
        yield database_roles.as_database(taken.database_url, name)


@contextlib.contextmanager
def floors_database(taken: servers.Servers) -> Iterator[str]:
    """A fresh database with hordak's tables and the hand-written ones; gives its owner's address."""
    name = f"{databases.PREFIX}_{os.getpid()}_floors"
    with databases.admin(taken.admin_url) as connection:
        database_roles.make_database(connection, name)
    try:
        address = database_roles.as_database(taken.owner_url, name)
        command = [sys.executable, "-m", "tests.benchmarks.floors.prepare"]
        subprocess.run(
            command, env=os.environ | {"DATABASE_URL": address, "DATABASE_POOL": "0"}, cwd=databases.ROOT, check=True
        )
        yield address
    finally:
        databases.discard(taken.admin_url, name)


@contextlib.contextmanager
def serving(address: str, application: str) -> Iterator[WebServer]:
    """gunicorn as the product runs it, without the limit on requests."""
    workers = env.integer("WEB_CONCURRENCY", default=max(2, min(os.cpu_count() or 2, 8)))
    server = WebServer(address, workers, application, {"RATE_LIMIT_LIVE": "1000000000"})
    try:
        yield server.start()
    finally:
        server.stop()


def measure(size: dict) -> dict:
    """All measurements, in one run."""
    taken = servers.take(databases.ROOT, "bench")
    try:
        with product_database(taken) as address, floors_database(taken) as floors_address:
            from tests.benchmarks import postings, volumes
            from tests.concurrency.books import assert_true_books, open_books

            books = open_books()
            with serving(address, "config.wsgi") as product:
                with serving(floors_address, "tests.benchmarks.floors.wsgi") as floors:
                    asked = postings.requests(product, floors, books)
                    posting = postings.compare(asked, rounds=size["rounds"], seconds=size["seconds"])
                assert_true_books(books.id)
                reading = volumes.compare(
                    product.base_url,
                    few=size["few"],
                    many=size["many"],
                    rounds=size["read_rounds"],
                    times=size["times"],
                )
    finally:
        taken.stop()
    return {"posting": posting, "reading": reading}


def table(found: dict) -> str:
    """The measurements for a person."""
    posting, reading = found["posting"], dict(found["reading"])
    per_second = posting["requests_per_second"]
    few, many = reading.pop("entries")
    seconds = reading.pop("seconds_to_load_the_large")
    rows = [
        ("Crane Ledger", per_second["crane"], ""),
        ("(a) bare view, one SQL function", per_second["sql"], posting["ratio_to_sql_function"]),
        ("(b) bare view over django-hordak", per_second["hordak"], posting["ratio_to_hordak"]),
    ]
    lines = [f"One posting over HTTP, {posting['callers']} callers, {posting['rounds']} rounds"]
    lines += [f"  {'':40} {'requests/s':>12} {'our ratio':>12}"]
    lines += [f"  {name:40} {rate:>12} {ratio:>12}" for name, rate, ratio in rows]
    lines += ["", f"Reads at {few:,} and at {many:,} entries (loaded in {seconds} s)"]
    lines += [f"  {'':40} {'ms':>12} {'ms':>12} {'ratio':>12}"]
    for name, row in reading.items():
        fast, slow = row["milliseconds"]
        lines.append(f"  {name.replace('_', ' '):40} {fast:>12} {slow:>12} {row['ratio']:>12}")
    return "\n".join(lines)


def main() -> None:
    started = time.perf_counter()
    found = measure(QUICK if env.flag("BENCH_QUICK", default=False) else FULL)
    found["seconds"] = round(time.perf_counter() - started, 1)
    print(table(found))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
