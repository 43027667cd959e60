"""Processes that are killed at random and started again, while a clock of our own runs through years."""

import datetime
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.children import end_group

ROOT = Path(__file__).resolve().parent.parent.parent
PAUSES = (0.3, 1.6)  # seconds between two kills


class TestClock:
    """The time of the processes: an instant in a file, replaced whole, so that nobody reads half of it."""

    __test__ = False

    def __init__(self, folder: Path, start: datetime.datetime):
        self.file = folder / "now"
        self.set(start)

    def set(self, moment: datetime.datetime) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(moment.isoformat())
        new.replace(self.file)


@dataclass(slots=True)
class Storm:
    """Workers and beats on given servers; ``strikes`` kill other things, which come back by themselves."""

    environment: dict[str, str]
    clock: TestClock
    workers: int = 3
    beats: int = 2
    strikes: dict[str, Callable[[], None]] = field(default_factory=dict)
    killed: list[str] = field(default_factory=list)
    _running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def begin(self) -> None:
        """Start everybody."""
        names = [f"worker {number}" for number in range(self.workers)] + [f"beat {n}" for n in range(self.beats)]
        for name in names:
            self._start(name)

    def rage(self, start: datetime.datetime, end: datetime.datetime, seconds: float, chance: random.Random) -> None:
        """Let the time run from one instant to the other within so many seconds, and kill somebody now and then."""
        began = time.monotonic()
        next_kill = began + 2
        while (passed := time.monotonic() - began) < seconds:
            self.clock.set(start + (end - start) * (passed / seconds))
            if time.monotonic() > next_kill:
                self._strike(chance)
                next_kill = time.monotonic() + chance.uniform(*PAUSES)
            self._revive()
            time.sleep(0.05)
        self.clock.set(end)

    def wait_for(self, done: Callable[[], bool], seconds: float = 90) -> bool:
        """Keep everybody alive until it is done; whether it was."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._revive()
            if done():
                return True
            time.sleep(0.3)
        return False

    def end(self) -> None:
        """Kill everybody for good."""
        for process in self._running.values():
            self._kill(process)

    def _strike(self, chance: random.Random) -> None:
        name = chance.choice([*self._running, *self.strikes])
        self.killed.append(name)
        if name in self.strikes:
            self.strikes[name]()
        else:
            self._kill(self._running[name])

    def _revive(self) -> None:
        for name, process in self._running.items():
            if process.poll() is not None:
                self._start(name)

    def _start(self, name: str) -> None:
        command = [sys.executable, "-m", "tests.chaos.process", name.split()[0], str(self.clock.file)]
        log = self.clock.file.with_name(f"{name}.log").open("ab")
        self._running[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"CRANE_ENV": "local", "DATABASE_POOL": "0", "LOG_LEVEL": "ERROR"} | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    @staticmethod
    def _kill(process: subprocess.Popen) -> None:
        """kill -9 of a process and all that it started."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        end_group(process.pid)
        process.wait()
