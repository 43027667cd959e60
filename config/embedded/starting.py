"""Start the checkout's servers, share them, stop them with the last user.

Several processes of one checkout may use the servers at once: `make run`, a command of `manage.py`, two test runs. Each
holds a shared lock on `in-use` for as long as it lives; whoever leaves last stops the servers. A lock dies with its
process, so a killed one is no user any more. The lock `changing` makes starting and stopping one at a time.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config import database_roles
from config.embedded import places, record
from config.embedded.postgres import SUPERUSER, Postgres
from config.embedded.valkey import Valkey

DATABASE = "crane"
PASSWORDS = "passwords.json"


@dataclass(slots=True)
class EmbeddedServers:
    """Running servers and their addresses. `stop()` when done; a forgotten one is released with the process.

    A server that was not asked for has no address.
    """

    folder: Path
    database_url: str | None = None
    owner_url: str | None = None
    superuser_url: str | None = None
    redis_url: str | None = None
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    _in_use: IO | None = None

    def stop(self) -> bool:
        """Leave the servers; stops them and returns True if nobody else uses them."""
        if self._in_use is None:
            return False
        with _changing(self.folder):
            self._in_use.close()
            self._in_use = None
            return _stop_unless_used(self.folder, self.valkey, self.postgres)


@contextlib.contextmanager
def _changing(folder: Path) -> Iterator[None]:
    """The exclusive right to start or stop this set of servers."""
    with (folder / "changing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def folder_of(root: Path, purpose: str) -> Path:
    """What the checkout keeps about one set of servers: locks, passwords. The servers' data may lie elsewhere."""
    return record.local_dir(root) / "servers" / purpose


def ensure(
    root: Path, purpose: str = "run", *, with_postgres: bool = True, with_valkey: bool = True
) -> EmbeddedServers:
    """The servers of a checkout, started if they do not run. `purpose` is `run`, or `test` for the suite's own set.

    Raises ServerProblem when a server cannot be had or started.
    """
    folder = folder_of(root, purpose)
    embedded = EmbeddedServers(folder)
    try:
        where = places.place(record.local_dir(root), purpose)
        record.make_dir(folder)
        with _changing(folder):
            if purpose == "test" and not (folder / PASSWORDS).is_file():
                _forget(where)
            passwords = _passwords(folder)
            try:
                if with_postgres:
                    _start_postgres(embedded, where, passwords)
                if with_valkey:
                    embedded.valkey = Valkey(where, places.valkey_program(where), passwords["valkey"])
                    embedded.redis_url = f"redis://:{passwords['valkey']}@127.0.0.1:{embedded.valkey.start()}/0"
            except BaseException:
                _stop_unless_used(folder, embedded.valkey, embedded.postgres)
                raise
            embedded._in_use = (folder / "in-use").open("w")
            fcntl.flock(embedded._in_use, fcntl.LOCK_SH)
    except PermissionError as problem:
        raise places.ServerProblem(
            f"{problem.filename} belongs to another user: this checkout was run by someone else before. "
            "Run as that user, or let that user run `make reset`."
        ) from problem
    return embedded


def _start_postgres(embedded: EmbeddedServers, where: places.Place, passwords: dict[str, str]) -> None:
    """Start the cluster, and see to the roles and the database: made at the first start, checked at each."""
    owner, web = database_roles.OWNER, database_roles.WEB
    embedded.postgres = Postgres(where, places.postgresql_programs(where), passwords["superuser"])
    host = f"127.0.0.1:{embedded.postgres.start()}"
    embedded.superuser_url = f"postgresql://{SUPERUSER}:{passwords['superuser']}@{host}/{DATABASE}"
    embedded.owner_url = database_roles.as_role(embedded.superuser_url, owner, passwords[owner])
    embedded.database_url = database_roles.as_role(embedded.superuser_url, web, passwords[web])
    with database_roles.connect(database_roles.as_database(embedded.superuser_url, "postgres")) as admin:
        database_roles.make_roles(admin, {role: passwords[role] for role in (owner, web)})
        database_roles.make_database(admin, DATABASE)


def _stop_unless_used(folder: Path, broker: Valkey | None, database: Postgres | None) -> bool:
    """Stop the servers given, but not under the feet of others. Returns whether they were stopped."""
    with (folder / "in-use").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        for server in (broker, database):
            if server is not None:
                server.stop()
        return True


def _forget(where: places.Place) -> None:
    """The suite's servers of a `.local/` that somebody removed: their data lies elsewhere and nobody can log in."""
    _stop_servers(where)
    shutil.rmtree(where.data)
    record.make_dir(where.data)


def _stop_servers(where: places.Place) -> None:
    Valkey(where, Path(os.devnull), "").stop()
    Postgres(where, places.postgresql_programs(where), "").stop()


def _passwords(folder: Path) -> dict[str, str]:
    """One generated password for each login, kept from the first start on."""
    path = folder / PASSWORDS
    known = record.read(path)
    wanted = ("superuser", "valkey", database_roles.OWNER, database_roles.WEB)
    if not all(name in known for name in wanted):
        known = {name: secrets.token_urlsafe(24) for name in wanted} | known
        record.write(path, known)
    return known


def stop_all(root: Path) -> None:
    """Stop whatever runs for this checkout, used or not: for `make reset`."""
    local = record.local_dir(root)
    for folder in sorted((local / "servers").glob("*/")):
        where = places.place(local, folder.name)
        with _changing(folder):
            _stop_servers(where)
