"""Refuse to serve where the walls of the database would not hold.

Row security does not bind a superuser, a role with BYPASSRLS or (without FORCE) a table's owner, and PostgreSQL says
nothing about it: every query simply sees every organization. The stock container image logs in as a superuser. So each
web and worker process looks before it serves, and `manage.py check --database default` looks on demand. The same goes
for a server that confirms a commit before it is on disk.
"""

import time

import psycopg
import structlog
from django.conf import settings
from django.core import checks

log = structlog.get_logger(__name__)

_QUERY = """
select rolsuper, rolbypassrls,
       exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'public' and pg_has_role(c.relowner, 'member')),
       current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on',
       current_setting('synchronous_commit') <> 'off'
  from pg_roles where rolname = current_user
"""

_REASONS = (
    (0, True, "is a superuser: row security would not bind it"),
    (1, True, "has BYPASSRLS: row security would not bind it"),
    (2, True, "owns tables, or may act as their owner: it could change what may never change"),
    (3, False, "connects to a server with fsync off: a crash would lose confirmed postings"),
    (4, False, "connects to a server with full_page_writes off: a crash could tear pages of the books"),
    (5, False, "commits with synchronous_commit off: a crash would lose confirmed postings"),
)


class Unsafe(Exception):
    """The application's login must not serve; the message says why and what to use."""


def problems() -> list[str]:
    """What is wrong with the application's login and server, in words. Raises psycopg.OperationalError if unreachable.

    Uses a connection of its own, so that no pooled one is opened before a server forks.
    """
    with psycopg.connect(**_parameters()) as connection, connection.cursor() as cursor:
        return problems_seen_by(cursor)


def problems_seen_by(cursor) -> list[str]:
    """The same by a connection that is there."""
    cursor.execute(_QUERY)
    row = cursor.fetchone()
    return [reason for column, bad, reason in _REASONS if row[column] is bad]


def _parameters() -> dict:
    """The application's connection settings as psycopg takes them."""
    database = settings.DATABASES["default"]
    options = {name: value for name, value in database["OPTIONS"].items() if name != "pool"}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return options | {key: database[name] for key, name in named.items() if database[name]}


def wait_until_safe() -> None:
    """Wait for the database to answer, then raise `Unsafe` unless it is safe to serve from."""
    while True:
        try:
            found = problems()
            break
        except psycopg.OperationalError as problem:
            log.warning("waiting for the database", problem=str(problem).strip())
            time.sleep(2)
    if found:
        raise Unsafe(_sentence(found))


def _sentence(found: list[str]) -> str:
    user = settings.DATABASES["default"]["USER"]
    return (
        f"Refusing to serve: the database role {user!r} {'; it also '.join(found)}. "
        "Let DATABASE_URL name a login like crane_web (see config/database_roles.py)."
    )


@checks.register(checks.Tags.database)
def application_login(app_configs, databases, **kwargs) -> list[checks.CheckMessage]:
    """The same as a system check: `manage.py check --database default`."""
    if "default" not in (databases or ()):
        return []
    return [checks.Error(_sentence(found), id="crane.E001")] if (found := problems()) else []
