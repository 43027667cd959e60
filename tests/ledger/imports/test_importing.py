"""Importing a journal: whole or not at all, never twice, every problem by its line."""

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from ledger.journal.models import Entry, Transaction
from organizations.jobs import running
from organizations.jobs.models import Job
from tests.cast import open_books

SAMPLES = Path(os.environ.get("CRANE_SAMPLES", Path(__file__).parents[4] / "shared" / "samples")) / "journals"
HEADER = "transaction,date,description,reference,account_code,debit,credit,currency\n"
SALE = "s1,2024-01-15,Sale,INV-1,1001,100.00,,USD\ns1,2024-01-15,Sale,INV-1,4001,,100.00,USD\n"
RENT = "r1,2024-01-31,Rent,,5201,1200.00,,USD\nr1,2024-01-31,Rent,,1001,,1200.00,USD\n"


@pytest.fixture
def books(db):
    return open_books("Imports Ltd")


def upload(books, journal: str | bytes, accounts: str | bytes | None = None, **fields):
    data = {"file": SimpleUploadedFile("journal.csv", journal if isinstance(journal, bytes) else journal.encode())}
    if accounts is not None:
        content = accounts if isinstance(accounts, bytes) else accounts.encode()
        data["accounts_file"] = SimpleUploadedFile("accounts.csv", content)
    response = books.api.client.post(
        f"{books.api.base}/imports/journal",
        {**data, **fields},
        headers={"authorization": f"Bearer {books.key}"},
    )
    return response.status_code, response.json()


def transactions(books) -> int:
    with books.acting():
        return Transaction.objects.of(books.organization).count()


def test_a_file_is_posted_whole_and_only_once(books):
    status, first = upload(books, HEADER + SALE + RENT)
    assert (status, first["transactions"], first["entries"], first["skipped"]) == (201, 2, 4, 0)
    status, second = upload(books, HEADER + SALE + RENT)
    assert (status, second["transactions"], second["skipped"]) == (201, 0, 2)
    assert transactions(books) == 2
    assert books.api.get(f"/accounts/{books.account('1001')}")["balance"]["formatted"] == "-$1,100.00"


def test_a_longer_file_posts_only_what_is_new(books):
    upload(books, HEADER + SALE)
    _, longer = upload(books, HEADER + SALE + RENT)
    assert (longer["transactions"], longer["skipped"]) == (1, 1)


def test_the_same_id_with_other_content_is_refused(books):
    upload(books, HEADER + SALE)
    status, answer = upload(books, HEADER + SALE.replace("100.00", "101.00"))
    assert status == 400
    assert answer["error"]["code"] == "journal_file_invalid"
    assert [(one["line"], one["code"]) for one in answer["error"]["details"]["problems"]] == [(2, "external_id_taken")]


def test_every_problem_is_listed_with_its_line_and_nothing_is_posted(books):
    wrong = SALE.replace("s1", "s2").replace("4001", "9999") + RENT.replace("r1", "r2").replace(",1001,", ",1002,")
    status, answer = upload(books, HEADER + SALE + wrong)
    assert status == 400
    assert [(one["line"], one["code"]) for one in answer["error"]["details"]["problems"]] == [
        (5, "account_not_found"),
        (7, "account_not_found"),
    ]
    assert transactions(books) == 0


def test_a_dry_run_may_be_asked_for_in_the_address_as_everywhere(books):
    data = {"file": SimpleUploadedFile("journal.csv", (HEADER + SALE).encode())}
    response = books.api.client.post(
        f"{books.api.base}/imports/journal?dry_run=true", data, headers={"authorization": f"Bearer {books.key}"}
    )
    answer = response.json()
    assert (response.status_code, answer["dry_run"], answer["transactions"]) == (201, True, 1)
    assert transactions(books) == 0


def test_a_dry_run_lists_problems_and_changes_nothing(books):
    status, answer = upload(books, HEADER + SALE, dry_run="true")
    assert (status, answer["status"], answer["transactions"]) == (200, "succeeded", 1)
    status, answer = upload(books, HEADER + SALE.replace("4001", "9999"), dry_run="true")
    assert (status, answer["status"], answer["problems"][0]["line"]) == (200, "failed", 3)
    assert transactions(books) == 0


