"""How much heavy work an organization may have done at a time, so that its reports never starve another's postings.

A slot is an advisory lock of the request's own database transaction: counted over all machines, and let go when the
transaction ends, however it ends. Who finds all slots taken waits a little. Within a process one report is made at a
time, since Python runs one thread at a time. Only some of the threads wait for it, one organization's never all of
these, and the others always serve the rest.
"""

import threading
import time
from collections import Counter
from functools import cache

from django.conf import settings
from django.db import connection

from organizations.requests.errors import TooManyAtOnce

#: Heavy work may take longer than the rest; a slot, or null where all are taken.
TAKE = """
    select set_config('statement_timeout', %s, true),
           (select number from generate_series(1, %s) number
             where pg_try_advisory_xact_lock(hashtextextended('crane slot ' || number, %s)) limit 1)
"""
PAUSE = 0.05  # seconds between two looks


class Gate:
    """Who does heavy work in a process, and who waits for it."""

    def __init__(self, *, at_once: int, places: int):
        self.turn = threading.BoundedSemaphore(at_once)
        self.places = places
        self.inside: Counter[int] = Counter()
        self.lock = threading.Lock()

    def enter(self, organization_id: int) -> None:
        """Wait for one's turn; ``leave`` follows. Raises TooManyAtOnce."""
        with self.lock:
            if self.inside.total() >= self.places or self.inside[organization_id] >= max(1, self.places - 1):
                raise TooManyAtOnce(retry_after=1)
            self.inside[organization_id] += 1
        if not self.turn.acquire(timeout=settings.HEAVY_PATIENCE):
            self._go(organization_id)
            raise TooManyAtOnce(retry_after=1)

    def leave(self, organization_id: int) -> None:
        """Heavy work is done."""
        self.turn.release()
        self._go(organization_id)

    def _go(self, organization_id: int) -> None:
        with self.lock:
            self.inside[organization_id] -= 1
            self.inside += Counter()  # forgets who is not inside


@cache
def gate() -> Gate:
    """This process's."""
    return Gate(at_once=settings.HEAVY_THREADS, places=settings.HEAVY_PLACES)


def take(organization_id: int) -> None:
    """A slot of the organization until the transaction ends, with the time that heavy work may take.

    Raises TooManyAtOnce.
    """
    patience = time.perf_counter() + settings.HEAVY_PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute(TAKE, [f"{settings.HEAVY_SECONDS}s", settings.HEAVY_AT_ONCE, organization_id])
            if cursor.fetchone()[1] is not None:
                return
            if time.perf_counter() >= patience:
                raise TooManyAtOnce(retry_after=1)
            time.sleep(PAUSE)
