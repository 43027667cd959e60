"""Passwords: another one by a letter, or by who knows the present one. Either ends the other sessions."""

import re
import smtplib
import uuid

import kombu.exceptions
import pytest
from celery.exceptions import Retry
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.cache import cache
from structlog.testing import capture_logs

from organizations.logins import passwords, tasks
from organizations.users.models import User
from tests.cast import Cast, api_of
from tests.organizations.logins.people import PASSWORD, browser, code_of, enrol, is_inside, log_in, said, type_code

pytestmark = pytest.mark.django_db
NEW = "quite another password"


@pytest.fixture(autouse=True)
def worker(monkeypatch, alice):
    """Who does at once what is handed to the worker, as if nobody had asked for a letter before."""
    cache.delete(f"password-letter:{alice.pk}")
    monkeypatch.setattr(tasks.send_password_letter, "delay", tasks.send_password_letter)


def ask(email: str = "alice@example.com", address: str | None = None):
    """Ask for a letter, from an address that did not ask before unless one is given."""
    number = uuid.uuid4().int
    client = browser(REMOTE_ADDR=address or f"2001:db8::{number >> 112 & 0xFFFF:x}:{number & 0xFFFF:x}")
    return client.post("/admin/password_reset/", {"email": email})


def link() -> str:
    """Where the last letter leads."""
    return re.search(r"http://localhost(/admin/password_reset/\S+)", mail.outbox[-1].body)[1]


def set_by_link(client, where: str, password: str = NEW):
    """Open the link and set a password twice."""
    client.get(where)
    fields = {"new_password1": password, "new_password2": password}
    return client.post(where.rpartition("/")[0].rpartition("/")[0] + "/set-password/", fields)


def test_a_letter_leads_to_another_password_and_ends_all_sessions(cast: Cast, alice):
    at_work, api = browser(), api_of(alice, cast.alices.api.base)
    log_in(at_work)
    ask("Alice@Example.com")
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["alice@example.com"], "Your password for Crane Ledger")
    client = browser()
    with capture_logs() as lines:
        assert client.get(link()).headers["Location"].endswith("/set-password/")
    assert lines[-1]["path"].endswith("/…/")
    assert set_by_link(client, link()).headers["Location"] == "/admin/login/"
    assert "The password is set." in said(client.get("/admin/login/"))
    assert not is_inside(at_work)
    assert api.get("/accounts").status == 401
    assert log_in(browser()).status_code == 200
    assert log_in(browser(), password=NEW).status_code == 302
    assert LogEntry.objects.get(object_id=str(alice.pk)).change_message == "Changed password"


def test_an_address_that_nobody_has_looks_the_same(cast: Cast, alice):
    User.objects.create_user("barred@example.com", PASSWORD, is_staff=False)
    User.objects.create_user("asleep@example.com", PASSWORD, is_staff=True, is_active=False)
    emails = ("alice@example.com", "nobody@example.com", "barred@example.com", "asleep@example.com")
    answers = [ask(email) for email in emails]
    assert {(answer.status_code, said(answer)) for answer in answers} == {(200, said(answers[0]))}
    assert "If somebody with this address has an account here" in said(answers[0])
    assert len(mail.outbox) == 1


def test_what_is_asked_is_found_out_behind_the_answer(alice, monkeypatch, django_assert_num_queries):
    """The page asks the database nothing about the address: there is no time by which to tell."""
    handed = []
    monkeypatch.setattr(tasks.send_password_letter, "delay", lambda *words: handed.append(words))
    for email in ("alice@example.com", "nobody@example.com"):
        with django_assert_num_queries(0):
            ask(email)
    assert handed == [("alice@example.com", "http://localhost/"), ("nobody@example.com", "http://localhost/")]


def test_who_never_had_a_password_sets_the_first(cast: Cast, alice):
    cache.delete(f"password-letter:{cast.bob.pk}")
    ask("bob@example.com")
    set_by_link(browser(), link())
    assert log_in(browser(), "bob@example.com", NEW).status_code == 302


