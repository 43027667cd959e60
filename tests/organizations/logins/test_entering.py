"""Logging in: by e-mail, not by guessing, and not for ever."""

from io import StringIO

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.management import call_command

from organizations.logins.tasks import forget_old_sessions
from organizations.users.models import User
from tests.cast import Cast, api_of
from tests.organizations.logins.people import PASSWORD, browser, is_inside, log_in, said

pytestmark = pytest.mark.django_db


def test_the_address_may_be_typed_in_any_case_and_the_session_gets_another_id(alice):
    client = browser()
    client.get("/admin/login/")
    client.cookies["sessionid"] = "a-key-that-somebody-else-knows-0"
    assert log_in(client, " ALICE@Example.com").headers["Location"] == "/admin/"
    first = client.cookies["sessionid"].value
    assert is_inside(client)
    assert first != "a-key-that-somebody-else-knows-0"
    log_in(client)
    assert client.cookies["sessionid"].value != first
    stale = browser()
    stale.cookies["sessionid"] = first
    assert not is_inside(stale)


def test_logging_out_ends_the_session_for_pages_and_for_the_api(cast: Cast, alice):
    client, thief = browser(), browser()
    log_in(client)
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    accounts = f"{cast.alices.api.base}/accounts"
    assert thief.get(accounts).status_code == 200
    client.post("/admin/logout/")
    assert not is_inside(thief)
    assert thief.get(accounts).status_code == 401


def test_an_unknown_address_looks_and_works_as_a_wrong_password(alice, monkeypatch):
    hashed, encode = [], MD5PasswordHasher.encode

    def counting(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    User.objects.create_user("barred@example.com", PASSWORD, is_staff=False)
    User.objects.create_user("asleep@example.com", PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("invited@example.com", None, is_staff=True)
    emails = ("alice@example.com", "nobody@example.com", "barred@example.com", "asleep@example.com")
    emails += ("invited@example.com",)
    pages, work = set(), []
    for email in emails:
        hashed.clear()
        page = log_in(browser(), email, "a wrong password" if email.startswith("alice") else PASSWORD)
        pages.add((page.status_code, said(page)))
        work.append(len(hashed))
    ((status, text),) = pages
    assert (status, work) == (200, [1] * 5)
    assert "E-mail and password are not correct together." in text


def test_who_guesses_is_locked_out_for_a_while_with_this_address_only(alice, pass_time):
    guesser = browser(REMOTE_ADDR="192.0.2.7")
    for _ in range(4):
        assert log_in(guesser, password="guess").status_code == 200
    locked = log_in(guesser, "Alice@EXAMPLE.com", password="guess")
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert "Try again in 15 minutes" in said(locked)
    assert log_in(guesser).status_code == 429
    assert not is_inside(guesser)
    assert log_in(browser(REMOTE_ADDR="192.0.2.8")).status_code == 302
    assert log_in(guesser, "bob@example.com", "guess").status_code == 200
    pass_time(14 * 60)
    assert log_in(guesser).status_code == 429
    pass_time(61)
    assert log_in(guesser).status_code == 302


def test_an_address_that_nobody_has_is_locked_out_too(alice):
    guesser = browser(REMOTE_ADDR="192.0.2.7")
    assert [log_in(guesser, "nobody@example.com").status_code for _ in range(6)] == [200] * 4 + [429] * 2


def test_a_right_password_forgets_the_wrong_ones(alice):
    for _ in range(3):
        client = browser()
        assert [log_in(client, password="guess").status_code for _ in range(4)] == [200] * 4
        assert log_in(client).status_code == 302


def test_the_address_is_the_one_that_our_proxy_saw(alice, settings):
    settings.TRUSTED_PROXIES = 1
    for place in range(6):  # whatever a stranger writes to the left of it
        answer = log_in(browser(HTTP_X_FORWARDED_FOR=f"203.0.113.{place}, 198.51.100.1"), password="guess")
    assert answer.status_code == 429
    assert log_in(browser(HTTP_X_FORWARDED_FOR="198.51.100.2")).status_code == 302


def test_who_runs_the_installation_can_let_somebody_in_again(alice):
    guesser = browser()
    for _ in range(5):
        log_in(guesser, password="guess")
    assert log_in(guesser).status_code == 429
    told = StringIO()
    call_command("axes_reset_username", "alice@example.com", stdout=told)
    assert "1 attempts removed" in told.getvalue()
    assert log_in(guesser).status_code == 302
    for _ in range(5):
        log_in(guesser, password="guess")
    call_command("axes_reset", stdout=told)
    assert log_in(guesser).status_code == 302


def test_what_no_database_can_hold_is_refused(alice):
    page = browser().post("/admin/login/", {"username": "alice@example.com", "password": "x", "next": "\0"})
    assert page.status_code == 400
    assert log_in(browser(), "a" * 300 + "@example.com").status_code == 200


def test_after_the_login_one_goes_where_one_wanted_to_if_that_is_ours(alice):
    wanted = {"/admin/ledger/transaction/": "/admin/ledger/transaction/", "https://evil.example/": "/admin/"}
    for where, goes in (wanted | {"//evil.example": "/admin/", "javascript:alert(1)": "/admin/"}).items():
        fields = {"username": "alice@example.com", "password": PASSWORD, "next": where}
        assert browser().post("/admin/login/", fields).headers["Location"] == goes


def test_a_session_ends_eight_hours_after_the_last_request(alice, pass_time):
    client = browser()
    log_in(client)
    assert client.cookies["sessionid"]["max-age"] == 8 * 3600
    pass_time(7 * 3600)
    assert is_inside(client)
    pass_time(8 * 3600 + 1)
    assert not is_inside(client)


def test_sessions_that_are_over_are_forgotten(alice, pass_time):
    for _ in range(2):
        log_in(browser())
        forget_old_sessions()
        assert Session.objects.count() == 1
        pass_time(8 * 3600 + 1)


def test_a_session_ends_twelve_hours_after_the_login_however_busy(cast: Cast, alice, pass_time):
    client = browser()
    log_in(client)
    for _ in range(5):
        pass_time(2 * 3600)
        assert is_inside(client)
    pass_time(2 * 3600)
    assert client.get(f"{cast.alices.api.base}/accounts").status_code == 401
    assert not is_inside(client)
    log_in(client)
    assert is_inside(client)


def test_a_removed_member_and_a_barred_person_lose_access_with_the_next_request(cast: Cast, alice):
    client, api = browser(), api_of(cast.bob, cast.alices.api.base)
    client.force_login(cast.bob)
    assert client.get("/admin/ledger/account/").status_code == 200
    bob = next(one["id"] for one in cast.alices.api.get("/members").data if one["email"] == "bob@example.com")
    assert cast.alices.api.delete(f"/members/{bob}").status == 204
    assert client.get("/admin/ledger/account/").status_code == 403
    assert api.get("/accounts").status == 404
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert not is_inside(client)
    assert api.get("/accounts").status == 401
