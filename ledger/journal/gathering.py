"""Postings that wait for the same books are written together.

While one call to PostgreSQL is under way, further postings with the same key into the
same books gather; whoever is first among them takes all to the next call. A posting that
comes alone goes alone and at once; where several came lately, a call waits for as many
again, but no longer than the last call took: whoever works more slowly gathers for longer.
The call is one statement and one transaction (migrations/sql/0045_rows_apart.sql): all
of a gathering are in the books, or none.
"""

import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from organizations.requests import credits, limits, spool
from organizations.wire.database_rules import UNREACHABLE

log = structlog.get_logger(__name__)

OPERATION = "transactions_create"  # as it is counted
MOST = 32  # in one call
PATIENCE = 0.02  # seconds that a call waits at most for those who were here lately

AT_ONCE = "select ledger_post_at_once(%s, %b, %s, %s, %s, %s, %b::text[])"
EPOCH = datetime(2300, 1, 1, tzinfo=UTC)  # after every instant and date that books can hold
CENTURIES = 6000 * 365 * 24 * 3600 * 10**6  # in microseconds


REFUSED = ("LG", "23", "40", "55")  # by a rule or a constraint, or in the way of another: Django says it in words


class Declined(Exception):
    """Not for the express lane. Nothing was written."""


class Lost(Exception):
    """The connection broke while the posting was being committed: it may or may not be in the books.

    Django must not do it again; the client learns that it has to ask, best with its Idempotency-Key.
    """


def provisional_ids() -> int:
    """The first of a thousand ids that nobody can guess, each of 19 digits; the database gives the real ones."""
    return 10**18 + secrets.randbelow(8 * 10**15) * 1000


def provisional_instant() -> datetime:
    """An instant that nobody can guess; the database gives the real one. It is odd, so that its fraction is written."""
    return EPOCH + timedelta(microseconds=secrets.randbelow(CENTURIES) | 1)


@dataclass(slots=True)
class Posting:
    """One posting on its way: the texts that the database function reads of it, and what came of it."""

    texts: tuple[str | None, ...]
    answer: str | None = None
    allowance: limits.Allowance | None = None
    problem: Exception | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class Desk:
    """Where the postings of one key into one organization's books gather.

    ``opening`` is what the database function needs to open the books; ``counted`` names the key whose minute it is.
    """

    organization_id: int
    opening: tuple
    counted: dict
    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: deque[Posting] = field(default_factory=deque)
    crowd: int = 0  # so many were here lately, at work and waiting
    lasted: float = 0.0  # so many seconds the last call took
    lingering: Posting | None = None
    busy: bool = False

    def post(self, posting: Posting) -> None:
        """Write it, alone or with others; it has its answer then. Raises Declined or Lost."""
        posting.turn.acquire()
        with self.lock:
            self.waiting.append(posting)
            first = not self.busy
            self.busy = True
            if self.lingering is not None and len(self.waiting) >= self.crowd:
                self.lingering.turn.release()
                self.lingering = None
        if not first:
            posting.turn.acquire()  # until somebody has done it, or it is our turn to go
        if posting.answer is None and posting.problem is None:
            self._go(posting)
        if posting.problem is not None:
            raise posting.problem

    def _go(self, own: Posting) -> None:
        self._linger(own)
        with self.lock:
            together = [self.waiting.popleft() for _ in range(min(MOST, len(self.waiting)))]
        began = time.monotonic()
        try:
            self._write(self._counted(together))
        except (Declined, Lost) as problem:
            for posting in together:
                posting.problem = problem
        finally:
            with self.lock:
                self.lasted = time.monotonic() - began
                heir = self.waiting[0] if self.waiting else None
                self.busy = heir is not None
                self.crowd = len(together) + len(self.waiting)
            for posting in together:
                if posting.answer is None and posting.problem is None:
                    posting.problem = Lost()
                if posting is not own:
                    posting.turn.release()
            if heir is not None:
                heir.turn.release()

    def _linger(self, own: Posting) -> None:
        """Wait for as many as were here lately, but hardly: each call that is spared is worth more than it takes."""
        with self.lock:
            if len(self.waiting) >= min(self.crowd, MOST):
                return
            self.lingering = own
        called = own.turn.acquire(timeout=min(self.lasted, PATIENCE))
        with self.lock:
            if not called and self.lingering is None:  # called in the very moment in which patience ended
                own.turn.acquire()
            self.lingering = None

    def _counted(self, together: list[Posting]) -> list[Posting]:
        """Those that are within the key's allowance, and paid for; the others are declined."""
        try:
            charge = credits.charge_for(self.organization_id, OPERATION)
        except DatabaseError as problem:
            raise Declined() from problem
        allowances = limits.count_together(len(together), **self.counted, charge=charge)
        for posting, allowance in zip(together, allowances, strict=True):
            posting.allowance = allowance
            if allowance.exceeded or allowance.unpaid:
                posting.problem = Declined()
        return [posting for posting in together if posting.problem is None]

    def _write(self, together: list[Posting]) -> None:
        """One statement that writes all. Raises Declined or Lost."""
        if not together:
            return
        texts = [text for posting in together for text in posting.texts]
        sent = False
        try:
            connection.ensure_connection()
            raw = connection.connection
            if not settings.PGBOUNCER:
                raw.prepare_threshold = 0  # the session keeps this statement from its first use on
            with psycopg.Cursor(raw) as cursor:
                sent = True
                cursor.execute(AT_ONCE, [*self.opening, texts])
                (answers,) = cursor.fetchone()
        except Exception as problem:
            state = problem.sqlstate if isinstance(problem, psycopg.Error) else None
            if sent and (state is None or state.startswith(UNREACHABLE)):
                raise Lost() from problem
            if state is None or not state.startswith(REFUSED):
                log.warning("express lane failed", exc_info=problem)  # a fault of ours must not go unnoticed
            raise Declined() from problem
        finally:
            connection.close()
        if answers is None:
            raise Declined()
        for posting, answer in zip(together, answers, strict=True):
            posting.answer = answer
        spool.note(self.organization_id, self.counted["key_id"], OPERATION, refused=False, times=len(together))
