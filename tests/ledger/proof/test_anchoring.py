"""Anchors: checkpoints leave the house in order, once they are committed, to a file and to a webhook."""

import datetime
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command

from ledger.proof import anchor_files, anchoring
from ledger.proof.anchoring import push_due
from ledger.proof.models import AnchorPush
from ledger.proof.tasks import push_anchors
from organizations import clock
from organizations.jobs.running import run
from organizations.webhooks import calling
from tests.cast import number_of, open_books
from tests.ledger.proof.books import by_command, by_program, exported, seal_everything, sealed_books


@pytest.fixture
def directory(settings, tmp_path):
    settings.ANCHOR_DIRECTORY = str(tmp_path / "anchors")
    return tmp_path / "anchors"


@pytest.fixture
def receiver(settings):
    """A web server that keeps what it is sent; ``answers`` are the statuses that it gives first, then 204."""
    settings.OUTGOING_ALLOWED_HOSTS = ["127.0.0.1"]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.got.append((self.path, json.loads(body), self.headers["X-Crane-Checkpoint"]))
            self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *parts):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answers = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/anchors?token=x"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def statuses(books) -> list[tuple]:
    with books.acting():
        return list(AnchorPush.objects.of(books.organization).order_by("target", "seq").values_list("seq", "status"))


# --- The file ---------------------------------------------------------------------------------------------------------


def test_checkpoints_are_appended_to_the_organization_s_file(committed_db, directory, tmp_path):
    books = sealed_books(batches=2)
    assert statuses(books) == [(1, "pending"), (2, "pending")]
    assert push_anchors() == 2
    assert push_anchors() == 0
    file = directory / f"{books.organization.public_id}.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["seq"] for line in lines] == [1, 2]
    shown = books.api.get("/checkpoints/2").body
    assert lines[1] == {name: value for name, value in shown.items() if name in lines[1]}
    assert shown["anchors"][0]["status"] == "pushed" and shown["anchors"][0]["pushed_at"]
    assert by_command(books) is None  # against the directory's own file
    assert by_program(exported(books, tmp_path), file) is None


def test_the_directory_s_file_finds_a_chain_that_is_gone(committed_db, directory, superuser_connection):
    books = sealed_books(batches=2)
    push_anchors()
    superuser_connection.execute("alter table ledger_checkpoint disable trigger all")
    superuser_connection.execute("alter table ledger_anchorpush disable trigger all")
    superuser_connection.execute("delete from ledger_anchorpush")
    superuser_connection.execute("delete from ledger_checkpoint")
    assert "chain_cut" in by_command(books)
    # Whoever begins the chain anew cannot push it: an anchor never goes back.
    seal_everything(books)
    assert push_anchors() == 0
    with books.acting():
        push = AnchorPush.objects.of(books.organization).get()
    assert push.status == "pending" and "already" in push.last_error
    assert "anchor_differs" in by_command(books)


def line(seq: int, digest: str = "aa", before: str = "bb") -> dict:
    return {"organization_id": "ORG_1", "seq": seq, "hash": digest, "previous_hash": before}


def test_a_file_never_goes_back(tmp_path):
    anchor_files.append(str(tmp_path), line(1, "a1"))
    anchor_files.append(str(tmp_path), line(2, "a2", "a1"))
    anchor_files.append(str(tmp_path), line(2, "a2", "a1"))  # it may come twice
    for back in (line(1, "a1"), line(2, "xx", "a1"), line(3, "a3", "xx")):
        with pytest.raises(anchor_files.GoesBack):
            anchor_files.append(str(tmp_path), back)
    assert [each["seq"] for each in anchor_files.read(tmp_path / "ORG_1.jsonl")] == [1, 2]


def test_a_line_that_a_crash_cut_short_is_written_again(tmp_path):
    anchor_files.append(str(tmp_path), line(1, "a1"))
    file = tmp_path / "ORG_1.jsonl"
    file.write_bytes(file.read_bytes() + b'{"organization_id":"ORG_1","se')
    anchor_files.append(str(tmp_path), line(2, "a2", "a1"))
    assert [each["seq"] for each in anchor_files.read(file)] == [1, 2]


def test_an_anchor_that_contradicts_itself_or_cannot_be_read(committed_db, directory):
    books = sealed_books(batches=1)
    push_anchors()
    file = directory / f"{books.organization.public_id}.jsonl"
    honest = file.read_text()
    file.write_text(honest + honest.replace('"hash":"', '"hash":"00'))
    assert "anchor_contradicts" in by_command(books)
    assert "was changed" in by_program(exported(books, directory), file)
    for unreadable in ("[1]\n", '{"seq": "1"}\n', "no json\n"):
        file.write_text(unreadable)
        assert "cannot be read" in by_command(books)
    job = books.api.post("/proof/verify")["id"]
    run(books.organization.pk, number_of("REQ", job))
    assert books.api.get(f"/jobs/{job}")["result"]["first_break"]["code"] == "anchor_unreadable"
    books.api.post("/transactions", books.sale())
    seal_everything(books)
    assert push_anchors() == 0  # it is not written to either
    with pytest.raises(CommandError):
        call_command("verify_ledger", anchor=directory / "nothing.jsonl")


# --- The webhook ------------------------------------------------------------------------------------------------------


