"""Books with sealed postings, and the two who verify them: the command, and the stand-alone verifier as a program."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

from django.core.management import CommandError, call_command
from django.db import connection

from ledger.proof.models import Checkpoint
from ledger.proof.sealing import seal
from tests.architecture.house import ROOT
from tests.cast import Books, open_books

VERIFIER = ROOT / "ledger" / "proof" / "verifier.py"


def sealed_books(name: str = "Notary Ltd", *, batches: int = 3, each: int = 2) -> Books:
    """Books with some postings in each of several checkpoints."""
    books = open_books(name)
    for batch in range(batches):
        for number in range(each):
            fields = {"reference_number": f"R{batch}{number}", "transaction_date": "2026-03-01"}
            answer = books.api.post("/transactions", books.sale(f"{batch + 1}{number}.50", **fields))
            assert answer.status == 201, answer.body
        seal_everything(books)
    return books


def wait_until_settled() -> None:
    """Until everything that is committed by now counts as settled: others may write in this cluster just now."""
    end = time.monotonic() + 60
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text")
        [number] = cursor.fetchone()
        while True:
            cursor.execute("select pg_snapshot_xmin(pg_current_snapshot()) > %s::text::xid8", [number])
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < end, "Something writes in this cluster for a minute already."
            time.sleep(0.02)


def seal_everything(books: Books, **options) -> list[Checkpoint]:
    """Seal until nothing waits."""
    wait_until_settled()
    made = []
    while True:
        with books.acting():
            done = seal(actor=books.actor, organization_id=books.organization.pk, **options)
        if done is None:
            return made
        made.append(done)


def by_command(books: Books, **options) -> str | None:
    """What `verify_ledger` finds broken; None if nothing."""
    try:
        call_command("verify_ledger", organization=books.organization.public_id, stdout=io.StringIO(), **options)
    except CommandError as problem:
        return str(problem)
    return None


def exported(books: Books, folder: Path) -> Path:
    """The export as the API gives it."""
    response = books.api.client.get(f"{books.api.base}/proof/export", headers={"authorization": f"Bearer {books.key}"})
    assert response.status_code == 200
    file = folder / "export.jsonl"
    file.write_bytes(b"".join(response.streaming_content))
    return file


def by_program(file: Path, anchor: Path | None = None) -> str | None:
    """What the stand-alone verifier finds broken; None if nothing. It runs with nothing but the standard library."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(file), *(["--anchor", str(anchor)] if anchor else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stderr.strip() if done.returncode else None


def anchor_of(books: Books, folder: Path) -> Path:
    """The chain as it is now, as it would have been pushed outside."""
    listed = books.api.get("/checkpoints?limit=100&sort=seq").data
    file = folder / "anchor.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in listed))
    return file
