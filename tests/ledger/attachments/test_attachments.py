"""Files on transactions over HTTP: kept under our names, shown under theirs, served to who may read the transaction."""

import datetime
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from ledger.attachments import attaching, storing
from ledger.attachments.models import Attachment
from ledger.attachments.tasks import sweep_attachments
from organizations.directory.updating import update_organization
from tests.cast import Books, open_child
from tests.contract.asking import send
from tests.ledger.attachments.uploads import PDF, PNG, Upload, attach, form, load

NOWHERE = "0190a1b2c3d4e5f6"


@pytest.fixture
def books(committed_cast, kept) -> Books:
    return committed_cast.alices


@pytest.fixture
def posted(books) -> str:
    return books.api.post("/transactions", books.sale())["id"]


@pytest.fixture
def draft(books) -> str:
    return books.api.post("/transactions", books.sale(auto_post=False))["id"]


def events_of(books: Books, number: str) -> list[str]:
    return [event["event_type"] for event in books.api.get(f"/events?entity_id={number}&sort=seq").data]


@pytest.mark.parametrize("auto_post", [True, False])
def test_a_file_is_attached_listed_shown_and_loaded(books, kept, auto_post):
    number = books.api.post("/transactions", books.sale(auto_post=auto_post))["id"]
    answer = attach(books.api, number, description="Paid in cash")
    assert answer.status == 201, answer.body
    assert (answer["object"], answer["transaction_id"], answer["name"]) == ("attachment", number, "receipt.pdf")
    assert (answer["content_type"], answer["size"]) == ("application/pdf", len(PDF))
    assert (answer["description"], answer["removed_at"]) == ("Paid in cash", None)
    assert books.api.get(f"/attachments/{answer['id']}").body == answer.body
    assert books.api.get(f"/transactions/{number}/attachments").data == [answer.body]
    (file,) = kept()
    assert file.read_bytes() == PDF
    assert events_of(books, answer["id"]) == ["attachment.created"]
    loaded = load(books.api, answer["id"])
    assert b"".join(loaded.streaming_content) == PDF
    assert answer["content_url"] == loaded.request["PATH_INFO"]


def test_a_file_is_served_so_that_no_browser_runs_it(books, posted):
    number = attach(books.api, posted, "Köln;5\n".encode(), "Übersicht “März”.csv")["id"]
    loaded = load(books.api, number)
    assert loaded.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert loaded.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%C3%9Cbersicht")
    assert loaded.headers["X-Content-Type-Options"] == "nosniff"
    assert loaded.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert loaded.headers["Cache-Control"] == "private, no-store"
    assert loaded.headers["Content-Length"] == str(len(b"".join(loaded.streaming_content)))
    assert "X-RateLimit-Remaining" in loaded.headers
    assert "X-Request-Id" in loaded.headers
    head = load(books.api, number, "HEAD")
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "8")


def test_nothing_of_the_senders_name_is_in_the_path(books, posted, kept):
    for place, name in enumerate(
        ("../../../etc/cron.d/x.pdf", "C:\\windows\\x.pdf", "x.pdf\x00.exe", "%2e%2e%2fx.pdf")
    ):
        answer = attach(books.api, posted, PDF + bytes([65 + place]), name)
        assert answer.status in (201, 400, 415), answer.body
        assert answer.status != 201 or "/" not in answer["name"]
    for path in kept():
        folder, month, random = path.parts[-3:]
        assert folder == books.organization.public_id
        assert re.fullmatch(r"\d{4}-\d\d", month)
        assert re.fullmatch("[0-9a-f]{40}", random)


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("receipt.pdf", b"", 400, "invalid_request"),
        ("receipt.pdf", b"MZ\x90\x00\x03" + bytes(60), 415, "attachment_type_refused"),
        ("receipt.pdf", PNG, 415, "attachment_type_refused"),
        ("receipt.html", b"<html></html>", 415, "attachment_type_refused"),
        ("receipt.pdf", PDF + bytes(2000), 413, "attachment_too_large"),
    ],
)
def test_files_that_are_refused_leave_nothing(books, posted, kept, name, content, status, code):
    with override_settings(ATTACHMENT_MAX_BYTES=1000):
        answer = attach(books.api, posted, content, name)
    assert (answer.status, answer.error["code"]) == (status, code)
    assert list(answer.error["details"]["fields"]) == ["file"]
    assert kept() == []


def test_bodies_that_are_no_upload_are_refused(books, posted):
    where = f"{books.api.base}/transactions/{posted}/attachments"
    assert send(books.api, "POST", where, form(description="no file")).status == 400
    assert send(books.api, "POST", where, form(file="a text")).status == 400
    assert (
        books.api.post(f"/transactions/{posted}/attachments", {"file": "x"}).error["code"] == "unsupported_media_type"
    )
    too_long = attach(books.api, posted, description="x" * 2001)
    assert (too_long.status, list(too_long.error["details"]["fields"])) == (400, ["description"])
    assert send(books.api, "POST", where, (b"--nonsense", "multipart/form-data; boundary=other")).status == 400


