"""Second factors: made by reading a picture, asked for at each login, good once."""

import re
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_otp.plugins.otp_static.models import StaticToken

from organizations.users.enrolling import begin_enrolment
from organizations.users.models import Authenticator, User
from organizations.users.proving import prove
from tests.backoffice.desks import Person, address
from tests.cast import Cast, api_of
from tests.organizations.logins.people import PASSWORD, browser, code_of, enrol, is_inside, log_in, said, type_code

FACTOR = "/admin/second_factor/"


@pytest.mark.django_db
def test_it_is_made_with_a_picture_and_then_asked_for(cast: Cast, alice, pass_time):
    client, other = browser(), browser()
    log_in(client)
    log_in(other)
    page = client.get(FACTOR).content.decode()
    secret = re.search(r"co-secret\">([A-Z2-7]{32})\s", page)[1]
    assert "<svg" in page and "Not now" in page
    assert secret in client.get(FACTOR).content.decode(), "Looking again must not make another secret."
    assert "This code is not right" in said(client.post(FACTOR, {"code": "000000"}))
    pass_time(60)
    done = client.post(FACTOR, {"code": code_of(alice), "next": "/admin/"})
    assert len(re.findall(r"\b(?:[a-z2-7]{6}-){3}[a-z2-7]{6}\b", said(done))) == 8
    assert is_inside(client)
    assert not is_inside(other), "Sessions from before prove nothing of the second factor."
    pass_time(60)
    assert log_in(other).headers["Location"] == "/admin/login/code/"
    assert not is_inside(other)
    assert other.get(f"{cast.alices.api.base}/accounts").status_code == 401
    assert type_code(other, code_of(alice)).headers["Location"] == "/admin/"
    assert is_inside(other)


@pytest.mark.django_db
def test_a_code_is_good_once(alice, pass_time):
    enrol(alice)
    pass_time(60)
    code, first, second = code_of(alice), browser(), browser()
    for client in (first, second):
        log_in(client)
    assert type_code(first, code).status_code == 302
    answer = type_code(second, code)
    assert (answer.status_code, "was used before" in said(answer)) == (200, True)
    assert not is_inside(second)


@pytest.mark.django_db
def test_codes_cannot_be_tried_through(alice, pass_time):
    enrol(alice)
    client = browser()
    log_in(client)
    wrong = "000000" if code_of(alice) != "000000" else "111111"
    for pause in (1, 2, 4, 8):
        assert type_code(client, wrong).status_code == 200
        waiting = type_code(client, code_of(alice))
        assert waiting.status_code == 429 and 1 <= int(waiting.headers["Retry-After"]) <= pause
        pass_time(pause)
    pass_time(60)
    assert type_code(client, code_of(alice)).status_code == 302


@pytest.mark.django_db
def test_a_recovery_code_lets_in_once_and_is_not_kept(alice, pass_time):
    codes = enrol(alice)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 8 and not any(code.replace("-", "")[:16] in kept for code in codes)
    client = browser()
    log_in(client)
    assert type_code(client, f" {codes[0].upper()} ").status_code == 302
    again = browser()
    log_in(again)
    assert "not right" in said(type_code(again, codes[0]))
    pass_time(5)
    assert "not right" in said(type_code(again, "ééé six"))
    assert "7 recovery codes left" in said(client.get(FACTOR))


@pytest.mark.django_db
def test_new_recovery_codes_and_the_end_of_a_second_factor_take_the_password(alice, pass_time):
    old = enrol(alice)
    client = browser()
    client.force_login(alice)
    assert "This is not your password." in said(client.post(FACTOR, {"password": "wrong", "do": "remove"}))
    assert User.objects.get(pk=alice.pk).second_factor_since
    said_then = said(client.post(FACTOR, {"password": PASSWORD, "do": "codes"}))
    assert "New recovery codes" in said_then and old[0] not in said_then
    assert not prove(user=alice, code=old[0]).right
    for _ in range(5):
        last = client.post(FACTOR, {"password": "wrong", "do": "remove"})
    assert last.status_code == 429, "Guessing the password here is guessing it at the login."
    pass_time(16 * 60)
    assert client.post(FACTOR, {"password": PASSWORD, "do": "remove"}).status_code == 302
    assert is_inside(client)
    assert not Authenticator.objects.exists() and not StaticToken.objects.exists()
    assert log_in(browser()).headers["Location"] == "/admin/"


