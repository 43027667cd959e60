"""Books that move to another installation answer there as they did here, to the byte."""

import contextlib
import io

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from config import database_roles
from ledger.archives.numbers import advance_numbers
from ledger.attachments import storing
from ledger.errors import ArchiveDiffers
from organizations import scoping
from tests import databases
from tests.cast import open_books, open_child
from tests.ledger.archives.archives import arrived, bring_in, export
from tests.ledger.attachments.uploads import attach, load
from tests.ledger.proof.books import seal_everything
from tests.ledger.trading import Trade, open_trade

ASKED = (
    "/accounts?limit=100", "/transactions?limit=100", "/contacts?limit=100", "/invoices",
    "/balance-assertions", "/checkpoints", "/attachments/{attachment}", "/transactions/{sale}",
    "/transactions/{sale}/proof", "/transactions/{back}/proof", "/accounts/{cash}/balance?as_of=2026-03-31",
    "/accounts/{cash}/balance/explain?as_of=2026-03-31", "/reports/trial-balance?as_of=2026-03-31",
    "/reports/balance-sheet?as_of=2026-03-31", "/reports/income-statement?start_date=2026-01-01&end_date=2026-12-31",
    "/reports/aged-receivables?as_of=2026-06-30", "/reports/general-ledger?start_date=2026-01-01&end_date=2026-12-31",
    "/members", "/stationery", "/letters", "/exchange-rates", "/fiscal-years",
)  # fmt: skip
CATALOGUE = """
    select tgrelid::regclass::text, tgname, tgenabled::text from pg_trigger where not tgisinternal
    union all select conrelid::regclass::text, conname, condeferrable || ' ' || condeferred from pg_constraint
    order by 1, 2, 3
"""


@contextlib.contextmanager
def files_in(place):
    """A place of the test's own for the files of attachments."""
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": place}}
    with override_settings(STORAGES=storages.backends | {"attachments": backend}):
        yield


def busy(trade: Trade) -> dict[str, str]:
    """A year's odds and ends; the ids that are asked for."""
    books = trade.books
    day = {"transaction_date": "2026-03-05"}
    sale = books.api.post("/transactions", books.sale("120.00", **day))["id"]
    back = books.api.post(f"/transactions/{sale}/reverse", {"reason": "Broken", "reversal_date": "2026-03-06"})
    assert back.status == 201, back.body
    trade.pay(trade.invoice("99.99", taxes=[trade.vat]), "50.00")
    trade.bill("12.34")
    assert books.api.put("/stationery", {"footer": "Registered at Crane"}).status == 200
    attachment = attach(books.api, sale, b"Three cakes", "receipt.txt")["id"]
    seal_everything(books)
    books.api.post("/transactions", books.sale("5.00", **day, auto_post=False))
    return {"sale": sale, "back": back["id"], "cash": books.account("1001"), "attachment": attachment}


def test_books_answer_elsewhere_as_they_did_here(committed_db, admin_url, tmp_path):
    trade, file, out = open_trade(), tmp_path / "books.zip", io.StringIO()
    books = trade.books
    with files_in(tmp_path / "here"):
        named = busy(trade)
        call_command("export_organization", books.organization.public_id, str(file), stdout=out)
    said = {path: books.api.get(path) for path in (path.format_map(named) for path in ASKED)}
    assert [(path, answer.status) for path, answer in said.items() if answer.status != 200] == []
    receipts = {path: answer["receipt"] for path, answer in said.items() if "receipt" in answer.body}
    said |= {f"{path}&known_at={receipt}": said.pop(path) for path, receipt in receipts.items()}
    digest = out.getvalue().strip().rpartition(" ")[2]
    with pytest.raises(CommandError, match="exists"):  # nothing is written over
        call_command("export_organization", books.organization.public_id, str(file))
    with files_in(tmp_path / "there"), databases.copy_in_use(admin_url, "arrival") as name:
        before = catalogue(admin_url, name)
        with pytest.raises(CommandError, match="archive_unreadable"):
            call_command("import_organization", str(file), sha256="0" * 64)
        call_command("import_organization", str(file), sha256=digest, stdout=out)
        assert "every rule of the doctor hold" in out.getvalue() and catalogue(admin_url, name) == before
        call_command("doctor", stdout=out)
        call_command("verify_ledger", stdout=out)
        there = arrived(books)
        for path, answer in said.items():
            assert str(there.get(path).body) == str(answer.body), path
        assert b"".join(load(there, named["attachment"])) == b"Three cakes"
        assert there.get("/proof")["head"]["total"] > 0
        # The books go on: nothing new takes the place of something old.
        number = there.get("/events?sort=-seq&limit=1").data[0]["seq"]
        assert there.post("/transactions", books.sale("1.00")).status == 201
        assert there.get("/events?sort=-seq&limit=1").data[0]["seq"] > number
        seal_everything(books)
        call_command("doctor", stdout=out)
        call_command("verify_ledger", stdout=out)
        events = {event["event_type"] for event in there.get("/events?limit=100&sort=-seq").data}
        assert {"organization.imported"} <= events and "organization.exported" not in events
        assert there.get("/api-keys").status == 200
        with pytest.raises(CommandError, match="organization_exists"):
            call_command("import_organization", str(file))


def catalogue(admin_url: str, name: str) -> list:
    """Which triggers and constraints there are, and how they are switched."""
    with database_roles.connect(database_roles.as_database(admin_url, name)) as connection:
        return connection.execute(CATALOGUE).fetchall()


def test_a_child_stands_alone_where_its_parent_is_not(committed_db, admin_url, tmp_path):
    firm = open_books("Firm")
    child = open_child(firm, "Branch")
    child.api.post("/transactions", child.sale("7.00"))
    export(child, tmp_path / "child.zip")
    export(firm, tmp_path / "firm.zip")
    with databases.copy_in_use(admin_url, "alone"):
        out = io.StringIO()
        call_command("import_organization", str(tmp_path / "child.zip"), stdout=out)
        assert f"Its parent {firm.organization.public_id} is not here" in out.getvalue()
        found = arrived(child).get()
        assert (found["is_root"], found["billing_type"], found["relationship_type"]) == (True, "separate", None)
    with databases.copy_in_use(admin_url, "together"):
        bring_in(tmp_path / "firm.zip")
        assert bring_in(tmp_path / "child.zip").parent_left is None
        api = arrived(firm)
        assert api.get(f"/{child.api.base}/reports/trial-balance")["totals"]["total_debits"] == 7
        assert api.get("/members").data[0]["email"] == "firm@example.com"


def test_the_server_counts_on_from_where_the_books_come_from(committed_db):
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (now,) = cursor.fetchone()
        advance_numbers(now + 3_000)
        cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        assert cursor.fetchone()[0] >= now + 3_000
    advance_numbers(now)  # it has them already
    with pytest.raises(ArchiveDiffers, match="pg_resetwal"):
        advance_numbers(now + 10**12)


def test_commands_say_what_is_wrong(committed_db, tmp_path):
    for command, arguments in {
        "export_organization": ("nonsense", tmp_path / "x.zip"),
        "import_organization": (tmp_path / "missing.zip",),
    }.items():
        with pytest.raises(CommandError):
            call_command(command, *map(str, arguments))
    with pytest.raises(CommandError, match="There is no organization"):
        call_command("export_organization", "ORG_00000000000000ff", str(tmp_path / "x.zip"))
    assert scoping.every_organization() == [] and storing.storage() is not None
