"""Telling our own processes from strangers, and ending them.

A process id in a file may by now belong to another program. A process is taken for ours only if its command line holds
the text that we know it by: a data folder, a configuration file.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path


def command_line(pid: int) -> str | None:
    """The command line of a living process; None when there is no such process, or only its corpse."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace") or None
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return None
    except (ProcessLookupError, PermissionError):
        return None
    shown = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None


def is_ours(pid: int | None, known_by: str) -> bool:
    """Whether the process lives and its command line holds the given text."""
    return bool(pid) and known_by in (command_line(pid) or "")


def wait_gone(pid: int, known_by: str, seconds: float) -> bool:
    """Wait until the process is gone; False when it is still there after the time."""
    deadline = time.monotonic() + seconds
    while is_ours(pid, known_by):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end(pid: int, known_by: str, seconds: float = 10) -> None:
    """Ask a process of ours to end, then make it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not is_ours(pid, known_by):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_gone(pid, known_by, seconds):
            return


def pid_in(path: Path) -> int | None:
    """The process id on the first line of a file."""
    try:
        first = path.read_text().split("\n", 1)[0].strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return int(first) if first.isascii() and first.isdigit() else None


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(remembered: int | None) -> int:
    """The remembered port if it is still free, else one that the system gives."""
    if remembered and is_free(remembered):
        return remembered
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def number_after(words: str, path: Path) -> int | None:
    """The number that follows the given words at the start of a line of a configuration file."""
    try:
        lines = path.read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    found = [line.removeprefix(words) for line in lines if line.startswith(words)]
    return int(found[0]) if found and found[0].isdigit() else None


def last_lines(path: Path, count: int = 20) -> str:
    """The end of a log, for a message."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return "(no log)"
