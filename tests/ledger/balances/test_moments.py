"""What a moment is: snapshots tell late commits apart, instants wait until they are settled, indexes are used."""

import datetime
import threading
import time
from decimal import Decimal

import pytest
from django.db import connection, connections

from ledger.balances.moments import Moment, settled
from ledger.balances.totals import totals
from ledger.journal.posting import create_transactions
from organizations import ids, scoping
from tests.cast import api
from tests.concurrency.books import ACTOR, FIRST_DAY, Books, open_books


@pytest.fixture
def books(committed_db) -> Books:
    return open_books()


class Late:
    """A posting that has begun and written, and commits when it is told to."""

    def __init__(self, books: Books, amount: str):
        self.written, self.go = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(books, amount))
        self.thread.start()
        assert self.written.wait(20)

    def _run(self, books: Books, amount: str) -> None:
        with scoping.acting_in(books.id):
            # In another month: whoever posts meanwhile must not wait for a row of totals.
            books.post("1001", "4001", amount, FIRST_DAY + datetime.timedelta(days=40))
            self.written.set()
            assert self.go.wait(20)
        connections.close_all()

    def commit(self) -> None:
        self.go.set()
        self.thread.join(20)


def balance(books: Books, known_at: str = "") -> dict:
    asking = api(books.secret, f"/organizations/{books.organization.public_id}")
    cash = ids.encode("ACT", books.accounts["1001"])
    return asking.get(f"/accounts/{cash}/balance{known_at and '?known_at='}{known_at}").body


def test_a_receipt_leaves_out_what_was_being_committed_when_it_was_written(books):
    books.post("1001", "4001", "100.00", FIRST_DAY)
    late = Late(books, "10.00")
    books.post("1001", "4001", "1.00", FIRST_DAY)  # begun later, committed earlier
    answer = balance(books)
    assert answer["balance"]["amount"] == Decimal("101.00")
    late.commit()
    assert balance(books)["balance"]["amount"] == Decimal("111.00")
    assert balance(books, answer["receipt"]) == answer


def test_an_instant_is_moved_back_below_what_is_still_at_work(books):
    books.post("1001", "4001", "100.00", FIRST_DAY)
    time.sleep(1.1)
    late = Late(books, "10.00")
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(xact_start) from pg_stat_activity where xact_start < now() and datname = current_database()"
        )
        (began,) = cursor.fetchone()
    books.post("1001", "4001", "1.00", FIRST_DAY)
    time.sleep(1.2)
    instant = datetime.datetime.now(datetime.UTC) - datetime.timedelta(milliseconds=50)
    asked = f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}"
    answer = balance(books, asked)
    assert answer["known_at"] < f"{began:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert answer["balance"]["amount"] == Decimal("100.00")
    late.commit()
    assert balance(books, answer["known_at"])["balance"]["amount"] == Decimal("100.00")
    assert balance(books, answer["receipt"]) == answer
    time.sleep(1.1)
    assert balance(books, asked)["balance"]["amount"] == Decimal("111.00")  # settled by now


def test_what_came_after_is_found_by_an_index_within_the_walls(books, owner_connection):
    """Row security lets only trustworthy operators into an index; these are."""
    for _ in range(3):
        with scoping.acting_in(books.id):
            drafts = [books.draft("1001", "4001", "1.00", FIRST_DAY) for _ in range(300)]
            create_transactions(actor=ACTOR, organization=books.organization, drafts=drafts, auto_post=True)
    owner_connection.execute("analyze ledger_transaction")
    with connection.cursor() as cursor:
        # Not the snapshot itself: an old transaction beside this test would make all of the books "later".
        cursor.execute("select clock_timestamp(), format('%1$s:%1$s:', pg_snapshot_xmax(pg_current_snapshot()))")
        now, snapshot = cursor.fetchone()
    for moment, index, condition in (
        (Moment(now, snapshot), "transaction_by_xid", "posted_xid >="),
        (Moment(now), "transaction_by_posting", "posting_date >"),
    ):
        with scoping.acting_in(books.id), connection.cursor() as cursor:
            # Cheaper only because these books are small: half of them is as good as all of them.
            cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
            cursor.execute(
                f"explain select t.id from ledger_transaction t where t.organization_id = %s and {moment.later}",
                [books.id],
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert index in plan
        assert condition in next(line for line in plan.splitlines() if "Index Cond" in line)


def test_totals_of_no_account_and_of_an_instant_before_all(books):
    books.post("1001", "4001", "100.00", FIRST_DAY)
    with scoping.acting_in(books.id):
        then = settled(datetime.datetime(1, 1, 1, tzinfo=datetime.UTC))
        assert totals(books.id, moment=then) == {}
        assert totals(books.id, account_ids=[], moment=then) == {}


def test_a_moment_is_nothing_else():
    now = datetime.datetime.now(datetime.UTC)
    for snapshot in ("", "1:2", "1:2:3'", "a:b:", "1:2:; drop table ledger_entry"):
        with pytest.raises(ValueError, match="no snapshot"):
            Moment(now, snapshot)
    with pytest.raises(ValueError, match="time zone"):
        Moment(now.replace(tzinfo=None))
