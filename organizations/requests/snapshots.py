"""One snapshot for a whole answer, however many statements it takes to read it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import connection


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Let the database transaction that begins next read under REPEATABLE READ.

    Where it writes what another transaction has changed meanwhile, PostgreSQL refuses, and it is to be tried again.

    Costs no round trip: PostgreSQL hears of it with the BEGIN. Within a transaction that has
    begun already this does nothing.
    """
    connection.ensure_connection()
    raw = connection.connection
    if connection.in_atomic_block:
        yield
        return
    before = raw.isolation_level
    with suppress(psycopg.Error):  # the connection may be gone: the first statement will say so
        raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            raw.isolation_level = before
