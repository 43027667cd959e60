"""`make run`: the whole product as one foreground process tree.

Starts PostgreSQL and Valkey (unless the environment names servers), brings the schema up to date, then starts the web
server, the Celery worker and beat, and prints where to go. Ctrl-C or SIGTERM stops all of it, the servers last. When
one part dies, its last lines are shown, the rest is stopped, and the exit code is 1. Data stays for the next run.
"""

import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config import env, servers
from config.children import Child, Console, LogTail, end_left_over
from config.embedded import processes, record
from config.embedded.places import ServerProblem

ROOT = Path(__file__).resolve().parent.parent


class Stopped(BaseException):
    """Someone asked us to stop, by Ctrl-C or a signal."""


class Failed(Exception):
    """The run cannot start or go on; the message says why."""


class Run:
    """One run of the product, from the first server to the last."""

    def __init__(self) -> None:
        self.console = Console()
        self.local = record.local_dir(ROOT)
        self.children: list[Child] = []
        self.servers: servers.Servers | None = None
        self.make = os.getppid() if "MAKELEVEL" in os.environ else None

    def start(self) -> None:
        """Everything up to the moment when it serves. Raises Failed or ServerProblem."""
        left = end_left_over(record.read(self.local / "children.json"), str(sys.executable))
        if left:
            self.console.line("setup", f"ended what a killed run had left: {', '.join(left)}")
        host, port = env.text("HOST", default="127.0.0.1"), self._port()
        self.base_url = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"  # noqa: S104
        self.servers = servers.take(ROOT, "run")
        self._show_logs()
        self.environment = (
            os.environ
            | self.servers.environment()
            | {
                "CRANE_ENV": env.text("CRANE_ENV", default="local"),
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONUNBUFFERED": "1",
                "HOST": host,
                "PORT": str(port),
                "BASE_URL": self.base_url,
            }
        )
        record.write(self.local / "addresses.json", self._addresses())
        self._prepare()
        python = sys.executable
        self._child("web", python, "-m", "gunicorn", "--config", "python:config.gunicorn")
        celery = (python, "-m", "celery", "--quiet", "--app", "config.celery")
        alone = ("--without-gossip", "--without-mingle")
        self._child("worker", *celery, "worker", "--loglevel", "INFO", "--concurrency", "2", *alone)
        schedule = str(self.local / "beat-schedule")
        self._child("beat", *celery, "beat", "--loglevel", "INFO", "--schedule", schedule, "--pidfile", "")
        self._wait_until_serving(host, port)

    def watch(self) -> None:
        """Return never: raises Stopped when asked to stop, Failed when a part died."""
        while True:
            self._look_for_deaths()
            if self.make is not None and os.getppid() != self.make:
                raise Stopped("make is gone")
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop the children, those that take in work first, then the servers."""
        for child in self.children:
            child.ask_to_end()
        for child in self.children:
            child.wait_for_end()
        (self.local / "children.json").unlink(missing_ok=True)
        if self.servers is not None and not self.servers.stop() and self.servers.embedded.folder.is_dir():
            self.console.say("PostgreSQL and Valkey stay up: another command of this checkout uses them.")

    def _port(self) -> int:
        """PORT, or the first free one from 8000 on."""
        wanted = env.integer("PORT", default=0, most=65535)
        if wanted:
            if not processes.is_free(wanted):
                raise Failed(f"Port {wanted} is taken. Choose another: PORT=8001 make run")
            return wanted
        free = next((port for port in range(8000, 8100) if processes.is_free(port)), None)
        if free is None:
            raise Failed("No port from 8000 to 8099 is free. Choose one: PORT=9000 make run")
        return free

    def _show_logs(self) -> None:
        embedded = self.servers.embedded
        for name, server in (("postgres", embedded.postgres), ("valkey", embedded.valkey)):
            if server is not None:
                LogTail(name, server.log, self.console).start()
                self.console.line(name, f"ready on 127.0.0.1:{server.port}, data in {server.data}")

    def _addresses(self) -> dict[str, str]:
        taken = self.servers
        return {
            "database_url": taken.database_url,
            "owner_url": taken.owner_url,
            "redis_url": taken.redis_url,
            "base_url": self.base_url,
        }

    def _child(self, name: str, *command: str) -> Child:
        child = Child(name, list(command), self.environment, self.console)
        self.children.append(child)
        record.write(self.local / "children.json", {child.name: child.pid for child in self.children})
        return child

    def _prepare(self) -> None:
        """Run the set-up to its end."""
        setup = self._child("setup", sys.executable, "-m", "config.prepare")
        while (reason := setup.exit_reason()) is None:
            self._look_for_deaths(except_for=setup)
            time.sleep(0.05)
        self.children.remove(setup)
        if setup.process.returncode != 0:
            raise Failed(f"The set-up {reason}.")

    def _wait_until_serving(self, host: str, port: int) -> None:
        """Until the web server answers anything at all."""
        shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self._look_for_deaths()
            try:
                urllib.request.urlopen(f"http://{shown}:{port}/health", timeout=30).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise Failed("The web server does not answer within 60 seconds.")

    def _look_for_deaths(self, except_for: Child | None = None) -> None:
        """Raise Failed with the last words of the first part that is dead."""
        for child in self.children:
            if child is not except_for and (reason := child.exit_reason()):
                words = "\n".join(f"    {line}" for line in child.last_lines)
                raise Failed(f"[{child.name}] {reason}. Its last lines:\n{words}")
        embedded = self.servers.embedded
        for name, server in (("PostgreSQL", embedded.postgres), ("Valkey", embedded.valkey)):
            if server is not None and server.pid() is None:
                words = processes.last_lines(server.log, 10).replace("\n", "\n    ")
                raise Failed(f"{name} is gone. The end of {server.log}:\n    {words}")

    def banner(self) -> str:
        """Where to go and how to get in."""
        demo = record.read(self.local / "demo.json")
        rows = [
            ("API", self.base_url, ""),
            ("Reference", f"{self.base_url}/docs", ""),
            ("Back office", f"{self.base_url}/admin/", _login(demo)),
            ("API key", demo.get("api_key"), ""),
        ]
        lines = [f"  {title:<12} {value}  {more}".rstrip() for title, value, more in rows if value]
        line = "─" * 78
        return "\n".join(["", line, "  Crane Ledger is running. Ctrl-C stops it.", "", *lines, line, ""])


def _login(demo: dict) -> str:
    """How to log in to the back office, if the demonstration made a login."""
    if "admin_username" not in demo:
        return ""
    return f"{demo['admin_username']} / {demo.get('admin_password', '')}"


def _on_signal(number: int, frame) -> None:
    """The first signal stops the run; further ones are ignored, for stopping is under way."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


def main() -> int:
    """Run until told to stop. Returns the exit code."""
    run = Run()
    record.make_dir(run.local)
    with (run.local / "running").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = record.read(run.local / "addresses.json").get("base_url", "")
            print(f"Crane Ledger already runs from this checkout. {where}", file=sys.stderr)
            return 1
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _on_signal)
        code = 0
        try:
            run.start()
            run.console.say(run.banner())
            run.watch()
        except Stopped as reason:
            run.console.say(f"\nStopping ({reason}) ...")
        except (Failed, ServerProblem, env.EnvironmentProblem) as problem:
            run.console.say(f"\nCrane Ledger stops: {problem}\n")
            code = 1
        finally:
            run.stop()
        run.console.say("Stopped.")
        return code


if __name__ == "__main__":
    sys.exit(main())
