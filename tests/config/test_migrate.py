"""`manage.py migrate` lets those pass who work, and comes back."""

import io
import threading
import time

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from config import database_roles
from config.management.commands import migrate

MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    initial = True
    operations = [migrations.RunSQL("alter table organizations_organization add column late text", "select 1")]
"""


@pytest.fixture
def late(tmp_path, monkeypatch):
    """A migration of the application `config`, which has none of its own."""
    folder = tmp_path / "late_migrations"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "0001_late.py").write_text(MIGRATION)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.2)
    with override_settings(MIGRATION_MODULES={"config": "late_migrations"}):
        yield


@pytest.fixture
def reader(committed_db, admin_url):
    """A transaction that has read the table and does not end."""
    with psycopg.connect(database_roles.as_database(admin_url, committed_db)) as connection:
        connection.execute("select count(*) from organizations_organization")
        yield connection


def run() -> str:
    said = io.StringIO()
    call_command("migrate", "config", verbosity=0, interactive=False, stdout=said, stderr=said)
    return said.getvalue()


def has_column(connection) -> bool:
    query = "select count(*) from information_schema.columns where column_name = 'late'"
    return connection.execute(query).fetchone()[0] == 1


def test_a_migration_that_has_to_wait_lets_others_pass(late, reader, superuser_connection):
    said = []
    waiting = threading.Thread(target=lambda: said.append(run()))
    waiting.start()
    query = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'alter table%%late%%'"
    deadline = time.monotonic() + 30
    while not superuser_connection.execute(query).fetchone()[0]:
        assert time.monotonic() < deadline
    superuser_connection.execute("select count(*) from organizations_organization")  # it queues, and gets through
    assert waiting.is_alive() and not has_column(superuser_connection)
    reader.rollback()
    waiting.join(30)
    assert "trying again (1 of" in said[0] and has_column(superuser_connection)


def test_a_transaction_that_never_ends_is_told_of(late, reader, superuser_connection, monkeypatch):
    monkeypatch.setattr(migrate, "TRIES", 2)
    with pytest.raises(CommandError, match="holds what the migration needs, and does not end"):
        run()
    assert not has_column(superuser_connection)