def test_two_files_in_one_upload_are_refused(books, posted, kept):
    two = form(file=[Upload("one.pdf", PDF), Upload("two.pdf", PDF + b"2")])
    answer = send(books.api, "POST", f"{books.api.base}/transactions/{posted}/attachments", two)
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, ["file"])
    assert kept() == []


def test_the_same_file_twice_names_the_first(books, posted, draft, kept):
    first = attach(books.api, posted)
    again = attach(books.api, posted, name="other.pdf")
    assert (again.status, again.error["code"]) == (409, "attachment_exists")
    assert again.error["details"]["attachment_id"] == first["id"]
    assert attach(books.api, draft).status == 201
    assert len(kept()) == 2


def test_a_transaction_has_only_so_many_files(books, posted, monkeypatch):
    monkeypatch.setattr(attaching, "MOST_FILES", 2)
    assert [attach(books.api, posted, PDF + bytes([65 + n])).status for n in range(3)] == [201, 201, 422]
    assert attach(books.api, posted).error["code"] == "attachment_limit"


def test_a_key_makes_an_upload_happen_once(books, posted, kept):
    where = f"{books.api.base}/transactions/{posted}/attachments"
    headers = {"authorization": f"Bearer {books.api.key}", "idempotency-key": "receipt 1"}

    def sent(content: bytes, name="receipt.pdf"):
        body, kind = form(file=Upload(name, content))
        return books.api.client.generic("POST", where, body, content_type=kind, headers=headers)

    first, again, other = sent(PDF), sent(PDF), sent(PDF + b"!")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.content == first.content
    renamed = sent(PDF, "invoice.pdf")  # its name is kept, so it is another upload
    assert (renamed.status_code, renamed.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert len(kept()) == 1


def test_a_dry_run_keeps_nothing(books, posted, kept):
    answer = attach(books.api, posted, query="?dry_run=true")
    assert answer.status == 201
    assert kept() == []
    assert books.api.get(f"/attachments/{answer['id']}").status == 404


def test_one_upload_is_one_request_to_the_rate_limit(books, posted):
    before = int(attach(books.api, posted).headers["X-RateLimit-Remaining"])
    assert int(attach(books.api, posted, PDF + b"2").headers["X-RateLimit-Remaining"]) == before - 1


def test_a_storage_that_fails_leaves_no_row(books, posted, monkeypatch):
    def full(path, content):
        raise OSError("No space left on device")

    monkeypatch.setattr(storing, "keep", full)
    books.api.client.raise_request_exception = False
    assert attach(books.api, posted).status == 500
    assert books.api.get(f"/transactions/{posted}/attachments").data == []


def test_a_row_that_is_refused_at_last_leaves_no_file(books, posted, kept, monkeypatch):
    attach_file, calls = attaching.attach_file, []

    def unlucky(**fields):
        calls.append(fields)
        if len(calls) == 2:
            assert len(kept()) == 1  # the file is there before its row
            raise attaching.AttachmentLimit()
        return attach_file(**fields)

    monkeypatch.setattr("ledger.attachments.api.attach_file", unlucky)
    assert attach(books.api, posted).status == 422
    assert (len(calls), kept()) == (2, [])


def test_storage_is_never_asked_within_a_database_transaction(books, posted, monkeypatch):
    for name in ("keep", "discard", "pieces"):
        work = getattr(storing, name)

        def outside(*arguments, work=work):
            assert not transaction.get_connection().in_atomic_block
            return work(*arguments)

        monkeypatch.setattr(storing, name, outside)
    number = attach(books.api, posted)["id"]
    assert load(books.api, number).status_code == 200
    assert books.api.delete(f"/attachments/{number}").status == 204


def test_removing_from_a_posted_transaction_leaves_a_note(books, posted, kept):
    number = attach(books.api, posted)["id"]
    assert books.api.delete(f"/attachments/{number}").status == 204
    assert kept() == []
    note = books.api.get(f"/attachments/{number}")
    assert note["removed_at"] is not None
    assert (note["content_url"], note["size"]) == (None, len(PDF))
    assert books.api.get(f"/transactions/{posted}/attachments").data == []
    assert books.api.get(f"/transactions/{posted}/attachments?removed=true").data == [note.body]
    loaded = load(books.api, number)
    assert (loaded.status_code, loaded.json()["error"]["code"]) == (404, "attachment_removed")
    assert books.api.delete(f"/attachments/{number}").error["code"] == "attachment_removed"
    assert events_of(books, number) == ["attachment.created", "attachment.removed"]
    assert attach(books.api, posted).status == 201  # the same file may come back


def test_removing_from_a_draft_leaves_nothing_but_the_trail(books, draft, kept):
    number = attach(books.api, draft)["id"]
    refused = books.api.delete(f"/transactions/{draft}")
    assert (refused.status, refused.error["code"]) == (422, "transaction_has_attachments")
    assert books.api.delete(f"/attachments/{number}").status == 204
    assert books.api.get(f"/attachments/{number}").status == 404
    assert events_of(books, number) == ["attachment.created", "attachment.removed"]
    assert books.api.delete(f"/transactions/{draft}").status == 204
    assert kept() == []


def test_files_of_closed_books_stay(books, posted, kept):
    number = attach(books.api, posted)["id"]
    day = datetime.date.fromisoformat(books.api.get(f"/transactions/{posted}")["transaction_date"])
    with books.acting():
        update_organization(actor=books.actor, organization=books.organization, changes={"books_closed_through": day})
    refused = books.api.delete(f"/attachments/{number}")
    assert (refused.status, refused.error["code"]) == (422, "books_closed")
    assert len(kept()) == 1
    assert attach(books.api, posted, PNG, "later.png").status == 201  # more evidence is welcome


def test_who_may_not_read_the_transaction_gets_no_file(books, posted, committed_cast):
    number = attach(books.api, posted)["id"]
    stranger = committed_cast.charlies
    theirs = stranger.api.post("/transactions", stranger.sale())["id"]
    for path in (f"/attachments/{number}", f"/attachments/{number}/content"):
        assert stranger.api.get(path).status == 404
        assert stranger.api.get(f"//{books.api.base[1:]}{path}").status == 404
        assert books.key_for({"accounts": ["read"]}).get(path).status == 403
    assert stranger.api.delete(f"/attachments/{number}").status == 404
    assert attach(stranger.api, posted).status == 404
    assert attach(books.api, theirs).status == 404
    assert stranger.api.get(f"/transactions/{posted}/attachments").status == 404
    assert books.api.get(f"/attachments/ATT_{NOWHERE}/content").status == 404
    assert books.api.get(f"/attachments/TXN_{NOWHERE}").error["code"] == "wrong_id_kind"
    bob = committed_cast.as_person("bob")
    assert load(bob, number).status_code == 200
    assert bob.delete(f"/attachments/{number}").status == 403
    assert attach(bob, posted, PNG, "x.png").status == 403


def test_a_parent_reads_files_of_a_child_that_it_owns_and_of_no_other(books, committed_cast):
    for relationship, status in (("owned", 200), ("linked", 404)):
        child = open_child(books, f"A {relationship} child", relationship=relationship)
        sale = child.api.post("/transactions", child.sale())["id"]
        number = attach(child.api, sale)["id"]
        assert books.api.get(f"/{child.api.base}/attachments/{number}").status == status
        headers = {"authorization": f"Bearer {books.api.key}"}
        loaded = books.api.client.get(f"{child.api.base}/attachments/{number}/content", headers=headers)
        assert loaded.status_code == status


def test_a_file_that_the_storage_lost_is_a_fault_that_says_so(books, posted, kept):
    number = attach(books.api, posted)["id"]
    kept()[0].unlink()
    loaded = load(books.api, number)
    assert (loaded.status_code, loaded.json()["error"]["code"]) == (500, "attachment_missing")


def test_files_that_nobody_names_are_swept(books, posted, kept, capsys):
    named = attach(books.api, posted)["id"]
    with books.acting():
        path = Attachment.objects.of(books.organization).get().path
    young, old = (storing.new_path(books.organization.pk) for _ in range(2))
    for each in (young, old):
        storing.keep(each, PNG)
    age(storing.storage().path(path))
    age(storing.storage().path(old))
    call_command("sweep_attachments", "--dry-run")
    assert "1 files that nobody names found" in capsys.readouterr().out
    assert len(kept()) == 3
    assert sweep_attachments() == 1
    assert not storing.storage().exists(old)
    assert storing.storage().exists(young)
    assert load(books.api, named).status_code == 200
    call_command("sweep_attachments")
    assert "0 files that nobody names removed" in capsys.readouterr().out


def age(path: str) -> None:
    """Make a file two days older."""
    import os

    before = Path(path).stat().st_mtime - 2 * 24 * 3600
    os.utime(path, (before, before))


@pytest.mark.parametrize("query", ["colour=red", "removed=perhaps", "sort=size"])
def test_odd_lists_are_refused(books, posted, query):
    assert books.api.get(f"/transactions/{posted}/attachments?{query}").status == 400
