"""Nothing is served over a login that row security does not bind, or from a server that may lose a commit."""

import os

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connections
from psycopg import sql

from config import safety
from tests import databases


@pytest.fixture
def odd_role(committed_db, superuser_connection, monkeypatch):
    """Makes a login of the given shape, and settings that use it; gives its identifier."""
    name = f"{databases.PREFIX}_odd_{os.getpid()}"
    identifier = sql.Identifier(name)

    def make(shape: str) -> sql.Identifier:
        superuser_connection.execute(sql.SQL(f"create role {{}} login password 'odd' {shape}").format(identifier))
        superuser_connection.execute(
            sql.SQL("grant connect on database {} to {}").format(sql.Identifier(committed_db), identifier)
        )
        place = connections.settings["default"] | {"USER": name, "PASSWORD": "odd"}
        monkeypatch.setattr(settings, "DATABASES", settings.DATABASES | {"default": place})
        return identifier

    yield make
    superuser_connection.execute(sql.SQL("drop owned by {}").format(identifier))
    superuser_connection.execute(sql.SQL("drop role {}").format(identifier))


def test_the_application_is_safe(committed_db):
    assert safety.problems() == []
    safety.wait_until_safe()
    call_command("check", databases=["default"])


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ("superuser", "is a superuser"),
        ("bypassrls", "has BYPASSRLS"),
        ("in role crane_owner", "may act as their owner"),
    ],
)
def test_a_login_beyond_the_walls_is_refused(odd_role, shape, reason):
    odd_role(shape)
    with pytest.raises(safety.Unsafe, match=reason):
        safety.wait_until_safe()
    with pytest.raises(SystemCheckError, match=r"crane\.E001"):
        call_command("check", databases=["default"])


def test_a_lax_commit_is_refused(odd_role, superuser_connection):
    role = odd_role("in role crane_app")
    assert safety.problems() == []
    superuser_connection.execute(sql.SQL("alter role {} set synchronous_commit = off").format(role))
    assert ["synchronous_commit off" in reason for reason in safety.problems()] == [True]
