"""Invitations: a letter with a link that is good once, for a week, for whom it was sent to."""

import datetime
import re
import threading

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from organizations import clock, ids
from organizations.invitations.inviting import invite
from organizations.invitations.models import Invitation
from organizations.letters.sending import send_due
from organizations.members.models import Membership
from organizations.users.models import User
from tests.backoffice.desks import Person, address
from tests.cast import Books, api, open_books, open_child

PASSWORD = "a long password"
FIELDS = {"name": "Dana", "new_password1": PASSWORD, "new_password2": PASSWORD}
OVER = "This invitation is no longer good"


@pytest.fixture
def books(request, db) -> Books:
    """Alice's books, and the rest of the cast only where a test asks for it."""
    if "cast" in request.fixturenames:
        return request.getfixturevalue("cast").alices
    return open_books("Alice's Bakery")


def invited(books: Books, email: str = "dana@example.com", role: str = "accountant", **more) -> dict:
    """An invitation through the API."""
    answer = books.api.post("/invitations", {"email": email, "role": role, **more})
    assert answer.status == 201, answer.body
    return answer.body


def link(books: Books) -> str:
    """Where the last letter leads, once it has left."""
    send_due(books.organization.pk)
    return re.search(r"http://localhost(/admin/invitations/\S+)", mail.outbox[-1].body)[1]


def browser() -> Client:
    return Client(HTTP_HOST="localhost")


def said(answer) -> str:
    return " ".join(re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", answer.content.decode()).split())


def is_over(answer) -> bool:
    return answer.status_code == 404 and OVER in said(answer)


def events_of(books: Books, invitation: dict) -> list[str]:
    return [event["event_type"] for event in books.api.get(f"/events?entity_id={invitation['id']}&sort=seq").data]


@pytest.mark.django_db
def test_somebody_new_is_invited_sets_a_password_and_is_a_member(books):
    made = invited(books, "Dana@Example.com", name="Dana D.", metadata={"team": "night"})
    assert (made["email"], made["status"], made["name"]) == ("dana@example.com", "pending", "Dana D.")
    where, client = link(books), browser()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["dana@example.com"], "Alice's Bakery invites you")
    page = client.get(where)
    assert "You are invited as accountant. You will log in as dana@example.com." in said(page)
    assert 'value="Dana D."' in page.content.decode()
    assert client.post(where, FIELDS | {"new_password2": "x"}).status_code == 200
    assert client.post(where, FIELDS).headers["Location"] == "/admin/"
    assert "Alice's Bakery" in client.get("/admin/").content.decode().replace("&#x27;", "'")
    member = next(one for one in books.api.get("/members").data if one["email"] == "dana@example.com")
    assert (member["role"], member["name"]) == ("accountant", "Dana")
    accepted = books.api.get(f"/invitations/{made['id']}").body
    assert (accepted["status"], accepted["user_id"]) == ("accepted", member["user_id"])
    assert events_of(books, made) == ["invitation.created", "invitation.accepted"]
    last = books.api.get("/events?filters[event_type]=member.added&sort=-seq").data[0]
    assert (last["user_id"], last["ip_address"]) == (member["user_id"], "127.0.0.1")
    assert is_over(browser().get(where)) and is_over(browser().post(where, FIELDS))


@pytest.mark.django_db
def test_the_link_is_kept_nowhere(books):
    invited(books)
    where = link(books)
    token = where.split("/")[5]
    assert len(token) == 43
    with capture_logs() as lines:
        assert browser().get(where).status_code == 200
    assert lines[-1]["path"].endswith("/…/") and token not in str(lines)
    (kept,) = [one for one in books.api.get("/letters").data if one["about_kind"] == "invitation"]
    assert "(secret)" in kept["body"] and token not in str(kept)
    assert token not in str(books.api.get("/events?limit=100").body)
    assert token not in str(books.api.get("/invitations").data)


