"""Letters leave after their cause is committed, once if all goes well, and never get lost."""

import datetime
import smtplib

import pytest
from django.core import mail
from django.db import transaction

from organizations import clock
from organizations.errors import Invalid
from organizations.letters import sending
from organizations.letters.models import Letter
from organizations.letters.posting import Enclosure, post_letter, resend_letter
from organizations.letters.tasks import send_letters
from tests.cast import Books, open_books

PDF = b"%PDF-1.7 an invoice"


@pytest.fixture
def books(committed_db) -> Books:
    return open_books("Alice's Bakery")


@pytest.fixture
def time(monkeypatch):
    """Moves the clock forward: ``time(minutes=5)``."""
    past, real = datetime.timedelta(), clock.now

    def move(**by) -> None:
        nonlocal past
        past += datetime.timedelta(**by)
        monkeypatch.setattr(clock, "now", lambda: real() + past)

    return move


def written(books: Books, **more) -> Letter:
    what = {"to": ["ann@example.com"], "subject": "Invoice INV-1", "body": "Dear Ann", "about_kind": "invoice"}
    with books.acting():
        return post_letter(
            actor=books.actor,
            organization=books.organization,
            attachments=[Enclosure("INV-1.pdf", "application/pdf", PDF)],
            **(what | {"about_id": "INV_0000000000000001"} | more),
        )


def stored(books: Books) -> Letter:
    with books.acting():
        return Letter.objects.of(books.organization).get()


def events_of(books: Books, letter: Letter) -> list[str]:
    return [event["event_type"] for event in books.api.get(f"/events?entity_id={letter.public_id}&sort=seq").data]


def broken(monkeypatch, *problems) -> None:
    """The mail server raises these, one at a time, then takes what it is given."""
    waiting, send = list(problems), sending.EmailMultiAlternatives.send

    def fail(message):
        if waiting:
            raise waiting.pop(0)
        return send(message)

    monkeypatch.setattr(sending.EmailMultiAlternatives, "send", fail)


def test_a_letter_leaves_once_with_its_files_and_headers(books):
    letter = written(books, cc=["bob@example.com"], reply_to="alice@example.com", html="<p>Dear Ann</p>")
    assert (send_letters(), send_letters()) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.cc, sent.reply_to) == (["ann@example.com"], ["bob@example.com"], ["alice@example.com"])
    headers = sent.message()
    assert (headers["Subject"], headers["Message-ID"]) == ("Invoice INV-1", letter.message_id)
    assert headers["From"].startswith("Alice's Bakery <") and headers["From"].count("\n") == 0
    assert sent.attachments == [("INV-1.pdf", PDF, "application/pdf")]
    shown = books.api.get(f"/letters/{letter.public_id}").body
    assert (shown["status"], shown["attempts"], shown["last_error"]) == ("sent", 1, "")
    assert shown["attachments"] == [{"name": "INV-1.pdf", "content_type": "application/pdf", "size": len(PDF)}]
    assert books.api.get("/letters?status=sent&about_id=INV_0000000000000001").data == [shown]
    assert books.api.get("/letters?status=failed").data == []
    assert events_of(books, letter) == ["letter.queued", "letter.sent"]


def test_what_is_not_committed_is_not_sent(books):
    with pytest.raises(RuntimeError), transaction.atomic():
        written(books)
        raise RuntimeError("The cause was refused after all.")
    assert send_letters() == 0


def test_a_letter_whose_worker_died_is_sent_again_as_the_same(books, monkeypatch, time):
    letter = written(books)

    def die(claimed, problem):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(sending, "_note", die)
        with pytest.raises(KeyboardInterrupt):
            send_letters()
    assert (len(mail.outbox), stored(books).status) == (1, "queued")
    assert send_letters() == 0  # another may be at it
    time(minutes=6)
    assert (send_letters(), send_letters()) == (1, 0)
    assert [sent.message()["Message-ID"] for sent in mail.outbox] == [letter.message_id] * 2
    assert events_of(books, letter) == ["letter.queued", "letter.sent"]


def test_an_attempt_that_lost_its_claim_notes_nothing(books, time):
    written(books)
    slow = sending._claim(books.organization.pk)
    time(minutes=6)
    assert send_letters() == 1
    sending._note(slow, sending.Problem("Too late"))
    assert (stored(books).status, stored(books).last_error) == ("sent", "")


