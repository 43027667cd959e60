"""Reconciling from many sides at once: one session starts, one call completes it, and what is completed ties."""

import datetime
import random
import threading
import time
from functools import partial

import pytest

from organizations import scoping
from organizations.tenants.models import Organization
from organizations.wire.refusing import translate
from reconciliation.errors import ReconciliationExists, ReconciliationNotOpen
from reconciliation.sessions.adjusting import NewAdjustment
from reconciliation.sessions.answers import difference_of, sessions_of
from reconciliation.sessions.completing import complete_reconciliation, reopen_reconciliation
from reconciliation.sessions.marking import Wishes, reconcile_entries, unreconcile_entries
from reconciliation.sessions.models import Adjustment, ReconciledEntry, Reconciliation
from reconciliation.sessions.starting import start_reconciliation
from tests.concurrency.books import ACTOR, FIRST_DAY, Books, assert_true_books, open_books
from tests.concurrency.together import failures, together

pytestmark = pytest.mark.slow
LAST_DAY = FIRST_DAY + datetime.timedelta(days=30)
ROUNDS = 8


def start(books: Books, closing: str) -> int:
    """Start to reconcile cash; the session's number."""
    period = {"start_date": FIRST_DAY, "end_date": LAST_DAY}
    with scoping.acting_in(books.id):
        organization = Organization.objects.get(pk=books.id)
        account = {"account_id": books.accounts["1001"], "closing_balance": closing}
        return start_reconciliation(actor=ACTOR, organization=organization, **account, **period).pk


def doing(books: Books, number: int, verb, **wish):
    """A verb on a session, in a database transaction of its own."""
    with scoping.acting_in(books.id):
        return verb(actor=ACTOR, session=Reconciliation.objects.of(books.id).get(pk=number), **wish)


def refusals(outcomes) -> set[type]:
    return {type(translate(each)) for each in failures(outcomes)}


def assert_ties(books: Books) -> None:
    with scoping.acting_in(books.id):
        for session in sessions_of(Organization.objects.get(pk=books.id)).filter(status="completed"):
            assert difference_of(session) == 0


def test_of_many_starts_one_wins(committed_db):
    books = open_books()
    outcomes = together([partial(start, books, "0.00") for _ in range(12)], threads=12)
    assert refusals(outcomes) == {ReconciliationExists}
    assert len(failures(outcomes)) == 11
    with scoping.acting_in(books.id):
        assert Reconciliation.objects.of(books.id).count() == 1


def test_a_session_is_completed_once_and_its_fee_posted_once(committed_db):
    books = open_books()
    number = start(books, "-15.00")
    fee = NewAdjustment(amount="-15.00", account_id=books.accounts["5001"], description="Fee")
    completing = partial(doing, books, number, complete_reconciliation, wishes=Wishes(adjustments=[fee]))
    outcomes = together([completing for _ in range(8)], threads=8)
    assert refusals(outcomes) == {ReconciliationNotOpen}
    assert len(failures(outcomes)) == 7
    with scoping.acting_in(books.id):
        assert Adjustment.objects.of(books.id).count() == 1
    assert_ties(books)
    assert_true_books(books.id)


def test_marks_come_and_go_while_it_is_completed_and_reopened(committed_db):
    books = open_books()
    sale = books.post("1001", "4001", "10.00", FIRST_DAY).transaction.pk
    extra = [books.post("1001", "4001", "1.00", FIRST_DAY).transaction.pk for _ in range(2)]
    number = start(books, "10.00")
    stop = threading.Event()

    def come_and_go(own: int) -> int:
        refused, chance = 0, random.Random(own)
        while not stop.is_set():
            time.sleep(chance.random() / 5)  # or the queue at the lock falls into step, and one mark is always there
            for verb, wish in (
                (reconcile_entries, {"wishes": Wishes(transaction_ids=[own])}),
                (unreconcile_entries, {"transaction_ids": [own]}),
            ):
                try:
                    doing(books, number, verb, **wish)
                except ReconciliationNotOpen:
                    refused += 1
        return refused

    def complete_and_reopen() -> int:
        done = 0
        try:
            for _ in range(400):
                if done == ROUNDS:
                    break
                try:
                    doing(books, number, complete_reconciliation, wishes=Wishes(transaction_ids=[sale]))
                except Exception as problem:  # marks of others are in the way
                    if translate(problem).code != "reconciliation_difference":
                        raise
                    continue
                assert_ties(books)
                done += 1
                doing(books, number, reopen_reconciliation)
        finally:
            stop.set()
        return done

    outcomes = together([*(partial(come_and_go, each) for each in extra), complete_and_reopen], threads=3)
    assert failures(outcomes) == []
    assert outcomes[-1] == ROUNDS
    with scoping.acting_in(books.id):
        numbers = list(ReconciledEntry.objects.of(books.id).values_list("entry_id", flat=True))
    assert len(numbers) == len(set(numbers))
    assert_true_books(books.id)
