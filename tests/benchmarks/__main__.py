"""`make bench`: what postings, balances and pages cost, measured on servers of its own, as ratios within the run.

Prints a table and, as the last line, the same as JSON. `BENCH_QUICK=1` takes fewer rounds and less history,
`make bench-large` ten million entries.
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

#: How much is measured: rounds and seconds of load, rows, and how often each read is timed.
FULL = {
    "rounds": 12, "seconds": 4.0, "few": 10_000, "many": 1_000_000, "read_rounds": 10, "times": 20, "batches": 3,
    "depth": 10_000, "wide": 500_000, "accounts": 50_000, "others": 100_000,
    "statement": 100_000, "lines": 10_000, "entries": 50_000, "scheduled": 500, "members": 50, "items": 200_000,
}  # fmt: skip
QUICK = FULL | {
    "rounds": 5, "seconds": 2.0, "many": 50_000, "read_rounds": 3, "times": 10, "batches": 2,
    "depth": 1_000, "wide": 50_000, "accounts": 5_000, "others": 10_000,
    "statement": 20_000, "lines": 2_000, "entries": 10_000, "scheduled": 50, "members": 10, "items": 20_000,
}  # fmt: skip
#: Twenty-five minutes, and about 15 GB: ten million entries, five million over five years, a million accounts.
LARGE = FULL | {"many": 10_000_000, "wide": 5_000_000, "others": 1_000_000}

#: What a change must not fall below, and above: the least, or the most, of a figure.
TARGETS = {
    ("posting", "ratio_to_hordak"): ("least", 2.0),
    ("posting", "ratio_to_sql_function"): ("least", 0.9),
    ("batch", "ratio_to_hand_written_sql"): ("least", 0.6),
    ("batch", "ratio_to_hordak_bulk_create"): ("least", 5.0),
    ("batch", "memory_mib_above_idle"): ("most", 150),
    ("invoices", "ratio_to_posting"): ("least", 0.3),
    ("schedules", "ratio_to_batch"): ("least", 0.5),
    ("hot_account", "ratio"): ("least", 0.9),
    ("reading", "account"): ("most", 1.5),
    ("reading", "balance_as_of"): ("most", 1.5),
    ("reading", "trial_balance"): ("most", 1.5),
    ("trial_balance_to_accounts", "ratio"): ("most", 10),
    ("deep_page", "ratio"): ("most", 1.2),
    ("opening_accounts", "ratio"): ("most", 2),
    ("statements_to_trial_balance", "balance_sheet"): ("most", 5),
    ("statements_to_trial_balance", "income_statement"): ("most", 5),
    ("statements_to_trial_balance", "cash_flow"): ("most", 5),
    ("consolidated", "ratio"): ("most", 60),
    ("ageing", "seconds"): ("most", 2),
    ("ageing", "seconds_of_a_past_day"): ("most", 2),
    ("neighbours", "ratio"): ("most", 3),
    ("importing", "ratio_to_copy"): ("least", 0.3),
    ("matching", "seconds"): ("most", 20),
    ("matching", "peak_mib"): ("most", 300),
}


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
            name = address.rsplit("/", 1)[1].partition("?")[0]
            owner, superuser = (database_roles.as_database(url, name) for url in (taken.owner_url, taken.admin_url))
            with serving(address, "config.wsgi") as product:
                found = writing(product, floors_address, owner, size)
                found |= reading(product, superuser, size)
            found |= banking(superuser, size)
    finally:
        taken.stop()
    return found


def writing(product: WebServer, floors_address: str, owner_url: str, size: dict) -> dict:
    """What it costs to post: one by one, in batches, on one account."""
    from tests.benchmarks import batches, hot_accounts, invoices, postings, profiles, schedules
    from tests.concurrency.books import assert_true_books, open_books

    books = open_books()
    with serving(floors_address, "tests.benchmarks.floors.wsgi") as floors:
        asked = postings.requests(product, floors, books)
        posting = postings.compare(asked, rounds=size["rounds"], seconds=size["seconds"])
        batch = batches.compare(product, floors, owner_url, books, rounds=size["batches"])
    issued = invoices.compare(product, rounds=size["batches"])
    scheduled = schedules.compare(product, organizations=size["scheduled"])
    hot = hot_accounts.compare(product, rounds=size["rounds"], seconds=size["seconds"])
    found = {"posting": posting, "batch": batch, "invoices": issued, "schedules": scheduled, "hot_account": hot}
    found["profiles"] = {
        chapter: profiled(books)
        for chapter, profiled in (("posting", profiles.of_postings), ("batch", profiles.of_a_batch))
        if missed(found, chapter)
    }
    assert_true_books(books.id)
    return found


def reading(product: WebServer, superuser_url: str, size: dict) -> dict:
    """What it costs to read, and to open an account, when there is much already."""
    from tests.benchmarks import large_charts, neighbours, pages, reports, trial_balances, volumes

    rounds, times, days = size["read_rounds"], size["times"], 5 * 365
    wide, books = trial_balances.compare(entries=size["wide"], accounts=2_000, days=days, times=max(3, times // 4))
    volume, large = volumes.compare(product.base_url, few=size["few"], many=size["many"], rounds=rounds, times=times)
    return {
        "reading": volume,
        "deep_page": pages.compare(product.base_url, large, depth=size["depth"], rounds=rounds, times=times),
        "trial_balance_to_accounts": wide,
        "statements_to_trial_balance": reports.compare_statements(books, days=days, times=max(3, times // 4)),
        "neighbours": neighbours.compare(product, books, seconds=20),
        "consolidated": reports.compare_groups(members=size["members"], entries=2_000, times=3),
        "ageing": reports.compare_ageing(superuser_url, items=size["items"], times=3),
        "opening_accounts": large_charts.compare(
            product.base_url, superuser_url, many=size["accounts"], others=size["others"], rounds=rounds, times=times
        ),
    }


def banking(superuser_url: str, size: dict) -> dict:
    """What it costs to import a bank's file, and to match its lines."""
    from tests.benchmarks import statements

    return {
        "importing": statements.compare_import(superuser_url, lines=size["statement"], rounds=3),
        "matching": statements.compare_matching(lines=size["lines"], entries=size["entries"]),
    }