def test_a_mail_server_that_is_down_is_tried_for_a_day(books, monkeypatch, time):
    letter = written(books)
    broken(monkeypatch, *[ConnectionRefusedError("no")] * 8)
    waited = []
    for _ in range(8):
        assert send_letters() == 0
        found = stored(books)
        waited.append(found.next_attempt_at - clock.now())
        time(hours=15)
    assert (found.status, found.attempts) == ("failed", 8)
    assert found.last_error == "ConnectionRefusedError: no"
    minutes = [pause.total_seconds() / 60 for pause in waited[:-1]]
    assert all(0.79 * meant <= pause <= 1.21 * meant for meant, pause in zip(sending.PAUSES, minutes, strict=True))
    assert 12 * 60 <= sum(sending.PAUSES) <= 24 * 60
    assert events_of(books, letter) == ["letter.queued", "letter.failed"]

    again = books.api.post(f"/letters/{letter.public_id}/resend")
    assert (again.status, again["status"], again["attempts"]) == (200, "queued", 0)
    assert again["message_id"] != letter.message_id
    assert books.api.post(f"/letters/{letter.public_id}/resend").error["code"] == "letter_waiting"
    assert send_letters() == 1
    assert mail.outbox[0].message()["Message-ID"] == again["message_id"]


def test_an_address_that_does_not_exist_is_not_tried_again(books, monkeypatch):
    written(books)
    broken(monkeypatch, smtplib.SMTPRecipientsRefused({"ann@example.com": (550, b"no such user")}))
    send_letters()
    assert stored(books).status == "failed"


def test_without_a_mail_server_letters_wait_and_say_so(books, settings):
    settings.MAIL_IS_SET_UP = False
    written(books)
    assert send_letters() == 0
    assert (stored(books).status, stored(books).last_error) == ("queued", "EMAIL_URL is not set.")


UNFIT = [
    ("subject", {"subject": "Invoice\r\nBcc: eve@example.com"}),
    ("subject", {"subject": "Invoice\u2028Bcc: eve@example.com"}),
    ("subject", {"subject": " "}),
    ("to", {"to": []}),
    ("to", {"to": ["ann@example.com"] * 21}),
    ("to[0]", {"to": ["ann@example.com\nBcc: eve@example.com"]}),
    ("to[0]", {"to": ['"a\nBcc: x"@example.com']}),
    ("to[0]", {"to": ["Ann <ann@example.com>"]}),
    ("cc[1]", {"cc": ["bob@example.com", "bob"]}),
    ("reply_to", {"reply_to": "a@example.com, b@example.com"}),
    ("body", {"body": "\x00"}),
    ("attachments", {"attachments": [Enclosure("a.pdf", "application/pdf", bytes(10 * 1024**2 + 1))]}),
    ("attachments[0].name", {"attachments": [Enclosure("a\r\n.pdf", "application/pdf", b"x")]}),
    ("attachments[0].content_type", {"attachments": [Enclosure("a.pdf", "application/pdf\r\nX: y", b"x")]}),
]


@pytest.mark.parametrize(("field", "unfit"), UNFIT)
def test_nothing_gets_into_the_headers_that_does_not_belong(cast, field, unfit):
    what = {"to": ["ann@example.com"], "subject": "Hello", "body": "Dear Ann"} | unfit
    with cast.alices.acting(), pytest.raises(Invalid) as refusal:
        post_letter(actor=cast.alices.actor, organization=cast.alices.organization, **what)
    assert field in refusal.value.details["fields"]


def test_the_sender_s_name_stays_one_line(cast):
    with cast.alices.acting():
        letter = post_letter(
            actor=cast.alices.actor,
            organization=cast.alices.organization,
            to=["ann@example.com"],
            subject="Grüße ☃",
            body="",
            sender_name="Alice\r\nBcc: eve@example.com",
        )
        assert letter.sender_name == "Alice  Bcc: eve@example.com"
        with pytest.raises(Exception, match="waiting"):
            resend_letter(actor=cast.alices.actor, organization=cast.alices.organization, letter_id=letter.pk)
