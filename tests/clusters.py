"""PostgreSQL of one's own, for tests that kill it, and a streaming replica of it."""

import contextlib
import dataclasses
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from config import database_roles, env
from config.embedded import processes, reset, starting
from config.embedded.postgres import Postgres
from config.embedded.starting import EmbeddedServers
from tests import databases
from tests.databases import ROOT


@dataclass(slots=True)
class Cluster:
    """PostgreSQL of one test alone, which the test may kill and start again."""

    servers: EmbeddedServers

    @property
    def database_url(self) -> str:
        return self.servers.database_url

    @property
    def superuser_url(self) -> str:
        return self.servers.superuser_url

    def places(self) -> list[dict]:
        """Where Django's connections `default` and `owner` lead to it."""
        found = [env.database(address) for address in (self.servers.database_url, self.servers.owner_url)]
        return [{name: value for name, value in each.items() if name not in ("ENGINE", "OPTIONS")} for each in found]

    def kill(self) -> None:
        """kill -9 of the postmaster; its sessions die with it."""
        pid = self.servers.postgres.pid()
        os.kill(pid, signal.SIGKILL)
        processes.wait_gone(pid, str(self.servers.postgres.data), 10)

    def start(self) -> None:
        """Start it on the same port; it recovers from its log first."""
        before = self.servers.postgres.port
        assert self.servers.postgres.start() == before, "Another process took the port meanwhile."


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL with our roles and an empty database, gone afterwards."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CRANE_LOCAL_DIR", str(ROOT / ".local" / f"cluster-{os.getpid()}"))
        taken = starting.ensure(ROOT, with_valkey=False)
        try:
            yield Cluster(taken)
        finally:
            taken.stop()
            reset.reset(ROOT)


def fill(made: Cluster, admin_url: str) -> None:
    """Put the suite's template into an empty cluster: faster than to migrate anew."""
    programs = made.servers.postgres.programs
    name = databases.clone(admin_url, "source")
    try:
        source = database_roles.as_database(admin_url, name)
        dump = subprocess.run([programs / "pg_dump", "--format=custom", source], capture_output=True, check=True).stdout
    finally:
        databases.discard(admin_url, name)
    load = [programs / "pg_restore", "--exit-on-error", "--dbname", made.superuser_url]
    subprocess.run(load, input=dump, capture_output=True, check=True)


@dataclass(slots=True)
class Replica:
    """A streaming replica of a cluster."""

    postgres: Postgres
    primary: Cluster

    @property
    def superuser_url(self) -> str:
        return self.primary.superuser_url.replace(f":{self.primary.servers.postgres.port}/", f":{self.postgres.port}/")

    def place(self) -> dict:
        """Where Django's connection to it leads."""
        return self.primary.places()[0] | {"PORT": str(self.postgres.port)}


@contextlib.contextmanager
def replica_of(primary: Cluster) -> Iterator[Replica]:
    """A copy of the cluster's files that goes on to replay what the cluster writes."""
    source = primary.servers.postgres
    where = dataclasses.replace(source.where, data=source.where.data / "replica")
    where.data.mkdir(mode=0o700)
    where.account.own(where.data)
    copy = Postgres(where, source.programs, source.password)
    address = database_roles.as_database(primary.superuser_url, "postgres")
    made = where.account.run(
        source.programs / "pg_basebackup",
        *("--dbname", address, "--pgdata", copy.data, "--write-recovery-conf", "--checkpoint=fast"),
        *("--wal-method=stream", "--no-sync"),
    )
    assert made.returncode == 0, made.stdout
    try:
        copy.start()
        yield Replica(copy, primary)
    finally:
        copy.stop()