def test_accounts_are_opened_in_any_order_of_parents(books):
    accounts = "code,name,type,parent_code,currency\n1012,Till,asset,1010,USD\n1010,Cash,asset,,USD\n"
    status, answer = upload(books, HEADER + SALE.replace("1001", "1012"), accounts)
    assert (status, answer["accounts_created"]) == (201, 2)
    books.refresh()
    assert books.accounts["1012"].parent_id == books.accounts["1010"].pk


def test_an_account_that_cannot_be_opened_is_said_once_and_not_by_each_of_its_entries(books):
    accounts = "code,name,type,parent_code,currency\n1001,Cash,asset,,EUR\n1012,Till,asset,,USD\n"
    journal = SALE.replace("1001", "1012") + RENT.replace(",5201,", ",9999,").replace(",1001,", ",1012,")
    status, answer = upload(books, HEADER + journal, accounts)
    assert status == 400
    problems = [(one["line"], one["code"]) for one in answer["error"]["details"]["problems"]]
    assert problems == [(2, "account_differs"), (4, "account_not_found")]


def test_closed_books_and_suspended_accounts_are_problems_of_their_lines(books):
    books.api.put("", {"books_closed_through": "2024-01-20"})
    books.api.put(f"/accounts/{books.account('5201')}", {"status": "suspended"})
    _, answer = upload(books, HEADER + SALE + RENT)
    assert [(one["line"], one["code"]) for one in answer["error"]["details"]["problems"]] == [
        (2, "books_closed"),
        (4, "account_inactive"),
    ]


def test_a_large_file_becomes_a_job(books, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("ledger.imports.api.LARGEST_AT_ONCE", 10)
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *ids: None)
    status, job = upload(books, HEADER + SALE)
    assert (status, job["object"], job["status"]) == (202, "job", "queued")
    with books.acting():
        row = Job.objects.of(books.organization).get()
    assert running.run(books.organization.pk, row.pk) == "succeeded"
    assert running.run(books.organization.pk, row.pk) == "taken"  # a message that comes twice
    done = books.api.get(f"/jobs/{job['id']}")
    assert (done["status"], done["result"]["transactions"], done["progress"]) == (
        "succeeded",
        1,
        {"done": 1, "total": 1},
    )
    assert transactions(books) == 1


def test_a_job_that_fails_says_why(books, monkeypatch):
    monkeypatch.setattr("ledger.imports.api.LARGEST_AT_ONCE", 10)
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *ids: None)
    _, job = upload(books, HEADER + SALE.replace("4001", "9999"))
    with books.acting():
        row = Job.objects.of(books.organization).get()
    assert running.run(books.organization.pk, row.pk) == "failed"
    done = books.api.get(f"/jobs/{job['id']}")
    assert (done["status"], done["error"]["code"]) == ("failed", "journal_file_invalid")
    assert done["error"]["details"]["problems"][0]["line"] == 3


def test_the_command_imports_and_reports(books, tmp_path, capsys):
    file = tmp_path / "journal.csv"
    file.write_text(HEADER + SALE)
    call_command("import_journal", str(file), organization=books.organization.public_id)
    assert "Posted 1 transactions with 2 entries" in capsys.readouterr().out
    file.write_text(HEADER + RENT.replace("5201", "9999"))
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_journal", str(file), organization=books.organization.public_id)
    assert "line 2, account_code: There is no account 9999." in capsys.readouterr().err


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample journals are not beside the checkout")
def test_real_journals_give_the_trial_balances_beside_them(db):
    for journal in sorted(SAMPLES.glob("*.journal.csv")):
        stem = str(journal).removesuffix(".journal.csv")
        books = open_books(f"{journal.name.partition('.')[0]} books", chart=None)
        status, answer = upload(books, journal.read_bytes(), Path(f"{stem}.accounts.csv").read_bytes())
        assert status == 201, answer
        with books.acting():
            assert Entry.objects.of(books.organization).count() == answer["entries"] > 3000
        with open(f"{stem}.trial-balance.csv", newline="") as expected:
            rows = list(csv.DictReader(expected))
        for day in sorted({row["as_of"] for row in rows}):
            report = books.api.get(f"/reports/trial-balance?as_of={day}")
            assert report["is_balanced"] is True
            found = {row["code"]: row["debit_balance"] - row["credit_balance"] for row in report["accounts"]}
            assert {code: amount for code, amount in found.items() if amount} == {
                row["account_code"]: Decimal(row["balance_debit_positive"]) for row in rows if row["as_of"] == day
            }
