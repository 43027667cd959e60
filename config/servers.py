"""The servers that a local run or the tests use: those the environment names, and our own for those it does not.

DATABASE_URL may name a superuser or a role that may create roles: then it is taken as the owner's side. The roles and
the database are made there, and the application logs in as `crane_web`; nothing is ever served as superuser or owner.
With DATABASE_OWNER_URL beside it, both are used as they stand.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config import database_roles, env
from config.embedded import record, starting
from config.embedded.places import ServerProblem


@dataclass(slots=True)
class Servers:
    """Addresses for the application, for migrating, and (where there is one) of whoever made the roles."""

    database_url: str
    owner_url: str
    admin_url: str
    redis_url: str
    embedded: starting.EmbeddedServers

    def stop(self) -> bool:
        """Leave the embedded ones; True if they were stopped. Servers of the environment are left alone."""
        return self.embedded.stop()

    def environment(self) -> dict[str, str]:
        """The variables that hand these servers to a child process."""
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
        }


def take(root: Path, purpose: str) -> Servers:
    """Find or start the servers for a purpose (`run` or `test`). Raises ServerProblem.

    DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL of the environment are respected.
    """
    given = env.text("DATABASE_URL", default=None)
    owner = env.text("DATABASE_OWNER_URL", default=None)
    redis_url = env.text("REDIS_URL", default=None)
    roles = (given, owner, owner)
    if given and not owner:
        roles = _make_ours(root, given)
    embedded = starting.ensure(root, purpose, with_postgres=not given, with_valkey=not redis_url)
    if not given:
        roles = (embedded.database_url, embedded.owner_url, embedded.superuser_url)
    return Servers(*roles, redis_url=redis_url or embedded.redis_url, embedded=embedded)


@contextlib.contextmanager
def borrowed(root: Path) -> Iterator[Servers]:
    """The servers of `make run` for one command: shared with it, or started and stopped for the command alone."""
    try:
        taken = take(root, "run")
    except ServerProblem as problem:
        raise SystemExit(str(problem)) from None
    os.environ.update(taken.environment())
    try:
        yield taken
    finally:
        taken.stop()


def _make_ours(root: Path, given: str) -> tuple[str, str, str]:
    """Make the roles on a server that the environment names. Returns the web, owner and admin addresses."""
    path = record.local_dir(root) / "servers" / "given.json"
    passwords = record.read(path)
    name = database_roles.database_of(given)
    name = starting.DATABASE if name in ("", "postgres", "template1") else name
    wanted = (database_roles.WEB, database_roles.OWNER)
    try:
        with database_roles.connect(given) as admin:
            if admin.info.user in wanted:
                passwords[admin.info.user] = admin.info.password
            stale = [role for role in wanted if not _logs_in(given, role, passwords.get(role))]
            passwords |= {role: secrets.token_urlsafe(24) for role in stale}
            database_roles.make_roles(admin, {role: passwords[role] for role in stale})
            database_roles.make_database(admin, name)
    except database_roles.NotAllowed as problem:
        raise ServerProblem(
            f"DATABASE_URL: {problem} Set DATABASE_OWNER_URL too: the role that owns the schema and migrates."
        ) from None
    except (psycopg.OperationalError, psycopg.errors.InsufficientPrivilege) as problem:
        raise ServerProblem(f"DATABASE_URL: {problem}") from None
    record.write(path, passwords)
    web, owner = (database_roles.as_role(given, role, passwords[role], name) for role in wanted)
    return web, owner, database_roles.as_database(given, name)


def _logs_in(address: str, role: str, password: str | None) -> bool:
    """Whether the remembered password still holds; another checkout may have set its own."""
    return password is not None and database_roles.works(database_roles.as_role(address, role, password))
