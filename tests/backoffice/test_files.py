"""Files, categories, the trial balance, imports and exports in the back office."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.attachments.models import Attachment
from ledger.categories.models import Category
from ledger.journal.models import Entry, Transaction
from organizations.jobs.models import Job
from tests.backoffice.desks import Person, address, attached, categorized, recorded, stored
from tests.cast import Cast

PDF = b"%PDF-1.7 receipt"
JOURNAL = b"transaction,date,description,reference,account_code,debit,credit,currency\n"
SALE = b"1,2026-01-05,Sale,,1001,5.00,,USD\n1,2026-01-05,Sale,,4001,,5.00,USD\n"


@pytest.fixture
def alice(committed_cast: Cast) -> Person:
    return Person(committed_cast.alice)


def upload(person: Person, number: int, content: bytes = PDF, name: str = "receipt.pdf"):
    """Choose a file on the page of a transaction and attach it."""
    return person.post(
        address(Attachment, "attach", number), file=SimpleUploadedFile(name, content), description="Paid"
    )


def files_on(cast: Cast, number: int) -> list[Attachment]:
    with cast.alices.acting():
        return list(Attachment.objects.of(cast.alices.organization).filter(transaction_id=number))


@pytest.mark.parametrize("post", [True, False])
def test_a_file_is_attached_shown_loaded_and_removed(committed_cast, alice, post):
    number = recorded(committed_cast.alices, post=post).pk
    page = alice.follow(upload(alice, number))
    assert page.said.count("The file was attached.") == 1
    assert "receipt.pdf Paid 16" in page
    (file,) = files_on(committed_cast, number)
    where = f"{committed_cast.alices.api.base}/attachments/{file.public_id}/content"
    assert where in page.text
    assert b"".join(alice.client.get(where).streaming_content) == PDF
    assert "receipt.pdf" in alice.get(f"{address(Attachment)}?q=receipt")
    assert file.sha256 in alice.get(address(Attachment, "change", file.pk))
    assert "receipt.pdf was removed." in alice.follow(alice.post(address(Attachment, "remove", file.pk)))
    assert alice.client.get(where).status_code == 404
    left = files_on(committed_cast, number)
    assert len(left) == (1 if post else 0)
    if post:
        assert "removed" in alice.get(f"{address(Attachment)}?removed=yes")
        assert "receipt.pdf" not in alice.get(address(Transaction, "change", number))


def test_files_that_are_refused_say_why_on_the_page(committed_cast, alice):
    number = recorded(committed_cast.alices).pk
    for content, name, said in (
        (b"MZ\x90\x00", "receipt.pdf", "Accepted are PDF"),
        (b"", "receipt.pdf", "The file is empty"),
        (b"%PDF-1.7", "receipt.png", "ends in .png"),
    ):
        page = upload(alice, number, content, name)
        assert (page.status, said in page) == (200, True)
    assert "This field is required" in alice.post(address(Attachment, "attach", number), description="")
    assert files_on(committed_cast, number) == []
    assert upload(alice, number).status == 302
    again = upload(alice, number)
    assert (again.status, "has this file already" in again) == (200, True)


def test_only_who_may_write_attaches_and_removes(committed_cast, alice):
    number = recorded(committed_cast.alices).pk
    theirs = recorded(committed_cast.charlies).pk
    file = attached(committed_cast.alices, stored(committed_cast.alices, number))
    bob = Person(committed_cast.bob, committed_cast.alices)
    assert upload(bob, number).status == 403
    assert bob.post(address(Attachment, "remove", file.pk)).status == 403
    assert upload(alice, theirs).status == 404
    page = bob.get(address(Transaction, "change", number))
    assert "receipt.pdf" in page
    assert "Attach a file" not in page
    assert alice.get(address(Attachment, "remove", file.pk)).status == 302  # looking removes nothing
    assert len(files_on(committed_cast, number)) == 1


def test_categories_are_made_renamed_archived_and_deleted(committed_cast, alice):
    made = alice.post(address(Category, "add"), name="Meals", type="expense", description="")
    assert "The category was made." in alice.follow(made)
    with committed_cast.alices.acting():
        number = Category.objects.of(committed_cast.alices.organization).get(name="Meals").pk
    where = address(Category, "change", number)
    assert "already exists" in alice.post(address(Category, "add"), name="meals", type="expense")
    assert "Saved." in alice.follow(alice.post(where, name="Food", description="Out"))
    assert "Food is archived now." in alice.follow(alice.post(address(Category, "status", number) + "?to=archive"))
    assert "archived" in alice.get(f"{address(Category)}?status=archived&q=food")
    assert "Food is active now." in alice.follow(alice.post(address(Category, "status", number) + "?to=activate"))
    assert "category.updated" in alice.get(address(Category, "history", number))
    assert "Food was deleted." in alice.follow(alice.post(address(Category, "delete_category", number)))
    assert alice.get(where).status == 404
    bob = Person(committed_cast.bob, committed_cast.alices)
    other = categorized(committed_cast.alices).pk
    assert bob.post(address(Category, "status", other) + "?to=archive").status == 403
    assert "Travel" in bob.get(address(Category, "change", other))


def test_the_trial_balance_at_a_day_and_as_a_file(committed_cast, alice):
    books = committed_cast.alices
    books.api.post("/transactions", books.sale("100.00", transaction_date="2026-01-05"))
    books.api.post("/transactions", books.sale("50.00", transaction_date="2026-02-05"))
    page = alice.get("/admin/trial_balance/?as_of=2026-01-31")
    assert "Total 100.00 100.00" in page
    assert "balanced" in page
    assert "Total 150.00 150.00" in alice.get("/admin/trial_balance/?as_of=2026-02-28&depth=1")
    assert "Nothing was posted" in alice.get("/admin/trial_balance/?as_of=2025-12-31")
    assert alice.get("/admin/trial_balance/?as_of=soon&depth=0").status == 200
    base = books.api.base
    assert f"{base}/reports/trial-balance?as_of=2026-01-31&amp;format=csv" in page.text
    file = alice.client.get(f"{base}/reports/trial-balance?format=csv&as_of=2026-01-31")
    rows = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode(), newline="")))
    assert [(row["code"], row["debit_balance"], row["credit_balance"]) for row in rows] == [
        ("1001", "100.00", "0.00"),
        ("4001", "0.00", "100.00"),
    ]
    assert file.headers["Content-Disposition"] == 'attachment; filename="trial-balance-2026-01-31.csv"'


def test_a_journal_is_checked_then_imported(committed_cast, alice):
    where = "/admin/import_journal/"

    def send(content: bytes, **buttons):
        return alice.post(where, file=SimpleUploadedFile("journal.csv", content), **buttons)

    assert "Nothing is wrong with the file." in send(JOURNAL + SALE, _check="1")
    assert "Would be imported" in send(JOURNAL + SALE, _check="1")
    bad = send(JOURNAL + SALE.replace(b"4001,,5.00", b"4001,,6.00").replace(b"1001", b"1009"), _import="1")
    assert "nothing was imported" in bad
    assert "Line" in bad
    with committed_cast.alices.acting():
        assert not Transaction.objects.of(committed_cast.alices.organization).exists()
    assert "The file was imported." in send(JOURNAL + SALE, _import="1")
    assert "1 2 0 0" in send(JOURNAL + SALE.replace(b"1,2026", b"2,2026"), _check="1")
    assert "In the books already 0 0 0 1" in send(JOURNAL + SALE, _import="1")
    assert "This field is required" in alice.post(where, _import="1")
    bob = Person(committed_cast.bob, committed_cast.alices)
    assert bob.get(where).status == 403
    assert "/admin/import_journal/" not in bob.get("/admin/").text
    assert "Import" not in bob.get("/admin/search/?s=import")
    assert bob.post(where, file=SimpleUploadedFile("journal.csv", JOURNAL + SALE), _import="1").status == 403


def test_a_long_journal_becomes_a_job(committed_cast, alice, monkeypatch):
    monkeypatch.setattr("ledger.imports.admin.LARGEST_AT_ONCE", 10)
    monkeypatch.setattr("ledger.imports.admin.start", lambda job: None)
    page = alice.post("/admin/import_journal/", file=SimpleUploadedFile("j.csv", JOURNAL + SALE), _import="1")
    assert "imported in the background" in page
    with committed_cast.alices.acting():
        job = Job.objects.of(committed_cast.alices.organization).get()
    assert address(Job, "change", job.pk) in page.text


def test_lists_of_the_journal_are_loaded_down_as_they_are_filtered(committed_cast, alice):
    books = committed_cast.alices
    books.api.post("/transactions", books.sale("30.00", description="Cake & tea", transaction_date="2026-01-05"))
    books.api.post("/transactions", books.sale("20.00", description="Bread", transaction_date="2026-02-05"))
    cash = books.accounts["1001"].pk
    for query, count in (
        (f"{address(Entry)}?q=cake+%26", 2),
        (f"{address(Entry)}?transaction_date_from=2026-02-01", 2),
        (f"{address(Entry)}?account={cash}", 2),
        (f"{address(Entry)}?account={cash}&q=bread&transaction_date_to=2026-03-01", 1),
        (f"{address(Transaction)}?q=cake", 1),
        (f"{address(Transaction)}?status=posted&account={cash}&transaction_date_to=2026-01-31", 1),
    ):
        page = alice.get(query)
        assert page.text.count('class="field-shown_date') == count or str(count) in page.said, query
        link = page.text.split("Export CSV")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        text = b"".join(alice.client.get(link).streaming_content).decode()
        assert text.count("\r\n") == count + 1, (query, link)


def test_the_general_journal_goes_by_date(committed_cast, alice):
    books = committed_cast.alices
    for day, text in ((5, "Fifth"), (3, "Third"), (9, "Ninth")):
        books.api.post("/transactions", books.sale("1.00", description=text, transaction_date=f"2026-01-0{day}"))
    said = alice.get(address(Entry)).said
    places = [said.index(text) for text in ("Ninth", "Fifth", "Third")]
    assert places == sorted(places)
    assert "Third" not in alice.get(f"{address(Entry)}?transaction_date_from=2026-01-04")
