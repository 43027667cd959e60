"""`manage.py make_roles`: what compose.yaml and whoever has no SQL shell begin with."""

import contextlib

import psycopg
import pytest
from django.core.management import CommandError, call_command

from config import database_roles


@pytest.fixture
def seen(monkeypatch):
    """What the command leaves; it is undone, for the roles are those of the whole server."""
    found = {}

    @contextlib.contextmanager
    def undone(address):
        with psycopg.connect(address) as admin, admin.transaction(force_rollback=True):
            yield admin
            rows = admin.execute("select rolname, rolsuper, rolbypassrls, rolconfig from pg_roles").fetchall()
            found.update({name: rest for name, *rest in rows})

    monkeypatch.setattr(database_roles, "connect", undone)
    return found


def test_it_makes_what_the_addresses_name(db, seen, settings, monkeypatch, admin_url, capsys):
    monkeypatch.setenv("DATABASE_ADMIN_URL", admin_url)
    call_command("make_roles")
    assert capsys.readouterr().out == "The roles crane_owner, crane_web and their database are there.\n"
    for role in (database_roles.OWNER, database_roles.GROUP, database_roles.WEB):
        assert seen[role][:2] == [False, False]
    limits = dict(each.split("=") for each in seen[database_roles.WEB][2])
    assert limits == {name: str(value) for name, value in settings.DATABASE_LIMITS.items()}


def test_it_says_what_it_misses(db, settings, monkeypatch):
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://nobody:x@127.0.0.1:1/postgres")
    with pytest.raises(CommandError, match="DATABASE_ADMIN_URL"):
        call_command("make_roles")
    monkeypatch.setitem(settings.DATABASES["owner"], "USER", "postgres")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL must name the role crane_owner"):
        call_command("make_roles")
