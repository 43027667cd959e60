"""Long writes go part by part: PostgreSQL writes one part while the next is being put into words.

Both cost about the same, so together they take half the time; and only two parts are in
memory at once, however many there are.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import psycopg
from django.db import DatabaseError, connection

from organizations.rows import Statement

FEW = 100  # transactions, documents: so many are not worth a thread
PART = 500  # transactions, documents: how many at most are written by one statement, and begin a long write


def parts(items: Sequence, first: int = PART) -> Iterator[Sequence]:
    """A long write in parts: the first is short, so that PostgreSQL begins early, and each is longer than the last.

    It writes more slowly than we put into words, and every part changes the total of each account and day anew: in
    eight parts ten thousand postings take half a second less than in twenty.
    """
    place, size = 0, first
    while place < len(items):
        yield items[place : place + size]
        place, size = place + size, size + size // 4


class Courier:
    """Takes statements to the database, one after the other, on this thread's connection.

    It works on a thread of its own and the connection lets one statement through at a time,
    so whoever asks something meanwhile waits for it. All is done when the block ends. What
    the database refuses is raised by the next ``send`` or by the end of the block.
    """

    def __init__(self):
        self.messenger = ThreadPoolExecutor(max_workers=1, thread_name_prefix="courier")
        self.under_way: Future | None = None

    def __enter__(self) -> "Courier":
        connection.ensure_connection()
        self.raw, self.wrap_errors = connection.connection, connection.wrap_database_errors
        return self

    def send(self, statements: Sequence[Statement]) -> None:
        """Send statements on their way, after those before them have arrived."""
        self._settle()
        self.under_way = self.messenger.submit(self._deliver, statements)

    def _deliver(self, statements: Sequence[Statement]) -> None:
        with self.wrap_errors, psycopg.Cursor(self.raw) as cursor:  # long values travel beside the statement
            for sql, values in statements:
                cursor.execute(sql, values)

    def _settle(self) -> None:
        under_way, self.under_way = self.under_way, None
        if under_way is not None:
            under_way.result()

    def __exit__(self, kind: type | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if problem is None or isinstance(problem, DatabaseError):  # then what failed under way is why
                self._settle()
        finally:
            self.messenger.shutdown()


class AtOnce:
    """Takes statements to the database while one waits; those that are sent together in one round trip."""

    def __enter__(self) -> "AtOnce":
        return self

    def send(self, statements: Sequence[Statement]) -> None:
        """Send statements, and see them done."""
        if statements:
            with connection.cursor() as cursor:
                cursor.execute(
                    ";\n".join(sql for sql, _ in statements), [value for _, values in statements for value in values]
                )

    def __exit__(self, kind: type | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is under way."""


def sender(count: int) -> Courier | AtOnce:
    """Who takes so many things to the database."""
    return Courier() if count > FEW else AtOnce()