def test_a_webhook_gets_the_newest_checkpoint_and_then_each(committed_db, receiver):
    books = sealed_books(batches=2)
    anchor = books.api.put("/anchor", {"url": receiver.url})
    assert anchor.status == 200 and anchor["url"] == receiver.url
    assert books.api.get("/anchor").body == anchor.body
    books.api.post("/transactions", books.sale())
    seal_everything(books)
    while push_anchors():
        pass
    assert [(path, body["seq"], header) for path, body, header in receiver.got] == [
        ("/anchors?token=x", 2, "2"),
        ("/anchors?token=x", 3, "3"),
    ]
    assert receiver.got[1][1]["previous_hash"] == receiver.got[0][1]["hash"]
    events = [each["event_type"] for each in books.api.get("/events?entity_type=anchor").data]
    assert events == ["anchor.updated"]


@pytest.mark.parametrize("answer", [500, 302, 404])
def test_what_does_not_arrive_is_tried_again_later_and_in_order(committed_db, receiver, answer, monkeypatch):
    books = sealed_books(batches=1)
    books.api.put("/anchor", {"url": receiver.url})
    books.api.post("/transactions", books.sale())
    seal_everything(books)
    receiver.answers.append(answer)
    assert push_due(books.organization.pk) == 0
    assert [body["seq"] for _, body, _ in receiver.got] == [1], "A redirect is not followed, and the next one waits."
    assert statuses(books) == [(1, "pending"), (2, "pending")]
    assert books.api.get("/checkpoints/1").body["anchors"][0]["last_error"] == f"The answer was {answer}."
    assert push_due(books.organization.pk) == 0
    later = clock.now() + datetime.timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert push_due(books.organization.pk) == 2
    assert statuses(books) == [(1, "pushed"), (2, "pushed")]


def test_after_three_days_a_push_is_given_up_and_the_next_one_goes(committed_db, receiver, monkeypatch):
    monkeypatch.setattr(anchoring, "MOST_ATTEMPTS", 1)
    books = sealed_books(batches=1)
    books.api.put("/anchor", {"url": receiver.url})
    receiver.answers.append(500)
    push_due(books.organization.pk)
    assert statuses(books) == [(1, "failed")]
    assert books.api.get("/proof").body["unpushed_since"]
    books.api.post("/transactions", books.sale())
    seal_everything(books)
    assert push_due(books.organization.pk) == 1


def test_a_removed_webhook_gets_nothing_more(committed_db, receiver):
    books = sealed_books(batches=1)
    books.api.put("/anchor", {"url": receiver.url})
    assert books.api.delete("/anchor").status == 204
    assert books.api.get("/anchor").status == 404
    assert books.api.delete("/anchor").status == 404
    assert push_anchors() == 0 and receiver.got == []
    events = [each["event_type"] for each in books.api.get("/events?entity_type=anchor").data]
    assert events == ["anchor.removed", "anchor.updated"]


def test_a_push_holds_no_database_transaction_open(committed_db, receiver, superuser_connection, monkeypatch):
    books = sealed_books(batches=1)
    books.api.put("/anchor", {"url": receiver.url})
    seen = []
    query = (
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " and state like 'idle in transaction%%'"
    )
    post = calling.post

    def look(*parts, **named):
        seen.append(superuser_connection.execute(query).fetchone()[0])
        post(*parts, **named)

    monkeypatch.setattr(calling, "post", look)
    assert push_due(books.organization.pk) == 1
    assert seen == [0]


REFUSED = [
    "http://example.com/",
    "ftp://example.com/",
    "https://localhost/",
    "https://127.0.0.1/",
    "https://10.0.0.8/x",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://2130706433/",
    "https://printer.local/",
    "https://user:secret@example.com/",
    "https://example.com:22/",
    "https://example.com:99999/",
    "https://exa mple.com/",
    "https:///path",
    "nothing",
]


@pytest.mark.parametrize("url", REFUSED)
def test_addresses_that_are_refused_when_they_are_set(cast, url):
    answer = cast.alices.api.put("/anchor", {"url": url})
    assert (answer.status, answer.error["code"]) == (422, "anchor_address_refused")
    assert "url" in answer.error["details"]["fields"]


@pytest.mark.parametrize("body", [{}, {"url": 5}, {"url": ""}, {"url": None}, {"url": "x" * 501}, {"uri": "x"}, []])
def test_bodies_that_are_no_anchor(cast, body):
    assert cast.alices.api.put("/anchor", body).status == 400


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "127.0.0.1", "::1", "169.254.169.254", "::ffff:192.168.0.1", "224.0.0.1"]
)
def test_a_name_that_leads_to_a_private_address_is_refused_at_the_call(monkeypatch, address):
    """Even one of several, and even if it led elsewhere when the webhook was set."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("93.184.215.14", address)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *parts, **named: found)
    with pytest.raises(calling.Undelivered, match="private"):
        calling.post("https://anchor.example.com/", b"{}", headers={}, allowed=[])


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
    called = []

    def connect(where, timeout):
        called.append(where)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *parts, **named: found)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(calling.Undelivered, match="nobody there"):
        calling.post("https://anchor.example.com/", b"{}", headers={}, allowed=[])
    assert called == [("93.184.215.14", 443)]


def test_seal_ledger_seals_and_pushes(committed_db, directory, capsys):
    books = open_books("Routine Ltd")
    seal_everything(books)
    books.api.post("/transactions", books.sale())
    call_command("seal_ledger")
    assert "checkpoints made" in capsys.readouterr().out
    assert (directory / f"{books.organization.public_id}.jsonl").exists()
