"""The three roles and the database, made by whoever may make them.

- `crane_owner` owns the schema and migrates. It may create databases and roles, and is no superuser.
- `crane_app` cannot log in; migrations grant to it what the application may do.
- `crane_web` is what the web server, workers and tests log in as: a member of `crane_app` that owns nothing, no
  superuser, bound by row security.

Works with a superuser and with a plain role that may create roles and databases, as managed services give.
"""

from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

OWNER, GROUP, WEB = "crane_owner", "crane_app", "crane_web"

_SHAPE = {
    OWNER: "login createrole createdb",
    GROUP: "nologin nocreaterole nocreatedb",
    WEB: "login nocreaterole nocreatedb",
}

_BUILTIN_LOCALE = "encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'"
_LIBRARY_LOCALE = "encoding 'UTF8' locale_provider libc lc_collate 'C' lc_ctype 'C.UTF-8'"


class NotAllowed(Exception):
    """The given connection may not create roles."""


def connect(address: str) -> psycopg.Connection:
    """A connection for administration, in autocommit mode; text is text even on a server without an encoding."""
    return psycopg.connect(address, autocommit=True, client_encoding="utf8", connect_timeout=10)


def make_roles(admin: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Create the roles that are missing and set the passwords given; a role left out keeps its own."""
    query = "select rolsuper, rolcreaterole from pg_roles where rolname = current_user"
    superuser, may_create = admin.execute(query).fetchone()
    if not (superuser or may_create):
        raise NotAllowed(f"The role {admin.info.user} may neither act as superuser nor create roles.")
    present = {row[0] for row in admin.execute("select rolname from pg_roles where rolname = any(%s)", [list(_SHAPE)])}
    for role, shape in _SHAPE.items():
        verb = "alter" if role in present else "create"
        if verb == "create" or role in passwords:
            admin.execute(sql.SQL(f"{verb} role {{}} {shape}").format(sql.Identifier(role)))
        if role in passwords:
            admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), passwords[role]))
    if not admin.execute("select pg_has_role(%s, %s, 'usage')", [WEB, GROUP]).fetchone()[0]:
        _grant(admin, GROUP, WEB)
    if admin.info.user != OWNER and not superuser:
        # Who is no superuser makes a database for another role only as its member; from PostgreSQL 16 on, having made
        # the role is not enough.
        _grant(admin, OWNER, admin.info.user)


def _grant(admin: psycopg.Connection, group: str, member: str) -> None:
    admin.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(member)))


def make_database(admin: psycopg.Connection, name: str, template: str | None = None) -> None:
    """Create a database of `crane_owner`, unless it is there, and shut it to everyone but our roles.

    Text is UTF-8 in byte order, so that an operating system's update cannot reorder an index. Temporary tables stay
    forbidden to the application: one named like a ledger table would stand before it in the search path.
    """
    there = admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
    database = sql.Identifier(name)
    if there is None:
        form = "" if template else _BUILTIN_LOCALE if admin.info.server_version >= 170_000 else _LIBRARY_LOCALE
        creation = sql.SQL(f"create database {{}} owner {{}} template {{}} {form}")
        admin.execute(creation.format(database, sql.Identifier(OWNER), sql.Identifier(template or "template0")))
    admin.execute(sql.SQL("revoke all on database {} from public").format(database))
    admin.execute(sql.SQL("grant connect on database {} to {}").format(database, sql.Identifier(GROUP)))


def set_limits(admin: psycopg.Connection, limits: dict[str, str | int]) -> None:
    """Let every session of the application begin with these settings, also where a pooler passes none on."""
    for name, value in limits.items():
        setting = sql.SQL("alter role {} set {} = {}")
        admin.execute(setting.format(sql.Identifier(WEB), sql.Identifier(name), sql.Literal(str(value))))


def as_role(address: str, role: str, password: str, database: str | None = None) -> str:
    """The same server's address for another role, and for another database if one is named."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    path = parts.path if database is None else f"/{quote(database)}"
    return urlunsplit(parts._replace(netloc=f"{quote(role)}:{quote(password, safe='')}@{host}", path=path))


def as_database(address: str, database: str) -> str:
    """The same server's address, same role, for another database."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{quote(database)}"))


def database_of(address: str) -> str:
    """The database an address names."""
    return urlsplit(address).path.lstrip("/")


def works(address: str) -> bool:
    """Whether one can log in with this address."""
    try:
        psycopg.connect(address, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True