def test_a_link_is_good_once_for_an_hour_and_for_its_person(cast: Cast, alice, monkeypatch):
    ask()
    first = link()
    assert set_by_link(browser(), first, "password").status_code == 200, "Too common a password is refused."
    assert set_by_link(browser(), first).status_code == 302
    used = browser().get(first)
    assert (used.status_code, "no longer good" in said(used)) == (404, True)
    cache.delete(f"password-letter:{alice.pk}")
    ask()
    later, generator = link(), tasks.default_token_generator
    now = generator._now()
    number = later.split("/")[3]
    other = tasks.urlsafe_base64_encode(tasks.force_bytes(cast.bob.pk))
    monkeypatch.setattr(generator, "_now", lambda: now.__class__.fromtimestamp(now.timestamp() + 3601))
    assert browser().get(later).status_code == 404
    monkeypatch.undo()
    assert browser().get(later).status_code == 302
    for wrong in (later.replace(number, other), "/admin/password_reset/x/y/", later.replace(number, "AAAA")):
        assert browser().get(wrong).status_code == 404, wrong


def test_a_second_factor_is_asked_for_all_the_same(alice, pass_time):
    enrol(alice)
    pass_time(400)
    ask()
    set_by_link(browser(), link())
    client = browser()
    assert log_in(client, password=NEW).headers["Location"] == "/admin/login/code/"
    assert type_code(client, code_of(alice)).status_code == 302


def test_who_set_a_password_is_no_longer_locked_out(alice):
    for _ in range(5):
        log_in(browser(), password="guess")
    assert log_in(browser()).status_code == 429
    ask()
    set_by_link(browser(), link())
    assert log_in(browser(), password=NEW).status_code == 302


def test_letters_are_few(alice, monkeypatch):
    ask()
    ask()
    assert len(mail.outbox) == 1, "One letter in five minutes, whoever asks."
    monkeypatch.setattr(passwords, "ASKED_AN_HOUR", 2)
    one = f"2001:db8::{uuid.uuid4().int & 0xFFFF:x}:1:{uuid.uuid4().int & 0xFFFF:x}"
    answers = [ask("nobody@example.com", one) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "3600"


def test_without_a_broker_or_a_mail_server_it_says_so_or_tries_again(alice, monkeypatch, settings):
    def away(*words):
        raise kombu.exceptions.OperationalError("no broker")

    with monkeypatch.context() as patch:
        patch.setattr(tasks.send_password_letter, "delay", away)
        assert ask().status_code == 503

    def fail(*words):
        raise smtplib.SMTPServerDisconnected("no mail server")

    task = tasks.send_password_letter
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "send_mail", fail)
        task.push_request(called_directly=False, is_eager=False, retries=0, id="1")
        patch.setattr(task, "apply_async", lambda *words, **more: None)
        patch.setattr("celery.canvas.Signature.apply_async", lambda *words, **more: None)
        with pytest.raises(Retry):
            task.run("alice@example.com", "http://localhost/")
        task.pop_request()
    settings.MAIL_IS_SET_UP = False
    assert task("alice@example.com", "http://localhost/") is False
    assert mail.outbox == []


def test_changing_it_takes_the_present_one_and_ends_the_other_sessions(alice):
    here, there = browser(), browser()
    log_in(here)
    log_in(there)
    where = "/admin/password_change/"
    fields = {"new_password1": NEW, "new_password2": NEW}
    assert "This is not your present password." in said(here.post(where, {"password": "wrong", **fields}))
    uneven = here.post(where, {"password": PASSWORD, "new_password1": NEW, "new_password2": PASSWORD})
    assert "match" in said(uneven)
    assert here.post(where, {"password": PASSWORD, **fields}).headers["Location"] == "/admin/"
    assert is_inside(here)
    assert not is_inside(there)
    assert log_in(browser(), password=NEW).status_code == 302
    for _ in range(5):
        last = here.post(where, {"password": "guess", **fields})
    assert last.status_code == 429


def test_pages_of_staff_send_strangers_to_the_login(alice):
    for where in ("/admin/password_change/", "/admin/second_factor/"):
        assert browser().get(where).headers["Location"] == f"/admin/login/?next={where}"
    barred = browser()
    barred.force_login(User.objects.create_user("barred@example.com", PASSWORD, is_staff=False))
    assert barred.get("/admin/password_change/").status_code == 302