@pytest.mark.django_db
def test_a_password_waits_for_its_code_for_five_minutes_and_only_while_it_is_the_password(alice, pass_time):
    enrol(alice)
    pass_time(60)
    slow, changed, thief = browser(), browser(), browser()
    log_in(slow)
    thief.cookies["sessionid"] = before = slow.cookies["sessionid"].value
    log_in(slow)
    assert slow.cookies["sessionid"].value != before
    assert type_code(thief, code_of(alice)).headers["Location"] == "/admin/login/"
    log_in(changed)
    alice.set_password("another long password")
    alice.save(update_fields=["password"])
    assert type_code(changed, code_of(alice)).headers["Location"] == "/admin/login/"
    log_in(slow, password="another long password")
    pass_time(301)
    assert type_code(slow, code_of(alice)).headers["Location"] == "/admin/login/"
    assert browser().get("/admin/login/code/").headers["Location"] == "/admin/login/"


@pytest.mark.django_db
def test_where_everybody_needs_one_nothing_else_is_shown_before(cast: Cast, alice, settings, pass_time):
    settings.REQUIRE_TOTP = True
    client = browser()
    fields = {"username": "alice@example.com", "password": PASSWORD, "next": "/admin/ledger/account/"}
    assert client.post("/admin/login/", fields).headers["Location"] == "/admin/ledger/account/"
    sent = f"{FACTOR}?next=/admin/ledger/account/"
    assert client.get("/admin/ledger/account/").headers["Location"] == sent
    for where in ("/admin/", "/admin/choices/", "/admin/autocomplete/", "/admin/search/?s=x", "/admin/notifications/"):
        assert client.get(where).headers["Location"].startswith(FACTOR), where
    assert client.post("/admin/choose/", {"organization": cast.alices.organization.pk}).status_code == 302
    refused = api_of(alice, cast.alices.api.base).get("/accounts")
    assert (refused.status, refused.error["code"]) == (403, "second_factor_required")
    assert cast.alices.api.get("/accounts").status == 200, "A key is no person."
    page = said(client.get(sent))
    assert "Everybody needs one here." in page and "Not now" not in page
    pass_time(60)
    done = client.post(FACTOR, {"code": code_of(alice), "next": "/admin/ledger/account/"})
    assert 'href="/admin/ledger/account/"' in done.content.decode()
    assert client.get("/admin/ledger/account/").status_code == 200
    other = browser()
    other.force_login(cast.bob)
    assert other.post("/admin/logout/").headers["Location"] == "/admin/login/"
    assert "You are logged out." in said(other.get("/admin/login/"))


@pytest.mark.django_db
def test_the_secret_is_sealed_and_outlives_the_key_that_sealed_it(alice, settings, pass_time, capsys):
    enrol(alice)
    (before,) = Authenticator.objects.all()
    assert before.bin_key.hex() not in before.key and len(before.bin_key) == 20
    settings.SECRETS_KEYS = ["the key of the next year " * 2]
    pass_time(60)
    assert prove(user=alice, code=code_of(alice)).right, "The key of before is still named."
    for told in ("1 secrets sealed anew; 0 were already.", "0 secrets sealed anew; 1 were already."):
        call_command("rotate_secrets")
        assert told in capsys.readouterr().out
    settings.SECRET_KEY = "a key that nobody had told of" * 2
    pass_time(60)
    code = code_of(alice)
    assert prove(user=alice, code=code).right
    pass_time(60)
    code = code_of(alice)
    settings.SECRETS_KEYS = []
    assert not prove(user=alice, code=code).right
    with pytest.raises(CommandError, match=f"No key opens the second factor of {alice.public_id}"):
        call_command("rotate_secrets")


@pytest.mark.django_db
def test_one_sealed_secret_is_no_use_to_somebody_else(cast: Cast, alice):
    enrol(alice)
    enrol(cast.bob)
    Authenticator.objects.filter(user=cast.bob).update(key=Authenticator.objects.get(user=alice).key)
    code = code_of(alice)
    assert not prove(user=cast.bob, code=code).right


@pytest.mark.django_db
def test_who_runs_the_installation_helps_who_lost_theirs(cast: Cast, alice):
    enrol(alice)
    root = Person(User.objects.create_superuser("root@example.com", PASSWORD))
    where = address(User, "remove_second_factor", alice.pk)
    assert Person(cast.bob).post(where).status == 403
    assert "Remove second factor" in root.get(address(User, "change", alice.pk)).text
    assert root.get(where).status == 302 and User.objects.get(pk=alice.pk).second_factor_since
    page = root.follow(root.post(where))
    assert "Removed the second factor" in page and "Made a second factor" in page
    assert User.objects.get(pk=alice.pk).second_factor_since is None
    assert log_in(browser()).headers["Location"] == "/admin/"


def test_of_two_requests_with_the_same_code_one_is_right(committed_cast):
    user, verdicts = committed_cast.alice, []
    begin_enrolment(user=user)
    Authenticator.objects.update(confirmed=True)
    code, together = code_of(user), threading.Barrier(4)

    def use() -> None:
        together.wait()
        verdicts.append(prove(user=user, code=code).right)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(verdicts) == [False, False, False, True]
