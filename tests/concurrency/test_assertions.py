"""Blocking assertions and postings at once: as long as one stands, the balance is what it says."""

import datetime
import random
import threading
from functools import partial

import pytest
from django.db import connection

from ledger.assertions.asserting import assert_balance, withdraw_assertion
from ledger.errors import AssertionNotTrue, BalanceAssertionBroken
from organizations import scoping
from organizations.tenants.models import Organization
from organizations.wire.refusing import translate
from tests.concurrency.books import ACTOR, FIRST_DAY, Books, assert_true_books, open_books
from tests.concurrency.together import failures, together

pytestmark = pytest.mark.slow
DAY = FIRST_DAY + datetime.timedelta(days=30)


def balance(books: Books):
    with connection.cursor() as cursor:
        cursor.execute("select ledger_balance_on(%s, %s, %s)", [books.id, books.accounts["1001"], DAY])
        return cursor.fetchone()[0]


def post_until(books: Books, stop: threading.Event, seed: int) -> int:
    """Postings before and after the day; gives how many were refused by an assertion."""
    chance, refused = random.Random(seed), 0
    while not stop.is_set():
        day = FIRST_DAY + datetime.timedelta(days=chance.randrange(60))
        try:
            books.post("1001", "4001", "1.00", day)
        except Exception as problem:
            if not isinstance(translate(problem), BalanceAssertionBroken):
                raise
            refused += 1
    return refused


def assert_again_and_again(books: Books, stop: threading.Event) -> int:
    """Assert what the balance is, see that it stays so, withdraw. Gives how often it stood."""
    stood = 0
    try:
        for _ in range(60):
            try:
                with scoping.acting_in(books.id):
                    organization = Organization.objects.get(pk=books.id)
                    what = {"account_id": books.accounts["1001"], "date": DAY, "blocking": True}
                    expected = str(balance(books).quantize(1))
                    made = assert_balance(actor=ACTOR, organization=organization, expected=expected, **what)
            except AssertionNotTrue:
                continue
            for _ in range(5):
                with scoping.acting_in(books.id):
                    assert balance(books) == made.expected
            with scoping.acting_in(books.id):
                withdraw_assertion(actor=ACTOR, assertion=made)
            stood += 1
    finally:
        stop.set()
    return stood


def test_nothing_slips_past_a_blocking_assertion(committed_db):
    books = open_books()
    stop = threading.Event()
    jobs = [partial(post_until, books, stop, seed) for seed in range(4)]
    outcomes = together([*jobs, partial(assert_again_and_again, books, stop)], threads=5)
    assert failures(outcomes) == []
    assert outcomes[-1] > 0, "No assertion ever stood: the race did not take place."
    assert sum(outcomes[:-1]) > 0, "No posting met an assertion."
    assert_true_books(books.id)