@pytest.mark.django_db
def test_links_that_are_not_good_look_alike(books, cast, monkeypatch):
    invited(books)
    good = link(books)
    _, _, _, org, number, token, _ = good.split("/")
    theirs = cast.charlies.organization.public_id
    nobody = ids.encode("IVT", 5)
    wrong = [f"{theirs}/{number}/{token}", f"{org}/{nobody}/{token}", f"{org}/{number}/{token[:-1]}-"]
    wrong += ["x/y/z", f"{org}/{number}/é", f"{number}/{org}/{token}"]
    answers = [browser().get(f"/admin/invitations/{each}/") for each in wrong]
    answers += [browser().post(f"/admin/invitations/{each}/", FIELDS) for each in wrong]
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + datetime.timedelta(days=7, seconds=1))
    answers.append(browser().get(good))
    assert books.api.get("/invitations").data[0]["status"] == "expired"
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: real() + datetime.timedelta(days=6, hours=23))
    assert browser().get(good).status_code == 200
    assert {(answer.status_code, said(answer)) for answer in answers} == {(404, said(answers[0]))}
    assert is_over(answers[0])
    assert "Alice" not in said(answers[0]) and "dana" not in said(answers[0])
    assert not User.objects.filter(email="dana@example.com").exists()


@pytest.mark.django_db
def test_sending_again_makes_another_link_and_ends_the_one_before(books):
    made = invited(books)
    first = link(books)
    again = books.api.post(f"/invitations/{made['id']}/resend")
    assert (again.status, again["status"]) == (200, "pending") and again["expires_at"] > made["expires_at"]
    second = link(books)
    assert is_over(browser().get(first))
    assert browser().get(second).status_code == 200
    assert events_of(books, made) == ["invitation.created", "invitation.resent"]


@pytest.mark.django_db
def test_an_invitation_that_is_too_old_is_good_again_once_it_was_sent_again(books, monkeypatch):
    made, real = invited(books), clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + datetime.timedelta(days=8))
    assert books.api.post("/invitations", {"email": "dana@example.com", "role": "viewer"}).status == 409
    assert books.api.post(f"/invitations/{made['id']}/resend")["status"] == "pending"
    assert browser().get(link(books)).status_code == 200


@pytest.mark.django_db
def test_what_was_taken_back_is_over(books):
    made = invited(books)
    where = link(books)
    assert [books.api.delete(f"/invitations/{made['id']}").status for _ in range(2)] == [204, 204]
    assert is_over(browser().get(where))
    assert events_of(books, made) == ["invitation.created", "invitation.revoked"]
    refused = books.api.post(f"/invitations/{made['id']}/resend")
    assert (refused.status, refused.error["code"]) == (409, "invitation_ended")
    second = invited(books)
    assert browser().post(link(books), FIELDS).status_code == 302
    refused = books.api.delete(f"/invitations/{second['id']}")
    assert (refused.status, refused.error["code"]) == (409, "invitation_ended")


@pytest.mark.django_db
def test_nobody_is_invited_twice_or_to_what_they_have(books, cast):
    made = invited(books)
    refused = books.api.post("/invitations", {"email": "DANA@example.com", "role": "viewer"})
    assert (refused.status, refused.error["code"]) == (409, "already_invited")
    assert refused.error["details"]["invitation_id"] == made["id"]
    assert books.api.post("/invitations", {"email": "Bob@example.com", "role": "admin"}).error["code"] == "conflict"


BAD = [
    {},
    {"email": "dana@example.com"},
    {"email": "dana", "role": "viewer"},
    {"email": "d@x\u0000.example", "role": "viewer"},
    {"email": "dana@example.com", "role": "king"},
    {"email": f"{'d' * 250}@example.com", "role": "viewer"},
    {"email": ["dana@example.com"], "role": "viewer"},
    {"email": "dana@example.com", "role": "viewer", "name": "x" * 201},
]


@pytest.mark.django_db
def test_bad_invitations_are_refused(books):
    for body in BAD:
        assert books.api.post("/invitations", body).status == 400, body
    assert books.api.get("/invitations").data == []


@pytest.mark.django_db
def test_only_owners_and_admins_invite_and_to_no_more_than_they_may(books, cast):
    for role in ("admin", "accountant"):
        cast.alices.api.post("/members", {"email": f"{role}@example.com", "role": role})
    admin, accountant = (Person(User.objects.get(email=f"{role}@example.com")) for role in ("admin", "accountant"))
    add = "/admin/organizations/invitation/add/"
    assert accountant.get(add).status == 403
    assert accountant.post(add, email="e@example.com", role="viewer").status == 403
    assert "can do more" not in admin.get(add)
    assert "cannot do more than your own" in admin.post(add, email="e@example.com", role="owner")
    assert admin.post(add, email="e@example.com", role="admin").status == 302
    narrow = books.key_for({"members": ["read", "write", "delete"], "accounts": ["read"]})
    refused = narrow.post("/invitations", {"email": "f@example.com", "role": "owner"})
    assert (refused.status, refused.error["code"]) == (403, "permissions_too_wide")
    owner = invited(books, "owner@example.com", "owner")
    for refused in (narrow.post(f"/invitations/{owner['id']}/resend"), narrow.delete(f"/invitations/{owner['id']}")):
        assert refused.error["code"] == "permissions_too_wide"


