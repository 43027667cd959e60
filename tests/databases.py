"""Databases for tests: one template that the owner migrates, and copies of it.

The application may not TRUNCATE, so a test that commits cannot clean up after itself; it gets a copy of its own
instead, which costs some tens of milliseconds. The template is named by a hash of all migrations and is made once for
each state of them, with statistics for the planner. Everything is named by the checkout, so that several can share a
server.
"""

import contextlib
import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from config import database_roles
from config.embedded import processes

ROOT = Path(__file__).resolve().parent.parent
# Advisory lock of the server's first database: one process makes or clears templates at a time.
MAKING = 7_201_934_552

#: What the planner would learn by itself of tables in use: here nobody has analyzed them, and it would take an
#: organization for one row of its table and join by trying all rows with all.
FEW_ORGANIZATIONS = """
    select pg_restore_attribute_stats(
               'schemaname', 'public'::text, 'relname', c.relname::text, 'attname', a.attname::text, 'inherited', false,
               'null_frac', 0::real, 'avg_width', 8, 'n_distinct', 3::real)
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
"""
FIRST_WITH_STATISTICS = 180000  # the PostgreSQL that can be told so

PREFIX = "crane_test_" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


@functools.cache
def template_name() -> str:
    """The template's name: the checkout and the state of all migrations."""
    from django.apps import apps

    state = hashlib.sha256(FEW_ORGANIZATIONS.encode())
    for config in apps.get_app_configs():
        folder = Path(config.path) / "migrations"
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".sql"):
                state.update(f"{config.label}/{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return f"{PREFIX}_{state.hexdigest()[:12]}"


def admin(address: str) -> psycopg.Connection:
    """The administrator's connection to the server itself, for making and dropping databases."""
    return database_roles.connect(database_roles.as_database(address, "postgres"))


def _where() -> dict[str, dict]:
    """Where Django's connections lead now."""
    from django.db import connections

    keys = ("HOST", "PORT", "NAME", "USER", "PASSWORD")
    return {alias: {key: connections.settings[alias][key] for key in keys} for alias in ("default", "owner")}


@contextlib.contextmanager
def pointed_to(default: dict, owner: dict) -> Iterator[None]:
    """Send this process's Django connections elsewhere for a while; threads that connect meanwhile follow."""
    before = _where()
    _point({"default": default, "owner": owner})
    try:
        yield
    finally:
        _point(before)


def _point(changes: dict[str, dict]) -> None:
    """Each thread keeps connections of its own, made from settings that all share: change those, drop ours."""
    from django.db import connections

    connections.close_all()
    for alias, values in changes.items():
        connections.settings[alias].update(values)
        if hasattr(connections._connections, alias):
            delattr(connections._connections, alias)


def current() -> str:
    """The database that Django's connections lead to now."""
    return _where()["default"]["NAME"]


def _make_template(connection: psycopg.Connection, name: str) -> None:
    """Migrate under another name first: a run that fails half-way leaves no template."""
    from django.core.management import call_command
    from django.db import connections

    unfinished = f"{name}_unfinished"
    drop(connection, unfinished)
    database_roles.make_database(connection, unfinished)
    with pointed_to({"NAME": unfinished}, {"NAME": unfinished}):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        if connection.info.server_version >= FIRST_WITH_STATISTICS:
            with connections["owner"].cursor() as cursor:
                cursor.execute(FEW_ORGANIZATIONS)
    rename = sql.SQL("alter database {} rename to {}")
    connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))


def clone(address: str, purpose: str) -> str:
    """A fresh copy of the template. Its name holds our process id, by which leftovers are known."""
    template = template_name()
    name = f"{PREFIX}_{os.getpid()}_{purpose}"
    with admin(address) as connection:
        # The first process that asks makes the template; the others wait. It cannot go while it is copied, either.
        connection.execute("select pg_advisory_lock(%s)", [MAKING])
        if not _exists(connection, template):
            _drop_old_templates(connection)
            _make_template(connection, template)
        drop(connection, name)
        database_roles.make_database(connection, name, template=template)
    return name


def discard(address: str, name: str) -> None:
    """Drop a copy, ending whatever is still connected to it."""
    with admin(address) as connection:
        drop(connection, name)


def drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database if it is there."""
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def copy_of(address: str, source: str, purpose: str) -> str:
    """A copy of another database of this process, to which nothing is connected."""
    name = f"{PREFIX}_{os.getpid()}_{purpose}"
    with admin(address) as connection:
        drop(connection, name)
        database_roles.make_database(connection, name, template=source)
    return name


@contextlib.contextmanager
def copy_in_use(address: str, purpose: str, *, source: str | None = None) -> Iterator[str]:
    """A copy of the template, or of ``source``, to which Django's connections lead for a while."""
    name = clone(address, purpose) if source is None else copy_of(address, source, purpose)
    try:
        with pointed_to({"NAME": name}, {"NAME": name}):
            yield name
    finally:
        discard(address, name)


def drop_leftovers(address: str) -> None:
    """Drop the copies of test runs that were killed: those whose process is gone."""
    with admin(address) as connection:
        for name in _ours(connection):
            owner = name.removeprefix(f"{PREFIX}_").partition("_")[0]
            if "_" in name.removeprefix(f"{PREFIX}_") and owner.isdigit() and not processes.command_line(int(owner)):
                drop(connection, name)


def _drop_old_templates(connection: psycopg.Connection) -> None:
    """Templates of earlier states of the migrations are of no use any more."""
    for name in _ours(connection):
        if "_" not in name.removeprefix(f"{PREFIX}_"):
            drop(connection, name)


def _ours(connection: psycopg.Connection) -> list[str]:
    query = "select datname from pg_database where starts_with(datname, %s)"
    return [row[0] for row in connection.execute(query, [f"{PREFIX}_"])]


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None
