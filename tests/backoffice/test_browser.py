"""Working days in a real browser: a draft is typed, posted and reversed; a bank's file is imported and worked off.

Needs Debian's chromium; where there is none the machine cannot say anything about it.
"""

import datetime
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from ledger.contacts.models import Contact
from ledger.journal.models import Transaction
from ledger.taxes.models import Tax
from organizations.invitations.inviting import invite
from organizations.jobs import running
from organizations.letters.tasks import send_letters
from organizations.users.models import User
from tests.backoffice.bank import lines, suggested
from tests.backoffice.desks import balance, recorded
from tests.cast import open_child
from tests.reconciliation import banks
from tests.reports.kept import keep_reports

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def served_files(monkeypatch):
    """Static files straight from the apps' folders: the suite collects none."""
    monkeypatch.setattr(settings, "WHITENOISE_USE_FINDERS", True, raising=False)
    monkeypatch.setattr(settings, "WHITENOISE_AUTOREFRESH", True, raising=False)


@pytest.fixture
def worker(monkeypatch):
    """Somebody who does the jobs of the served application, beside it."""
    at_work = []

    def do(*ids) -> None:
        try:
            running.run(*ids)
        finally:
            connection.close()

    def delay(*ids) -> None:
        at_work.append(threading.Thread(target=do, args=ids))
        at_work[-1].start()

    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", delay)
    yield
    for thread in at_work:
        thread.join()


def spend(day: str, cast, *arguments: str) -> None:
    """Alice spends a day at the browser."""
    cast.alice.set_password("a long password")
    cast.alice.save(update_fields=["password"])
    address, *more = arguments
    drive(day, address, "alice@example.com", "a long password", *more)


def drive(day: str, *arguments: str) -> None:
    """A day in a process of its own: the driver runs an event loop, in which Django refuses to touch the database."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.backoffice.{day}", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": ""},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "done"


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="This machine has no /usr/bin/chromium.")
def test_a_draft_is_typed_posted_and_reversed(served_files, committed_db, committed_cast, http_server):
    cast = committed_cast
    spend("day", cast, http_server)
    assert balance(cast.alices, "1001") == 0
    with cast.alices.acting():
        rows = list(Transaction.objects.of(cast.alices.organization).order_by("pk"))
    assert [(row.description, row.status, row.original_id is not None) for row in rows] == [
        ("Typed by hand", "posted", False),
        ("Reversal: Typed by hand", "posted", True),
    ]
    assert rows[1].reversal_reason == "Typed twice"


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="This machine has no /usr/bin/chromium.")
def test_a_banks_file_is_worked_off_by_keyboard(served_files, committed_db, committed_cast, http_server, worker):
    cast = committed_cast
    for day in (10, 11):  # two that the deposit could be: a person decides
        recorded(cast.alices, "75.00", description="Workshop", date=datetime.date(2026, 2, day))
    spend("bank_day", cast, http_server, str(cast.alices.accounts["1001"].pk))
    assert [(line.description, line.status) for line in lines(cast.alices)] == [
        ("Workshop deposit", "matched"),
        ("Card hardware store", "created"),
        ("Account fee", "unmatched"),
    ]
    assert (balance(cast.alices, "5601"), balance(cast.alices, "5501")) == (100, 20)
    assert cast.alices.api.get("/reconciliations")["data"][0]["status"] == "in_progress"


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="This machine has no /usr/bin/chromium.")
def test_every_key_of_the_workbench(served_files, committed_db, committed_cast, http_server, worker):
    cast = committed_cast
    books = cast.alices
    for amount, words in (("100.00", "Sale A"), ("50.00", "Sale B"), ("200.00", "Card payout")):
        recorded(books, amount, description=words, date=banks.DAY)
    for amount, words in (("150.00", "Both sales"), ("197.10", "Card payout"), ("20.00", "Savings"), ("5.00", "Odd")):
        banks.line(books, amount, description=words)
    for amount in ("61.00", "62.00", "63.00"):
        suggested(books, amount, description=f"Till {amount}", date=banks.DAY + datetime.timedelta(days=1))
    spend("bank_keys", cast, http_server, str(books.accounts["1001"].pk))
    assert [(line.description, line.status) for line in lines(books)] == [
        ("Both sales", "matched"),
        ("Card payout", "matched"),
        ("Savings", "created"),
        ("Odd", "ignored"),
        ("Till 61.00", "unmatched"),
        ("Till 62.00", "matched"),
        ("Till 63.00", "matched"),
    ]
    assert str(balance(books, "5501").normalize()) == "2.9"


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="This machine has no /usr/bin/chromium.")
def test_an_invoice_is_written_issued_sent_paid_in_part_and_credited(
    served_files, committed_db, committed_cast, http_server
):
    books = committed_cast.alices
    with books.acting():
        Contact.objects.create(organization=books.organization, name="Carla", email="carla@example.com")
        Tax.objects.create(organization=books.organization, name="VAT 20%", rate=20, tax_type="vat")
    folder = os.environ.get("CRANE_PICTURES")
    spend("invoice_day", committed_cast, http_server, *([folder] if folder else []))
    (invoice,) = books.api.get("/invoices").data
    assert (invoice["status"], invoice["amount_paid"], invoice["amount_credited"]) == ("paid", 40, 100)
    assert (balance(books, "1001"), balance(books, "1101")) == (40, 0)
    (letter,) = books.api.get(f"/letters?about_id={invoice['id']}").data
    assert letter["to"] == ["carla@example.com"]


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="This machine has no /usr/bin/chromium.")
def test_from_the_balance_sheet_to_an_entry_and_back(served_files, committed_db, committed_cast, http_server):
    books = committed_cast.alices
    till = {"code": "1009", "name": "Till", "type": "asset", "parent_account_id": books.account("1001")}
    assert books.api.post("/accounts", till).status == 201
    books.refresh()
    recorded(books, "75.00")
    entries = [books.entry("1009", "debit", "5.00"), books.entry("4001", "credit", "5.00")]
    assert books.api.post("/transactions", {"entries": entries, "auto_post": True}).status == 201
    with books.acting():
        keep_reports(books)
    open_child(books, "Client Ltd", relationship="owned")
    folder = os.environ.get("CRANE_PICTURES")
    spend("report_day", committed_cast, http_server, *([folder] if folder else []))


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="This machine has no /usr/bin/chromium.")
def test_who_is_invited_makes_a_second_factor_and_logs_in_with_it(
    served_files, committed_db, committed_cast, http_server, settings, tmp_path
):
    settings.REQUIRE_TOTP = True
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", tmp_path
    books = committed_cast.alices
    with books.acting():
        offer = {"email": "dana@example.com", "role": "admin", "base": f"{http_server}/"}
        invite(actor=books.actor, organization=books.organization, **offer)
    assert send_letters() == 1
    (letter,) = tmp_path.iterdir()
    link = re.search(r"http://\S+", letter.read_text())[0]
    folder = os.environ.get("CRANE_PICTURES")
    drive("person_day", http_server, link, "a long password", *([folder] if folder else []))
    dana = User.objects.get(email="dana@example.com")
    assert dana.second_factor_since and dana.last_login > dana.second_factor_since