@pytest.mark.django_db
def test_who_has_an_account_logs_in_and_joins_as_themselves_only(books, cast):
    cast.charlie.set_password(PASSWORD)
    cast.charlie.email_proven_at = clock.now()
    cast.charlie.save(update_fields=["password", "email_proven_at"])
    invited(books, "charlie@example.com", "viewer")
    where, client = link(books), browser()
    assert client.get(where).headers["Location"] == f"/admin/login/?next={where}"
    assert client.post(where, FIELDS).headers["Location"].startswith("/admin/login/")
    other = browser()
    other.force_login(cast.bob)
    for answer in (other.get(where), other.post(where)):
        assert (answer.status_code, "charlie" in said(answer)) == (403, False)
    fields = {"username": "charlie@example.com", "password": PASSWORD, "next": where}
    assert client.post("/admin/login/", fields).headers["Location"] == where
    assert "You are invited as viewer." in said(client.get(where))
    assert client.post(where).headers["Location"] == "/admin/"
    page = said(client.get("/admin/"))
    assert "You have joined" in page and "Bakery" in page
    assert User.objects.get(pk=cast.charlie.pk).check_password(PASSWORD)
    assert is_over(client.post(where))


@pytest.mark.django_db
def test_the_letter_opens_an_account_that_nobody_proved_and_shuts_out_who_had_made_it(books):
    body = {"organization_name": "Squat", "user_email": "dana@example.com", "user_password": "a password of theirs"}
    assert api().post("//organizations", body).status == 201
    stranger = browser()
    stranger.force_login(User.objects.get(email="dana@example.com"))
    invited(books)
    where, client = link(books), browser()
    assert "Join Alice's Bakery" in said(client.get(where)).replace("&#x27;", "'")
    assert client.post(where, FIELDS).headers["Location"] == "/admin/"
    dana = User.objects.get(email="dana@example.com")
    assert dana.check_password(PASSWORD) and dana.email_proven_at is not None
    assert stranger.get("/admin/").status_code == 302 and client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_who_is_logged_in_and_has_the_letter_joins_and_is_proven(books):
    body = {"organization_name": "Own", "user_email": "dana@example.com", "user_password": PASSWORD}
    assert api().post("//organizations", body).status == 201
    client = browser()
    client.force_login(User.objects.get(email="dana@example.com"))
    invited(books)
    assert client.post(link(books)).headers["Location"] == "/admin/"
    dana = User.objects.get(email="dana@example.com")
    assert dana.check_password(PASSWORD) and dana.email_proven_at is not None


@pytest.mark.django_db
def test_who_was_barred_meanwhile_cannot_join_and_who_became_a_member_keeps_the_role(books, cast):
    invited(books, "charlie@example.com", "admin")
    where, client = link(books), browser()
    client.force_login(cast.charlie)
    User.objects.filter(pk=cast.charlie.pk).update(is_staff=False)
    assert is_over(browser().get(where))
    User.objects.filter(pk=cast.charlie.pk).update(is_staff=True)
    books.api.post("/members", {"email": "charlie@example.com", "role": "viewer"})
    User.objects.filter(pk=cast.charlie.pk).update(password="!")
    assert browser().post(where, FIELDS).status_code == 302, "Nobody had set a password: the letter proves the address."
    with books.acting():
        assert Membership.objects.of(books.organization).get(user=cast.charlie).role == "viewer"


@pytest.mark.django_db
def test_a_second_factor_comes_first_where_everybody_needs_one(books, cast, settings):
    settings.REQUIRE_TOTP = True
    invited(books, "charlie@example.com", "viewer")
    where, client = link(books), browser()
    User.objects.filter(pk=cast.charlie.pk).update(password="md5$x$y")
    client.force_login(User.objects.get(pk=cast.charlie.pk))
    assert client.get(where).headers["Location"] == f"/admin/second_factor/?next={where}"
    invited(books, "new@example.com", "viewer")
    fresh = browser()
    assert fresh.post(link(books), FIELDS).headers["Location"] == "/admin/"
    assert fresh.get("/admin/").headers["Location"].startswith("/admin/second_factor/")


@pytest.mark.django_db
def test_the_key_that_made_a_link_may_be_rotated(books, settings):
    invited(books)
    where = link(books)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the key of the next year " * 2
    assert browser().get(where).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert is_over(browser().get(where))


