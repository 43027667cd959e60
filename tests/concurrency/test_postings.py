"""Many writers on the same accounts: no deadlock, no lost update, nothing twice."""

import datetime
import random
import threading
import time
from functools import partial

import pytest

from ledger.accounts.opening import NewAccount, open_account
from ledger.accounts.placing import wrong_places
from ledger.errors import BooksClosed, ExternalIdTaken, ReversalBeforeOriginal, TransactionAlreadyReversed
from ledger.journal.models import Entry, Transaction
from ledger.journal.reversing import reverse_transaction
from organizations import scoping
from organizations.directory.updating import update_organization
from organizations.tenants.models import Organization
from organizations.wire.refusing import translate
from tests.concurrency.books import ACTOR, FIRST_DAY, Books, assert_true_books, open_books
from tests.concurrency.together import failures, together

pytestmark = pytest.mark.slow

HOT = "1001"
OTHERS = ("1002", "2001", "4001", "4002", "5001")


def reverse(books: Books, transaction_id: int, day: datetime.date | None = None):
    with scoping.acting_in(books.id):
        organization = Organization.objects.get(pk=books.id)
        return reverse_transaction(
            actor=ACTOR, organization=organization, transaction_id=transaction_id, reversal_date=day
        )


def a_day(chance: random.Random) -> datetime.date:
    return FIRST_DAY + datetime.timedelta(days=chance.randrange(730))


def post_many(books: Books, count: int, seed: int, posted: list[int]) -> int:
    """Postings on the hot account, from both sides, on any day of two years."""
    chance = random.Random(seed)
    for _ in range(count):
        sides = [HOT, chance.choice(OTHERS)]
        chance.shuffle(sides)
        plan = books.post(*sides, f"{chance.randrange(1, 100_000) / 100:.2f}", a_day(chance))
        posted.append(plan.transaction.pk)
    return count


def reverse_many(books: Books, count: int, seed: int, posted: list[int]) -> int:
    """Reversals of what the others post meanwhile; two of these may meet on one transaction."""
    chance = random.Random(seed)
    done = 0
    while done < count:
        if not posted:
            time.sleep(0.01)
            continue
        try:
            reverse(books, chance.choice(posted), a_day(chance))
            done += 1
        except (TransactionAlreadyReversed, ReversalBeforeOriginal):
            continue
    return done


def open_many(books: Books, count: int, seed: int) -> int:
    for place in range(count):
        with scoping.acting_in(books.id):
            organization = Organization.objects.get(pk=books.id)
            new = NewAccount(
                code=f"1{seed}{place:02}", name="Till", type="asset", currency="USD", parent_id=books.accounts[HOT]
            )
            open_account(actor=ACTOR, organization=organization, new=new)
    return count


def deadlocks(superuser_connection) -> int:
    """How many PostgreSQL has broken up in this database."""
    superuser_connection.execute("select pg_stat_clear_snapshot()")
    query = "select deadlocks from pg_stat_database where datname = current_database()"
    return superuser_connection.execute(query).fetchone()[0]


def test_a_hot_account_under_sixteen_writers(committed_db, superuser_connection):
    books = open_books()
    posted: list[int] = []
    jobs = [partial(post_many, books, 90, seed, posted) for seed in range(16)]
    jobs += [partial(reverse_many, books, 40, seed, posted) for seed in (101, 102)]
    jobs += [partial(open_many, books, 25, seed) for seed in (1, 2)]
    outcomes = together(jobs, threads=len(jobs))

    assert failures(outcomes) == []
    assert deadlocks(superuser_connection) == 0
    assert_true_books(books.id)
    with scoping.acting_in(books.id):
        expected = 16 * 90 + 2 * 40
        assert Transaction.objects.of(books.id).count() == expected
        assert Entry.objects.of(books.id).filter(account_id=books.accounts[HOT]).count() == expected
        assert wrong_places(books.id) == {}


def test_one_of_fifty_reversals_wins(committed_db):
    books = open_books()
    sale = books.post("1001", "4001", "120.00", FIRST_DAY).transaction
    outcomes = together([partial(reverse, books, sale.pk) for _ in range(50)], threads=25)

    lost = failures(outcomes)
    assert len(lost) == 49
    assert {type(each) for each in lost} == {TransactionAlreadyReversed}
    with scoping.acting_in(books.id):
        assert Transaction.objects.of(books.id).filter(original_id=sale.pk).count() == 1
    assert_true_books(books.id)


def test_an_external_id_is_taken_once(committed_db):
    books = open_books()
    post = partial(books.post, "1001", "4001", "10.00", FIRST_DAY, external_id="order-1")
    outcomes = together([post] * 20, threads=20)

    assert len(failures(outcomes)) == 19
    assert {type(translate(each)) for each in failures(outcomes)} == {ExternalIdTaken}
    with scoping.acting_in(books.id):
        assert Transaction.objects.of(books.id).count() == 1
    assert_true_books(books.id)


def close(books: Books, day: datetime.date, closed: list[tuple[datetime.date, int]]) -> None:
    """Close the books, and note how many transactions the closed days have at that very moment."""
    with scoping.acting_in(books.id):
        organization = Organization.objects.get(pk=books.id)
        update_organization(actor=ACTOR, organization=organization, changes={"books_closed_through": day})
    with scoping.acting_in(books.id):
        closed.append((day, Transaction.objects.of(books.id).filter(transaction_date__lte=day).count()))


def test_nothing_is_posted_into_books_while_they_close(committed_db):
    books = open_books()
    stop = threading.Event()
    closed: list[tuple[datetime.date, int]] = []

    def post_until_closed(seed: int) -> int:
        chance, refused = random.Random(seed), 0
        while not stop.is_set():
            try:
                books.post("1001", "4001", "1.00", FIRST_DAY + datetime.timedelta(days=chance.randrange(60)))
            except Exception as problem:  # the verb refuses, or the database does
                if not isinstance(translate(problem), BooksClosed):
                    raise
                refused += 1
        return refused

    def close_day_after_day() -> int:
        try:
            for place in range(40):
                close(books, FIRST_DAY + datetime.timedelta(days=place), closed)
        finally:
            stop.set()
        return len(closed)

    outcomes = together([partial(post_until_closed, seed) for seed in range(8)] + [close_day_after_day], threads=9)
    assert failures(outcomes) == []
    assert outcomes[-1] == 40
    assert sum(outcomes[:-1]) > 0, "No posting met closed books: the race did not take place."
    with scoping.acting_in(books.id):
        for day, counted in closed:
            assert Transaction.objects.of(books.id).filter(transaction_date__lte=day).count() == counted
    assert_true_books(books.id)
