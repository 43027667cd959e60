"""Sealers among writers: whatever is posted is sealed exactly once, however late it commits."""

import random
import threading
import time
from functools import partial

import pytest

from ledger.journal.models import Transaction
from ledger.proof.leaves import EVENT, TRANSACTION, unpacked
from ledger.proof.models import Checkpoint
from ledger.proof.sealing import seal
from ledger.proof.verifying import verify
from organizations import scoping
from organizations.events.models import Event
from tests.concurrency.books import ACTOR, FIRST_DAY, Books, assert_true_books, open_books
from tests.concurrency.together import failures, together
from tests.ledger.proof.books import wait_until_settled

pytestmark = pytest.mark.slow


#: The sealing waits for whatever else is open in this cluster, so the writers wait for the race to take place.
LONGEST_SECONDS, ENOUGH = 60, 3


def post_slowly(books: Books, least: int, seed: int, made: list[int]) -> int:
    """Postings that stay open for a while after they were written, so that commits come in another order."""
    chance, count, end = random.Random(seed), 0, time.monotonic() + LONGEST_SECONDS
    while count < least or (len(made) <= ENOUGH and time.monotonic() < end):
        count += 1
        with scoping.acting_in(books.id):
            books.post("1001", "4001", f"{chance.randrange(1, 999)}.00", FIRST_DAY)
            time.sleep(chance.random() * 0.02)
    return count


def seal_until(books: Books, stop: threading.Event, made: list[int]) -> None:
    while not stop.is_set():
        with scoping.acting_in(books.id):
            found = seal(actor=ACTOR, organization_id=books.id, most=7)
        if found is not None:
            made.append(1)


def sealed(books: Books) -> list[tuple[int, int]]:
    with scoping.acting_in(books.id):
        rows = Checkpoint.objects.of(books.id).order_by("seq")
        return [(leaf.kind, leaf.number) for each in rows for leaf in unpacked(each.leaves)]


def test_no_posting_is_missed_and_none_sealed_twice(committed_db):
    books, stop = open_books(), threading.Event()
    left, made = [8], []

    def write(seed: int) -> int:
        try:
            return post_slowly(books, 25, seed, made)
        finally:
            left[0] -= 1
            if not left[0]:
                stop.set()

    sealers = [partial(seal_until, books, stop, made) for _ in range(3)]
    outcomes = together([*(partial(write, seed) for seed in range(8)), *sealers], threads=11)
    assert failures(outcomes) == []
    assert len(made) > ENOUGH, "Nobody sealed while others wrote: the race did not take place."
    wait_until_settled()
    while True:
        with scoping.acting_in(books.id):
            if seal(actor=ACTOR, organization_id=books.id) is None:
                break

    found = sealed(books)
    assert len(found) == len(set(found)), "A record was sealed twice."
    with scoping.acting_in(books.id):
        posted = set(Transaction.objects.of(books.id).filter(status="posted").values_list("pk", flat=True))
        others = Event.objects.of(books.id).exclude(event_type="checkpoint.sealed").values_list("pk", flat=True)
        assert {number for kind, number in found if kind == TRANSACTION} == posted and len(posted) == sum(
            outcomes[:8]
        ) >= 200
        assert set(others) <= {number for kind, number in found if kind == EVENT}
        assert verify(books.id).is_intact
    assert_true_books(books.id)