@pytest.mark.django_db
def test_nothing_is_joined_that_is_archived(books):
    child = open_child(books, "Old Café")
    with child.acting():
        invite(
            actor=child.actor, organization=child.organization, email="dana@example.com", role="viewer",
            base="http://localhost/",
        )  # fmt: skip
    where = link(child)
    assert browser().get(where).status_code == 200
    assert child.api.put("", {"status": "archived"}).status == 200
    assert is_over(browser().get(where))


@pytest.mark.django_db
def test_the_desk_invites_sends_again_and_takes_back(books, cast):
    alice = Person(cast.alice)
    desk = "/admin/organizations/invitation/"
    page = alice.follow(alice.post(f"{desk}add/", email="dana@example.com", name="", role="viewer"))
    assert "The letter is on its way." in page and "dana@example.com" in page and "pending" in page
    with books.acting():
        number = Invitation.objects.of(books.organization).get().pk
    shown = alice.get(address(Invitation, "change", number))
    assert "Send again" in shown and "Revoke" in shown
    assert "The link of before has ended." in alice.follow(alice.post(address(Invitation, "resend", number)))
    assert alice.get(address(Invitation, "revoke", number)).status == 302
    done = alice.follow(alice.post(address(Invitation, "revoke", number)))
    assert "The invitation was taken back." in done and "revoked" in done and "Send again" not in done
    assert "This person is invited already" not in alice.follow(
        alice.post(f"{desk}add/", email="dana@example.com", name="", role="viewer")
    )
    assert "is invited already" in alice.post(f"{desk}add/", email="dana@example.com", name="", role="viewer")
    assert "invitation.resent" in alice.get(address(Invitation, "history", number))


@pytest.mark.django_db
def test_invitations_are_listed_by_what_became_of_them(books, cast, monkeypatch):
    taken_back, late, real = invited(books, "a@example.com"), invited(books, "b@example.com"), clock.now
    invited(books, "c@example.com")
    browser().post(link(books), FIELDS)
    books.api.delete(f"/invitations/{taken_back['id']}")
    monkeypatch.setattr(clock, "now", lambda: real() + datetime.timedelta(days=8))
    invited(books, "d@example.com")
    desk = Person(cast.alice).get
    for status, letter in {"revoked": "a", "expired": "b", "accepted": "c", "pending": "d"}.items():
        found = books.api.get(f"/invitations?status={status}").data
        assert [(row["email"], row["status"]) for row in found] == [(f"{letter}@example.com", status)]
        shown = desk(f"/admin/organizations/invitation/?state={status}")
        assert [name for name in "abcd" if f"{name}@example.com" in shown] == [letter]
    assert books.api.get("/invitations?status=lost").status == 400 and late["status"] == "pending"


def test_two_invitations_of_somebody_new_that_are_accepted_at_once(committed_cast):
    """Both made the account, as they saw it; one did, and the other link leads to the log-in."""
    wheres = []
    for books in (committed_cast.alices, committed_cast.charlies):
        with books.acting():
            offer = {"email": "dana@example.com", "role": "viewer", "base": "http://localhost/"}
            invite(actor=books.actor, organization=books.organization, **offer)
        wheres.append(link(books))
    answers, together = [], threading.Barrier(2)

    def click(where: str) -> None:
        form = browser()
        assert form.get(where).status_code == 200
        together.wait()
        answers.append(form.post(where, FIELDS))
        connection.close()

    threads = [threading.Thread(target=click, args=[where]) for where in wheres]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    went = sorted(answer.headers["Location"] for answer in answers)
    assert went[0] == "/admin/" and went[1].startswith(("/admin/invitations/", "/admin/login/")), went
    assert User.objects.filter(email="dana@example.com").count() == 1


def test_clicking_many_times_joins_once(committed_cast):
    books, answers, together = committed_cast.alices, [], threading.Barrier(4)
    with books.acting():
        offer = {"email": "dana@example.com", "role": "viewer", "base": "http://localhost/"}
        invite(actor=books.actor, organization=books.organization, **offer)
    where = link(books)

    def click() -> None:
        together.wait()
        answers.append(browser().post(where, FIELDS))
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.headers.get("Location", OVER if is_over(answer) else "") for answer in answers} <= {"/admin/", OVER}
    assert [one["email"] for one in books.api.get("/members").data].count("dana@example.com") == 1
    assert sum("sessionid" in answer.cookies for answer in answers) == 1
