"""A Valkey of our own, the broker and cache: on the loopback address, with a password, all in its append file."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import redis

from config.embedded import processes
from config.embedded.places import Place, ServerProblem

CONFIGURATION = """\
# Written at every start; changes here are lost.
bind 127.0.0.1
port {port}
requirepass {password}
dir "{data}"
appendonly yes
save ""
maxmemory-policy noeviction
daemonize yes
pidfile "{data}/valkey.pid"
logfile "{log}"
loglevel warning
set-proc-title no
always-show-logo no
"""


@dataclass(slots=True)
class Valkey:
    """One server under a place's data folder."""

    where: Place
    program: Path
    password: str
    port: int | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        return self.where.data / "valkey"

    @property
    def log(self) -> Path:
        return self.where.data / "valkey.log"

    @property
    def configuration(self) -> Path:
        return self.data / "valkey.conf"

    def pid(self) -> int | None:
        """The server's process id, if it runs by our configuration."""
        pid = processes.pid_in(self.data / "valkey.pid")
        return pid if processes.is_ours(pid, str(self.configuration)) else None

    def start(self) -> int:
        """Start the server if it does not run, wait until it answers, and return its port."""
        if not self.data.is_dir():
            self.data.mkdir(mode=0o700)
            self.where.account.own(self.data)
        for _ in range(4):
            if self.pid() is None:
                self._try_start()
            self.port = processes.number_after("port ", self.configuration)
            if self._answers():
                return self.port
        raise ServerProblem(f"Valkey does not start. The end of {self.log}:\n{processes.last_lines(self.log)}")

    def stop(self) -> None:
        """End the server; on this signal it writes its file to the end first."""
        pid = self.pid()
        if pid is not None:
            processes.end(pid, str(self.configuration))

    def _try_start(self) -> None:
        (self.data / "valkey.pid").unlink(missing_ok=True)
        port = processes.free_port(processes.number_after("port ", self.configuration))
        values = {"port": port, "password": self.password, "data": self.data, "log": self.log}
        self.configuration.touch(0o600)
        self.configuration.write_text(CONFIGURATION.format(**values))
        self.where.account.own(self.configuration)
        if not self.log.exists():
            self.log.touch(0o600)
            self.where.account.own(self.log)
        self.where.account.run(self.program, self.configuration)

    def _answers(self, seconds: float = 10) -> bool:
        """Whether it answers a ping with our password within the time; it may be reading its file still."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with redis.Redis(host="127.0.0.1", port=self.port, password=self.password, socket_timeout=5) as client:
                    return bool(client.ping())
            except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, redis.exceptions.BusyLoadingError):
                time.sleep(0.05)
                if self.pid() is None and time.monotonic() > deadline - seconds + 1:
                    return False
        return False
