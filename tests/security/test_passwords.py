"""What a password may and must be, how it is kept, and the sessions that it opens."""

import re

import pytest
from django.conf import global_settings
from django.conf import settings as used
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from organizations.users.models import User
from tests.architecture.house import ROOT
from tests.backoffice.desks import Person

LONG = "correct horse battery staple " * 5


@pytest.mark.parametrize("password", ["short", "password123", "qwertyuiop", "1q2w3e4r5t", "alice@example.com"])
def test_what_a_password_must_be(password):
    """Ten characters, none of the common ones, and not one's own name."""
    with pytest.raises(ValidationError):
        validate_password(password, User(email="alice@example.com", name="Alice"))


@pytest.mark.parametrize("password", [LONG, "nur kleine buchstaben", "  spaces  around  ", "пароль-длинный", "🥐" * 12])
def test_what_a_password_may_be(db, password):
    """Any characters, any length that a person types, exactly as typed."""
    user = User(email="anna@example.com", name="Anna")
    validate_password(password, user)
    user.set_password(password)
    user.save()
    assert user.check_password(password)
    for other in (password.strip() + "x", password[:-1], password.swapcase() + "!"):
        assert not user.check_password(other)


def test_passwords_are_kept_slowly(settings):
    """Django's own PBKDF2 with its many rounds; the suite alone has a fast one, and says so in its own set-up."""
    assert "PASSWORD_HASHERS" not in (ROOT / "config" / "settings.py").read_text()
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    algorithm, rounds, salt, _ = make_password("a long password").split("$")
    assert algorithm == "pbkdf2_sha256" and int(rounds) >= 600_000 and len(salt) >= 22


def test_the_field_is_masked_and_helps_password_managers(db):
    page = Client(HTTP_HOST="localhost").get("/admin/login/").content.decode()
    (field,) = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert 'type="password"' in field and 'autocomplete="current-password"' in field
    assert "onpaste" not in page


def test_nobody_is_there_before_somebody_is_made(committed_db):
    assert User.objects.count() == 0
    typed = {"username": "admin", "password": "admin"}
    assert Client(HTTP_HOST="localhost").post("/admin/login/", typed).status_code == 200  # the form again


def test_a_session_s_id_cannot_be_guessed(db, cast):
    """32 letters and digits of the system's random source: more than 160 bits."""
    seen = set()
    for _ in range(20):
        client = Client(HTTP_HOST="localhost")
        client.force_login(cast.alice)
        seen.add(client.cookies[used.SESSION_COOKIE_NAME].value)
    assert len(seen) == 20 and all(re.fullmatch(r"[a-z0-9]{32}", each) for each in seen)


def test_every_page_has_its_way_out(cast):
    assert 'action="/admin/logout/"' in Person(cast.alice).get("/admin/ledger/transaction/").text
