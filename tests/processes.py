"""The product's web server for tests that kill it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from config.children import end_group
from config.embedded import processes

ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class WebServer:
    """gunicorn with real worker processes, on a free port; `database_url` is the application's login.

    `within` are the words before the command, such as those that put it into another network.
    """

    database_url: str
    workers: int = 2
    application: str = "config.wsgi"
    environment: dict[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"
    within: tuple[str, ...] = ()
    process: subprocess.Popen | None = None
    port: int = field(default_factory=lambda: processes.free_port(None))

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> "WebServer":
        """Start it and wait until it answers."""
        variables = {"DATABASE_URL": self.database_url, "DATABASE_POOL": "8", "PORT": str(self.port)}
        variables |= {"CRANE_ENV": "local", "LOG_LEVEL": "ERROR", "HOST": self.host}
        command = [*self.within, sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
        self.process = subprocess.Popen(
            [*command, "--workers", str(self.workers), self.application],
            env=os.environ | variables | self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError("The web server does not start; see its log above.")
            time.sleep(0.1)
        return self

    def answers(self) -> bool:
        """Whether anything comes back from it."""
        try:
            urllib.request.urlopen(f"{self.base_url}/health", timeout=20).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def worker_pids(self) -> list[int]:
        """The processes that answer requests."""
        shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [line.split() for line in shown.splitlines()]
        ours = [int(pid) for pid, parent in pairs if int(parent) == self.process.pid]
        return [pid for pid in ours if processes.command_line(pid)]  # not those dead and not yet noticed

    def kill_a_worker(self) -> int:
        """kill -9 of one worker process; gunicorn starts another. Returns its process id."""
        pid = self.worker_pids()[0]
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self) -> None:
        """End it and everything it started."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
            end_group(self.process.pid)
            self.process.wait()


@dataclass(slots=True)
class Worker:
    """A Celery worker as the product runs it, of two processes; `within` as above.

    With a file for its schedule it is the beat as well.
    """

    environment: dict[str, str]
    within: tuple[str, ...] = ()
    schedule: Path | None = None
    process: subprocess.Popen | None = None

    def start(self) -> "Worker":
        """Start it; it looks for work when it is ready."""
        beat = [] if self.schedule is None else ["--beat", "--schedule", str(self.schedule)]
        command = [*self.within, sys.executable, "-m", "celery", "--quiet", "--app", "config.celery", "worker"]
        self.process = subprocess.Popen(
            [*command, *beat, "--loglevel", "ERROR", "--concurrency", "2", "--without-gossip", "--without-mingle"],
            env=os.environ | {"CRANE_ENV": "local", "DATABASE_POOL": "0", "LOG_LEVEL": "ERROR"} | self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def stop(self, seconds: float = 30) -> None:
        """Tell it to end, once, and wait; what is left then is killed."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            finally:
                end_group(self.process.pid)
                self.process.wait()
