"""Alice with a password, and clocks that a test moves."""

import datetime
import time
from types import SimpleNamespace

import pytest


@pytest.fixture
def alice(cast):
    """Alice, whose password is known."""
    from tests.organizations.logins.people import PASSWORD

    person = cast.alice
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


@pytest.fixture
def pass_time(monkeypatch):
    """Moves all clocks forward: ``pass_time(3600)``. Those of the libraries are their own."""
    from organizations import clock

    gone, ours, machine = [0], clock.now, time.time

    def moved():
        return ours() + datetime.timedelta(seconds=gone[0])

    def move(seconds: int) -> None:
        gone[0] += seconds

    monkeypatch.setattr(clock, "now", moved)
    monkeypatch.setattr("django.utils.timezone.now", moved)
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", SimpleNamespace(time=lambda: machine() + gone[0]))
    monkeypatch.setattr("axes.handlers.proxy.now", moved)
    monkeypatch.setattr("axes.attempts.now", moved, raising=False)
    return move
