"""A PostgreSQL cluster of our own: made by `initdb`, started and stopped by `pg_ctl`, on the loopback address only.

Byte order for text everywhere (the builtin C.UTF-8 locale): an operating system's update cannot reorder an index. Data
checksums, passwords by scram, and the durable defaults (fsync, full_page_writes, synchronous_commit) stay as they are.
"""

import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import processes
from config.embedded.places import MEMORY, Place, ServerProblem

SUPERUSER = "crane_superuser"

CONFIGURATION = """\
# Written at every start; changes here are lost.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 300
shared_buffers = '256MB'
max_wal_size = '{wal}'
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = ''
log_min_messages = 'log'
log_checkpoints = off
"""


@dataclass(slots=True)
class Postgres:
    """One cluster under a place's data folder."""

    where: Place
    programs: Path
    password: str
    port: int | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        return self.where.data / "postgres"

    @property
    def log(self) -> Path:
        return self.where.data / "postgres.log"

    def pid(self) -> int | None:
        """The postmaster's process id, if it runs on our data."""
        pid = processes.pid_in(self.data / "postmaster.pid")
        return pid if processes.is_ours(pid, str(self.data)) else None

    def start(self) -> int:
        """Make the cluster if there is none, start it if it does not run, and return its port.

        Raises ServerProblem with the end of the server's log.
        """
        if not (self.data / "PG_VERSION").is_file():
            self._make()
        self._check_version()
        for _ in range(6):
            if self.pid() is not None:
                return self._running_port()
            if self._try_start():
                return self.port
            time.sleep(0.5)
        raise ServerProblem(f"PostgreSQL does not start. The end of {self.log}:\n{processes.last_lines(self.log)}")

    def stop(self) -> None:
        """End all sessions, write everything down, stop. Does nothing when it does not run."""
        pid = self.pid()
        if pid is None:
            return
        ended = self._pg_ctl("stop", "-m", "fast", "-w", "-t", "30")
        if ended.returncode != 0 and self.pid() is not None:
            self._pg_ctl("stop", "-m", "immediate", "-w", "-t", "10")
            processes.end(pid, str(self.data))

    def _pg_ctl(self, action: str, *options: str):
        return self.where.account.run(self.programs / "pg_ctl", action, "-D", self.data, *options, cwd=self.where.data)

    def _try_start(self) -> bool:
        """One try. It may fail for a moment: a port just taken, a killed server's last process still attached."""
        # A killed server leaves its pid file. PostgreSQL would refuse if that number now belonged to another process of
        # the same user, so the file goes; we know that no postmaster runs on this folder.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        configuration = self.data / "crane.conf"
        self.port = processes.free_port(processes.number_after("port = ", configuration))
        wal = "512MB" if self.data.is_relative_to(MEMORY) else "2GB"
        configuration.write_text(CONFIGURATION.format(port=self.port, wal=wal))
        self.where.account.own(configuration)
        if not self.log.exists():
            self.log.touch(0o600)
            self.where.account.own(self.log)
        return self._pg_ctl("start", "-w", "-t", "120", "-l", str(self.log)).returncode == 0

    def _running_port(self) -> int:
        """The port that the running server wrote into its pid file, once it says that it is ready."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.pid() is not None:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            if len(lines) >= 8 and lines[7].strip() == "ready":
                self.port = int(lines[3])
                return self.port
            time.sleep(0.05)
        raise ServerProblem(f"PostgreSQL is not ready. The end of {self.log}:\n{processes.last_lines(self.log)}")

    def _check_version(self) -> None:
        """Data of another major version cannot be opened."""
        kept = (self.data / "PG_VERSION").read_text().strip()
        shown = self.where.account.run(self.programs / "postgres", "--version").stdout
        ours = shown.split()[-1].split(".")[0]
        if kept != ours:
            raise ServerProblem(
                f"The data in {self.data} is of PostgreSQL {kept}; the programs are of {ours}. "
                f"Move it with pg_dump of {kept}, or begin anew with `make reset`."
            )

    def _make(self) -> None:
        """Make the cluster under another name and rename it, so that a crash leaves nothing half-made in its place."""
        account, new = self.where.account, self.data.with_name("postgres.new")
        if new.exists():
            shutil.rmtree(new)
        new.mkdir(mode=0o700)
        account.own(new)
        secret = self.where.data / "initial-password"
        secret.touch(0o600)
        secret.write_text(self.password + "\n")
        account.own(secret)
        try:
            made = account.run(
                self.programs / "initdb",
                *("--pgdata", new, "--username", SUPERUSER, "--pwfile", secret, "--auth", "scram-sha-256"),
                *("--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *("--locale", "C", "--data-checksums", "--no-instructions"),
            )
        finally:
            secret.unlink()
        if made.returncode != 0:
            raise ServerProblem(f"initdb failed:\n{made.stdout}")
        with (new / "postgresql.conf").open("a") as main:
            main.write("\ninclude 'crane.conf'\n")
        os.rename(new, self.data)
