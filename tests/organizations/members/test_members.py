"""Members: roles decide, the last owner stays, removal works at once."""

import datetime
from importlib import import_module
from types import SimpleNamespace

from django.contrib.admin.models import LogEntry
from django.db import connections
from django.test import Client
from structlog.testing import capture_logs

from organizations import clock
from organizations.logins.passwords import set_password
from organizations.users.changing import change_user, make_user
from organizations.users.enrolling import begin_enrolment
from organizations.users.models import Authenticator, User
from tests.cast import api, api_of, open_child
from tests.organizations.logins.people import PASSWORD, browser, enrol, is_inside, log_in


def member_id(books, email: str) -> str:
    return next(one["id"] for one in books.api.get("/members").data if one["email"] == email)


def test_roles_over_http(cast):
    assert cast.as_person("alice").post("/accounts", {"code": "1002", "name": "Till", "type": "asset"}).status == 201
    bob = cast.as_person("bob")
    assert bob.get("/accounts").status == 200
    assert bob.post("/accounts", {"code": "1003", "name": "Till", "type": "asset"}).status == 403
    assert bob.get("/api-keys").status == 403
    assert cast.as_person("charlie").get("/accounts").status == 404


def test_a_person_sees_the_organizations_of_their_memberships(cast):
    seen = [one["name"] for one in api_of(cast.bob).get("//organizations").data]
    assert seen == ["Alice's Bakery"]


def test_changing_roles_and_leaving(cast):
    books = cast.alices
    bob = member_id(books, "bob@example.com")
    assert books.api.put(f"/members/{bob}", {"role": "accountant"})["role"] == "accountant"
    assert cast.as_person("bob").post("/transactions", books.sale()).status == 201
    assert cast.as_person("bob").put(f"/members/{bob}", {"role": "owner"}).status == 403
    assert books.api.delete(f"/members/{bob}").status == 204
    assert cast.as_person("bob").get("/accounts").status == 404


def test_the_last_owner_stays(cast):
    books = cast.alices
    alice = member_id(books, "alice@example.com")
    assert books.api.put(f"/members/{alice}", {"role": "viewer"}).error["code"] == "last_owner"
    assert books.api.delete(f"/members/{alice}").error["code"] == "last_owner"
    books.api.post("/members", {"email": "dana@example.com", "role": "owner"})
    assert books.api.delete(f"/members/{alice}").status == 204


def test_nobody_gives_more_than_they_have(cast):
    books = cast.alices
    narrow = books.key_for({"members": ["read", "write"], "accounts": ["read"]})
    refused = narrow.post("/members", {"email": "eve@example.com", "role": "owner"})
    assert (refused.status, refused.error["code"]) == (403, "permissions_too_wide")


def test_twice_is_a_conflict(cast):
    books = cast.alices
    assert books.api.post("/members", {"email": "bob@example.com", "role": "viewer"}).status == 409


def squatted(email: str = "victim@example.com") -> Client:
    """Somebody signs up with another person's address and a password of their own, and logs in."""
    body = {"organization_name": "Squat", "user_email": email, "user_password": PASSWORD}
    assert api().post("//organizations", body).status == 201
    user = User.objects.get(email=email)
    enrol(user)
    begin_enrolment(user=user)  # another one waits for its first code
    client = browser()
    client.force_login(User.objects.get(pk=user.pk))
    assert is_inside(client)
    return client


def test_an_address_that_nobody_proved_opens_no_books_of_others(cast):
    stranger = squatted()
    with capture_logs() as lines:
        made = cast.alices.api.post("/members", {"email": "victim@example.com", "role": "accountant"})
    assert made.status == 201
    victim = User.objects.get(email="victim@example.com")
    (told,) = [line for line in lines if line["event"] == "unproven_account_taken_back"]
    assert told["user"] == victim.public_id
    assert not is_inside(stranger) and log_in(browser(), victim.email).status_code == 200  # the form again
    assert victim.second_factor_since is None and not Authenticator.objects.filter(user=victim).exists()
    assert "without proof" in LogEntry.objects.filter(object_id=str(victim.pk)).order_by("-pk")[0].change_message
    # A letter opens it, and from then on nothing is taken away.
    set_password(victim, "another long password")
    victim.refresh_from_db()
    assert victim.email_proven_at is not None
    assert cast.charlies.api.post("/members", {"email": victim.email, "role": "viewer"}).status == 201
    client = browser()
    assert log_in(client, victim.email, "another long password").status_code == 302 and is_inside(client)


def test_who_runs_the_installation_vouches_for_whom_they_give_a_password(cast):
    boss = User.objects.create_superuser("boss@example.com", PASSWORD)
    made = make_user(by=boss, email="eve@example.com", password=PASSWORD, is_staff=True)
    squatted("dave@example.com")
    victim = User.objects.get(email="dave@example.com")
    assert boss.email_proven_at and made.email_proven_at and victim.email_proven_at is None
    change_user(by=victim, user=victim, changes={}, password="one more long password")
    assert User.objects.get(pk=victim.pk).email_proven_at is None
    change_user(by=boss, user=victim, changes={}, password="one more long password")
    assert User.objects.get(pk=victim.pk).email_proven_at is not None
    for email in (boss.email, made.email, victim.email):
        assert cast.alices.api.post("/members", {"email": email, "role": "viewer"}).status == 201
        assert User.objects.get(email=email).has_usable_password()


def test_accounts_of_before_are_trusted_but_for_those_of_a_sign_up(committed_cast):
    squatted("squat@example.com")
    long_ago = clock.now() - datetime.timedelta(days=9)
    for email in ("member@example.com", "clerk@example.com"):
        User.objects.create_user(email, PASSWORD, is_staff=True, email_proven_at=None, date_joined=long_ago)
    body = {"email": "member@example.com", "role": "viewer"}
    assert committed_cast.alices.api.post("/members", body).status == 201
    User.objects.filter(email="member@example.com").update(password="md5$x$y")
    step = import_module("organizations.migrations.0029_accounts_before_proof")
    for _ in range(2):
        step.trust_who_was_there(None, SimpleNamespace(connection=connections["owner"]))
    proven = dict(User.objects.filter(date_joined=long_ago).values_list("email", "email_proven_at"))
    assert proven == {"member@example.com": long_ago, "clerk@example.com": long_ago}
    assert User.objects.get(email="squat@example.com").email_proven_at is None


def test_who_lets_themselves_in_loses_nothing(cast):
    owner = User.objects.get(email="alice@example.com")
    owner.set_password(PASSWORD)
    owner.save(update_fields=["password"])
    child = open_child(cast.alices, "Shop")
    assert owner.email_proven_at is None
    made = api_of(owner, child.api.base).post("/members", {"email": owner.email, "role": "owner"})
    assert made.status == 201 and User.objects.get(pk=owner.pk).check_password(PASSWORD)
