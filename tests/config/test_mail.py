"""Where letters go, by the address of a mail server."""

import pytest

from config.env import EnvironmentProblem
from config.mail import mail_settings


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        (None, {"MAIL_IS_SET_UP": False}),
        ("console:", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
        ("file:", {"EMAIL_FILE_PATH": "here"}),
        ("smtp://ann:p%40ss@mail.example", {"EMAIL_HOST_PASSWORD": "p@ss", "EMAIL_PORT": 587, "EMAIL_USE_TLS": True}),
        ("smtps://mail.example", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False}),
        ("smtp+plain://127.0.0.1:1025", {"EMAIL_PORT": 1025, "EMAIL_USE_SSL": False, "EMAIL_USE_TLS": False}),
    ],
)
def test_an_address_becomes_django_s_settings(address, wanted):
    found = mail_settings(address, folder="here")
    assert {name: found[name] for name in wanted} == wanted


def test_a_password_is_not_sent_in_the_clear():
    with pytest.raises(EnvironmentProblem, match="unencrypted"):
        mail_settings("smtp+plain://ann:secret@mail.example", folder="here")
    assert mail_settings("smtp+plain://ann:secret@localhost", folder="here")["EMAIL_HOST_PASSWORD"] == "secret"


@pytest.mark.parametrize("address", ["http://mail.example", "smtp://", "mail.example", "smtp://mail.example:x"])
def test_what_is_no_mail_server_stops_the_start(address):
    with pytest.raises(EnvironmentProblem, match="EMAIL_URL"):
        mail_settings(address, folder="here")
