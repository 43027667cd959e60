"""What is doubtful about a deployment is said; one that is well has nothing to hear."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from config import deployment, env
from tests.config.test_settings import SAFE
from tests.databases import ROOT

WELL = SAFE | {
    "SECRET_KEY": SAFE["SECRET_KEY"] + "-zYxWvUtSr",
    "DATABASE_URL": "postgresql://crane_web:x@db.example/crane?sslmode=verify-full",
    "DATABASE_OWNER_URL": "postgresql://crane_owner:x@db.example/crane?sslmode=verify-full",
    "REDIS_URL": "rediss://:a-password@broker.example/0",
    "BEHIND_TLS_PROXY": "true",
    "TRUSTED_PROXIES": "1",
}


def test_a_production_configuration_passes_djangos_checks_of_a_deployment(tmp_path):
    environment = {"PATH": os.environ["PATH"], "CRANE_LOCAL_DIR": str(tmp_path)} | WELL
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_desk_hears_of_its_passwords_only():
    """By the settings that are in use, and Django's own where they say nothing; a second factor is for production."""
    assert [name for name, _ in deployment.doubts()] == ["crane.W007"]


@pytest.fixture
def well(monkeypatch):
    """The settings of a deployment about which there is nothing to say."""
    sure = {"HOST": "db.example", "OPTIONS": {"sslmode": "verify-full"}}
    found = SimpleNamespace(
        DATABASES={"default": sure, "owner": sure},
        REDIS_URL=WELL["REDIS_URL"],
        SECURE_SSL_REDIRECT=True,
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
        TRUSTED_PROXIES=1,
        CSRF_TRUSTED_ORIGINS=["https://books.example"],
        REQUIRE_TOTP=True,
    )
    monkeypatch.setattr(deployment, "settings", found)
    assert list(deployment.doubts()) == []
    return found


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("REDIS_URL", "rediss://broker.example/0", "crane.W001"),
        ("REDIS_URL", "redis://:a-password@broker.example/0", "crane.W002"),
        ("DATABASES", {alias: {"HOST": "10.0.0.1", "OPTIONS": {}} for alias in ("default", "owner")}, "crane.W003"),
        ("SECURE_PROXY_SSL_HEADER", None, "crane.W004"),
        ("TRUSTED_PROXIES", 0, "crane.W005"),
        ("CSRF_TRUSTED_ORIGINS", ["http://books.example"], "crane.W006"),
        ("REQUIRE_TOTP", False, "crane.W007"),
    ],
)
def test_each_doubt_is_said(well, name, value, check):
    setattr(well, name, value)
    assert {found for found, _ in deployment.doubts()} == {check}
    assert {message.id for message in deployment.deployment(None)} == {check}
    with capture_logs() as lines:
        deployment.warn()
    assert {line["check"] for line in lines} == {check}


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("/var/run/postgresql", True),
        (None, True),
        ("10.0.0.1", False),
        ("db.example", False),
        ("localhost.example", False),
    ],
)
def test_what_is_on_this_machine(host, near):
    assert env.is_near(host) is near
