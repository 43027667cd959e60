"""Child processes of `make run`: started, listened to, ended; and the log files of servers that run on their own."""

import collections
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from config.embedded import processes

TETHER = Path(__file__).parent / "embedded" / "tethered.py"
_COLOURS = {"web": 36, "worker": 33, "beat": 35, "postgres": 34, "valkey": 31, "setup": 32}


class Console:
    """Prints lines of many sources, each whole and with its source in front."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def line(self, source: str, text: str) -> None:
        """One line of a source."""
        mark = f"[{source}]".ljust(10)
        if self._colour:
            mark = f"\033[{_COLOURS.get(source, 32)}m{mark}\033[0m"
        self.say(f"{mark} {text}")

    def say(self, text: str) -> None:
        """Text of our own. A reader that went away (`make run | head`) is no reason to stop."""
        with self._lock:
            try:
                print(text, flush=True)
            except BrokenPipeError:
                sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (for the rest of the run)


class Child:
    """A process in a group of its own, so that Ctrl-C reaches only us and we end the children in order."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], console: Console) -> None:
        self.name = name
        self.last_lines: collections.deque[str] = collections.deque(maxlen=15)
        self._console = console
        self.process = subprocess.Popen(
            [sys.executable, str(TETHER), str(os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            text = line.rstrip()
            self.last_lines.append(text)
            self._console.line(self.name, text)

    @property
    def pid(self) -> int:
        return self.process.pid

    def exit_reason(self) -> str | None:
        """None while it runs; else how it ended, in words."""
        code = self.process.poll()
        if code is None:
            return None
        self._reader.join(timeout=2)
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def ask_to_end(self) -> None:
        """Send SIGTERM, once: to Celery, a second one means to drop its work."""
        if self.process.poll() is None:
            self.process.terminate()

    def wait_for_end(self, seconds: float = 25) -> None:
        """Wait, and then end whatever is left of its group."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._console.line(self.name, f"does not end within {seconds:.0f} s; killing it")
        end_group(self.pid)
        self.process.wait()
        self._reader.join(timeout=2)


def end_group(leader: int) -> None:
    """Kill every process left in a group. Does nothing when the group is empty."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def end_left_over(noted: dict[str, int], known_by: str) -> list[str]:
    """End the children of a killed run, known by process id and a part of their command lines. Returns their names."""
    alive = [(name, pid) for name, pid in noted.items() if processes.is_ours(pid, known_by)]
    for _, pid in alive:
        processes.end(pid, known_by)
        end_group(pid)
    return [name for name, _ in alive]


class LogTail(threading.Thread):
    """Prints what a server appends to its log file from now on."""

    def __init__(self, name: str, path: Path, console: Console) -> None:
        super().__init__(daemon=True)
        self._name, self._path, self._console = name, path, console

    def run(self) -> None:
        with self._path.open(errors="replace") as file:
            file.seek(0, os.SEEK_END)
            while True:
                line = file.readline()
                if line.endswith("\n"):
                    self._console.line(self._name, line.rstrip())
                else:
                    file.seek(file.tell() - len(line.encode()))
                    time.sleep(0.3)
