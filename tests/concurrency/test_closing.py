"""Locks move and years close while everybody posts: nothing slips in behind."""

import datetime
import random
import threading
from functools import partial

import pytest

from ledger.accounts.models import Account
from ledger.balances.totals import totals
from ledger.closing.closing import close_year
from ledger.closing.models import YearClosing
from ledger.closing.reopening import reopen_year
from ledger.errors import BooksClosed, FiscalYearAlreadyClosed, PeriodLocked
from ledger.journal.models import Transaction
from ledger.locks.locking import move_locks
from organizations import scoping
from organizations.tenants.models import Organization
from organizations.wire.refusing import translate
from tests.concurrency.books import ACTOR, FIRST_DAY, Books, assert_true_books, open_books
from tests.concurrency.together import failures, together

pytestmark = pytest.mark.slow
YEAR_END = datetime.date(2024, 12, 31)


def doing(books: Books, verb, **wish):
    """A verb in a database transaction of its own, with the organization as it is now."""
    with scoping.acting_in(books.id):
        organization = Organization.objects.get(pk=books.id)
        return verb(actor=ACTOR, organization=organization, **wish)


def post_until(books: Books, stop: threading.Event, refusal: type, days: int, seed: int) -> int:
    """Post on any of so many days until told to stop; gives how often it was refused."""
    chance, refused = random.Random(seed), 0
    while not stop.is_set():
        try:
            books.post("1001", "4001", "1.00", FIRST_DAY + datetime.timedelta(days=chance.randrange(days)))
        except Exception as problem:  # the verb refuses, or the database does
            if not isinstance(translate(problem), refusal):
                raise
            refused += 1
    return refused


def test_nothing_is_posted_behind_a_lock_that_moves(committed_db):
    books = open_books()
    stop, seen = threading.Event(), []

    def lock_day_after_day() -> int:
        try:
            for place in range(30):
                day = FIRST_DAY + datetime.timedelta(days=place)
                doing(books, move_locks, changes={"journal": day})
                with scoping.acting_in(books.id):
                    seen.append((day, Transaction.objects.of(books.id).filter(transaction_date__lte=day).count()))
        finally:
            stop.set()
        return len(seen)

    jobs = [partial(post_until, books, stop, PeriodLocked, 60, seed) for seed in range(6)]
    outcomes = together([*jobs, lock_day_after_day], threads=7)
    assert failures(outcomes) == []
    assert sum(outcomes[:-1]) > 0, "No posting met a lock: the race did not take place."
    with scoping.acting_in(books.id):
        for day, counted in seen:
            assert Transaction.objects.of(books.id).filter(transaction_date__lte=day).count() == counted
    assert_true_books(books.id)


def unsettled(books: Books) -> list[str]:
    """Revenue and expense accounts that are not at zero at the end of the year."""
    with scoping.acting_in(books.id):
        found = totals(books.id, as_of=YEAR_END)
        rows = Account.objects.of(books.id).filter(type__in=("revenue", "expense"))
        return [account.code for account in rows if account.pk in found and found[account.pk].base_balance]


def test_nothing_is_posted_behind_a_year_that_closes(committed_db):
    books = open_books()
    with scoping.acting_in(books.id):
        Account.objects.of(books.id).filter(code="3001").update(role="retained_earnings")
    stop = threading.Event()

    def close_and_reopen() -> int:
        try:
            for place in range(8):
                doing(books, close_year, year=2024)
                assert unsettled(books) == []
                if place < 7:
                    doing(books, reopen_year, year=2024, reason="Again")
        finally:
            stop.set()
        return 8

    jobs = [partial(post_until, books, stop, BooksClosed, 400, seed) for seed in range(6)]
    outcomes = together([*jobs, close_and_reopen], threads=7)
    assert failures(outcomes) == []
    assert unsettled(books) == []
    assert_true_books(books.id)


def test_a_year_is_closed_by_one_of_many(committed_db):
    books = open_books()
    books.post("1001", "4001", "1.00", FIRST_DAY)
    with scoping.acting_in(books.id):
        Account.objects.of(books.id).filter(code="3001").update(role="retained_earnings")
    outcomes = together([partial(doing, books, close_year, year=2024) for _ in range(12)], threads=12)
    assert {type(translate(each)) for each in failures(outcomes)} == {FiscalYearAlreadyClosed}
    assert len(failures(outcomes)) == 11
    with scoping.acting_in(books.id):
        assert YearClosing.objects.of(books.id).count() == 1
        assert Transaction.objects.of(books.id).filter(type="closing").count() == 1
    assert_true_books(books.id)
