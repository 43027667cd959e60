"""Bank statements: importing a hundred thousand lines against COPY of the same rows, and matching ten thousand lines.

The floor copies the very rows that were imported, as PostgreSQL wrote them out, into the same table with its keys,
indexes and checks. Matching runs as a worker would run it: one job, in a process of its own, whose peak is measured.
"""

import io
import json
import os
import random
import subprocess
import sys
import time
from statistics import median

import psycopg

from config import database_roles
from ledger.accounts.models import Account
from organizations import scoping
from organizations.currencies.models import Currency
from organizations.directory.creating import sign_up
from organizations.jobs.running import queue
from reconciliation.matching.tasks import KIND
from reconciliation.practice.enacting import import_month, post_year
from reconciliation.practice.years import practice_year
from reconciliation.statements.importing import import_statement
from reconciliation.statements.models import Statement
from reconciliation.statements.reading import Upload
from tests import databases
from tests.benchmarks.volumes import Spread, books_with
from tests.concurrency.books import ACTOR, Books

OUT = "copy (select * from reconciliation_statementline where statement_id = {}) to stdout"
IN = "copy reconciliation_statementline from stdin"
DROP = "delete from reconciliation_statementline where statement_id = %s"

WORKER = """
import json, pathlib, re, sys, time
import django
django.setup()
import reconciliation.tasks
from organizations.jobs import running
def peak():  # what the process itself held at most; getrusage counts its parent in
    return int(re.search("VmHWM:\\s+([0-9]+)", pathlib.Path("/proc/self/status").read_text())[1])
idle = peak()
started = time.perf_counter()
status = running.run(int(sys.argv[1]), int(sys.argv[2]))
seconds = time.perf_counter() - started
print(json.dumps({"status": status, "seconds": seconds, "idle": idle, "peak": peak()}))
"""

WORDS = ("Payment", "Invoice", "Card", "Transfer", "Acme", "Globex", "Initech", "Umbrella", "Stark", "Wayne", "Rent")


def compare_import(superuser_url: str, *, lines: int, rounds: int) -> dict:
    """Median seconds to import so many lines of CSV, and to COPY the same rows; how many times as fast COPY is."""
    taken: dict[str, list[float]] = {"imported": [], "copied": []}
    for number in range(rounds):
        books = books_with(0, f"statements-{number}", Spread(pairs=1))
        file = _csv(lines, number)
        started = time.perf_counter()
        statement = _import(books, file)
        taken["imported"].append(time.perf_counter() - started)
        taken["copied"].append(_copy(superuser_url, statement))
    imported, copied = median(taken["imported"]), median(taken["copied"])
    return {
        "lines": lines,
        "seconds": {"imported": round(imported, 2), "copied": round(copied, 2)},
        "ratio_to_copy": round(copied / imported, 3),
    }


def _csv(lines: int, seed: int) -> bytes:
    chance, text = random.Random(seed), io.StringIO()
    text.write("Date,Description,Reference,Amount\n")
    for number in range(lines):
        day = f"2025-{number * 12 // lines + 1:02}-{number % 28 + 1:02}"
        said = f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}"
        text.write(f"{day},{said},R{number},{chance.randint(-500_000, 500_000) / 100:.2f}\n")
    return text.getvalue().encode()


def _import(books: Books, file: bytes) -> Statement:
    with scoping.acting_in(books.id):
        account = Account.objects.of(books.id).get(code="1000")
        done = import_statement(
            actor=ACTOR, organization=books.organization, account=account, upload=Upload("bank.csv", file)
        )
    assert done.statement.errors == 0
    return done.statement


def _copy(superuser_url: str, statement: Statement) -> float:
    with psycopg.connect(superuser_url) as superuser:
        with superuser.cursor().copy(OUT.format(statement.pk)) as out:
            rows = b"".join(bytes(part) for part in out)
        superuser.execute(DROP, [statement.pk])
        superuser.commit()
        started = time.perf_counter()
        with superuser.cursor().copy(IN) as into:
            into.write(rows)
        superuser.commit()
        return time.perf_counter() - started


def compare_matching(*, lines: int, entries: int) -> dict:
    """Seconds and peak memory of one job that matches a year of so many lines with so many open entries."""
    year = practice_year(1, lines=lines, entries=entries)
    signed = sign_up(
        actor=ACTOR, email="matching@example.com", name="Matching", base_currency=Currency(pk="USD"), mode="live"
    )
    organization = signed.organization
    with scoping.acting_in(organization.pk):
        bank, _ = post_year(organization, year)
        for statement in year.statements:
            import_month(organization, bank, statement)
        job = queue(actor=ACTOR, organization_id=organization.pk, kind=KIND, payload={"account_id": bank.pk})
    address = database_roles.as_database(os.environ["DATABASE_URL"], databases.current())
    command = [sys.executable, "-c", WORKER, str(organization.pk), str(job.pk)]
    done = subprocess.run(
        command, env=os.environ | {"DATABASE_URL": address}, cwd=databases.ROOT, capture_output=True, check=True
    )
    found = json.loads(done.stdout.decode().splitlines()[-1])
    assert found["status"] == "succeeded", done.stderr.decode()
    return {
        "lines": lines,
        "entries": entries,
        "seconds": round(found["seconds"], 2),
        "peak_mib": round(found["peak"] / 1024, 1),
        "above_idle_mib": round((found["peak"] - found["idle"]) / 1024, 1),
    }