def missed(found: dict, chapter: str) -> bool:
    """Whether any target of a chapter was missed."""
    return not all(each["holds"] for each in verdicts(found, chapter))


def verdicts(found: dict, only: str | None = None) -> list[dict]:
    """Each target, or those of one chapter, with what was found."""
    result = []
    for (chapter, name), (kind, bound) in TARGETS.items():
        if only not in (None, chapter):
            continue
        figure = found[chapter][name]
        value = figure["ratio"] if isinstance(figure, dict) else figure
        holds = value >= bound if kind == "least" else value <= bound
        result.append({"what": f"{chapter} {name}", "found": value, kind: bound, "holds": holds})
    return result


def table(found: dict) -> str:
    """The measurements for a person."""
    per_second, seconds = found["posting"]["requests_per_second"], found["batch"]["seconds"]
    lines = [f"Posting over HTTP, {found['posting']['callers']} callers, requests a second"]
    lines += [f"  {name:40} {rate:>10}" for name, rate in per_second.items()]
    lines += ["", f"{found['batch']['size']:,} postings in one batch, seconds"]
    lines += [f"  {name:40} {rate:>10}" for name, rate in seconds.items()]
    issued = found["invoices"]
    lines += ["", f"{issued['size']:,} invoices of {issued['lines']} lines in one batch, seconds"]
    lines += [f"  {name:40} {rate:>10}" for name, rate in issued["seconds"].items()]
    lines += ["", "Milliseconds with little and with much in the books"]
    rows = {name: row for name, row in found["reading"].items() if isinstance(row, dict)}
    rows |= {name: found[name] for name in ("deep_page", "trial_balance_to_accounts", "opening_accounts")}
    lines += [f"  {name:40} {row['milliseconds'][0]:>10} {row['milliseconds'][1]:>10}" for name, row in rows.items()]
    imported = found["importing"]
    lines += ["", f"{imported['lines']:,} lines of a bank's file, seconds"]
    lines += [f"  {name:40} {rate:>10}" for name, rate in imported["seconds"].items()]
    matched = found["matching"]
    lines += ["", f"{matched['lines']:,} lines matched with {matched['entries']:,} entries in one job"]
    lines += [f"  {name:40} {matched[name]:>10}" for name in ("seconds", "peak_mib", "above_idle_mib")]
    lines += ["", f"  {'target':52} {'found':>10} {'wanted':>12}"]
    for each in found["targets"]:
        wanted = f"≥ {each['least']}" if "least" in each else f"≤ {each['most']}"
        lines.append(f"  {each['what']:52} {each['found']:>10} {wanted:>12} {'' if each['holds'] else '  missed'}")
    for profile in found["profiles"].values():
        lines += ["", *profile]
    return "\n".join(lines)


def main() -> None:
    started = time.perf_counter()
    size = LARGE if env.flag("BENCH_LARGE", default=False) else FULL
    found = measure(QUICK if env.flag("BENCH_QUICK", default=False) else size)
    found["targets"] = verdicts(found)
    found["seconds"] = round(time.perf_counter() - started, 1)
    print(table(found))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
