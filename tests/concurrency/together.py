"""Doing many things at once, each thread on a database connection of its own."""

import queue
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections


def together(jobs: Iterable[Callable[[], Any]], *, threads: int) -> list[Any]:
    """Run the jobs on so many threads, which all start at the same moment.

    Gives what each job returned or raised, in the order of the jobs.
    """
    jobs = list(jobs)
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    for numbered in enumerate(jobs):
        waiting.put(numbered)
    outcomes: list[Any] = [None] * len(jobs)
    threads = min(threads, len(jobs))
    start = threading.Barrier(threads)

    def work() -> None:
        connections["default"].ensure_connection()
        start.wait(30)
        try:
            while True:
                place, job = waiting.get_nowait()
                try:
                    outcomes[place] = job()
                except Exception as problem:  # noqa: BLE001 (an outcome, which the test looks at)
                    outcomes[place] = problem
        except queue.Empty:
            return
        finally:
            connections.close_all()

    team = [threading.Thread(target=work) for _ in range(threads)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    return outcomes


def failures(outcomes: Iterable[Any]) -> list[BaseException]:
    """The outcomes that were raised."""
    return [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
