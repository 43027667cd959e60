"""People at the login, with their browsers and authenticator apps."""

import re

from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp import models

from organizations.users.enrolling import begin_enrolment, confirm_enrolment
from organizations.users.models import Authenticator, User

PASSWORD = "a long password"


def browser(**headers: str) -> Client:
    """Somebody's browser."""
    return Client(HTTP_HOST="localhost", **headers)


def log_in(client: Client, email: str = "alice@example.com", password: str = PASSWORD):
    """Type e-mail and password."""
    return client.post("/admin/login/", {"username": email, "password": password, "next": "/admin/"})


def type_code(client: Client, code: str):
    """Type a code after the password."""
    return client.post("/admin/login/code/", {"code": code})


def is_inside(client: Client) -> bool:
    """Whether the back office shows its pages."""
    return client.get("/admin/").status_code == 200


def said(answer) -> str:
    """What a page says."""
    return " ".join(re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", answer.content.decode()).split())


def code_of(user: User) -> str:
    """What the person's app shows now."""
    device = Authenticator.objects.filter(user=user).latest("pk")
    app = TOTP(device.bin_key)
    app.time = models.time.time()
    return f"{app.token():06}"


def enrol(user: User) -> list[str]:
    """Give somebody a second factor; their recovery codes."""
    begin_enrolment(user=user)
    verdict, codes = confirm_enrolment(user=user, code=code_of(user))
    assert verdict.right
    return codes
