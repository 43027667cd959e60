"""Two real connections at once: whichever comes first, the books stay true.

Each race is stopped at its narrowest place: the first connection has done its work and not committed when the second
begins. A second that must wait is seen waiting (in pg_stat_activity) before the first commits. The negative controls
take the lock or trigger away and show that the very same race then does harm: the tests can fail.
"""

import threading
import time

import psycopg
import pytest

from config import database_roles
from tests import databases
from tests.invariants import session_attacks
from tests.invariants.attacking import Attacker, Field, refused_by
from tests.invariants.closing_attacks import purchase, told


@pytest.fixture
def arena(django_db_blocker, admin_url, battlefield):
    """A battlefield of its own, because races do commit."""
    source = battlefield.name
    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "arena", source=source) as name:
        elsewhere = battlefield.addresses.items()
        addresses = {who: database_roles.as_database(address, name) for who, address in elsewhere}
        yield Field(name, battlefield.cast, addresses, battlefield.found)


@pytest.fixture
def two(arena):
    """Two attackers on two connections, both in Alice's organization, in open transactions."""
    with arena.connect() as one, arena.connect() as other:
        yield Attacker(arena, one).as_alice(), Attacker(arena, other).as_alice()
        one.rollback()
        other.rollback()


class Second(threading.Thread):
    """The second connection at work; ``waits()`` until it stands at a lock, ``outcome()`` is its refusal or None."""

    def __init__(self, attacker: Attacker, act):
        super().__init__()
        self.attacker, self.act, self.refusal = attacker, act, None
        self.start()

    def run(self):
        try:
            self.act(self.attacker)
            self.attacker.commit()
        except psycopg.Error as refusal:
            self.refusal = refused_by(refusal)
            self.attacker.connection.rollback()

    def waits(self) -> bool:
        """Whether it comes to stand at a lock; False if it ends without waiting."""
        pid = self.attacker.connection.info.backend_pid
        query = "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s"
        with psycopg.connect(self.attacker.field.addresses["superuser"], autocommit=True) as watcher:
            deadline = time.monotonic() + 20
            while self.is_alive() and time.monotonic() < deadline:
                if watcher.execute(query, [pid]).fetchone() == (True,):
                    return True
                time.sleep(0.005)
        return False

    def outcome(self) -> str | None:
        self.join(20)
        assert not self.is_alive(), "The second connection still waits."
        return self.refusal


def race(two, first, second) -> str | None:
    """``first`` and ``second`` at once; the second has to wait for the first. Its refusal, or None."""
    one, other = two
    first(one)
    chasing = Second(other, second)
    assert chasing.waits(), f"{second.__name__} did not wait for {first.__name__}."
    one.commit()
    return chasing.outcome()


def books(two, query: str):
    """What the books say afterwards, to somebody who sees all of them; and totals equal entries."""
    with two[0].field.connect("superuser") as superuser:
        assert superuser.execute("select count(*) from ledger_drift").fetchone() == (0,)
        return superuser.execute(query).fetchone()[0]


# --- The two sides ----------------------------------------------------------------------------------------------------


def post_the_draft(a: Attacker):
    a.run(
        "update ledger_transaction set status = 'posted', lines = null, entry_count = 2, total_debits = 100,"
        " total_credits = 100 where id = %s",
        a["draft"],
    )
    a.pair(a["draft"], transaction_date="2026-02-01")
    a.run("set constraints all immediate")


def edit_the_draft(a: Attacker):
    a.run(
        "update ledger_transaction set description = 'edited', transaction_date = '2026-02-01' where id = %s",
        a["draft"],
    )


def delete_the_draft(a: Attacker):
    a.run("delete from ledger_transaction where id = %s", a["draft"])


def post_a_sale(a: Attacker):
    a.sale()
    a.run("set constraints all immediate")


def close_the_books(a: Attacker):
    a.run("update organizations_organization set books_closed_through = '2026-03-31' where id = %s", a.alice)


def lock_the_journal(a: Attacker):
    a.run(
        "insert into ledger_lockdate (organization_id, area, locked_through, metadata)"
        " values (%s, 'journal', '2026-03-31', '{}')",
        a.alice,
    )


def post_a_purchase_under_a_lift(a: Attacker):
    told(a, purchase(a), key=a["key"])
    a.run("set constraints all immediate")


def end_the_lift(a: Attacker):
    a.run("update ledger_locklift set ended_at = now() where id = %s", a["lift"])


def suspend_the_cash_account(a: Attacker):
    a.run("update ledger_account set status = 'suspended' where id = %s", a.account("1001"))


def take_from_the_till(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1001", "100")
    a.entry(header, 2, "1003", "-100")
    a.run("set constraints all immediate")


def reverse_the_sale(a: Attacker):
    one, other = (a.entry_of(a["sale"], line) for line in (1, 2))
    header = a.header(original_id=a["sale"], reversal_scope="full")
    a.entry(header, 1, "1001", "-100", reverses_entry_id=one)
    a.entry(header, 2, "4001", "100", reverses_entry_id=other)
    a.run("set constraints all immediate")


def move_cash_below_stock(a: Attacker):
    a.run("update ledger_account set parent_id = %s where id = %s", a.account("1201"), a.account("1001"))


def move_stock_below_cash(a: Attacker):
    a.run("update ledger_account set parent_id = %s where id = %s", a.account("1001"), a.account("1201"))


def sell_in_february(a: Attacker):
    a.pair(a.header(transaction_date="2026-02-15"), transaction_date="2026-02-15")
    a.run("set constraints all immediate")


def assert_that_nothing_was_sold_in_february(a: Attacker):
    a.assertion(account_id=a.account("4001"), date="2026-02-28", expected="100", blocking=True)


def sell_stock_in_february(a: Attacker):
    header = a.header(transaction_date="2026-02-15")
    a.run(
        "insert into ledger_entry (organization_id, transaction_id, line_no, account_id, transaction_date, entry_type,"
        " currency_id, amount, base_amount, currency_rate, description, reference)"
        " select %s, %s, line, account, '2026-02-15', side, 'USD', amount, amount, 1, '', '' from (values"
        " (1, %s::bigint, 'debit', 100), (2, %s::bigint, 'credit', -100)) v (line, account, side, amount)",
        *(a.alice, header, a.account("1101"), a.account("1201")),
    )
    a.run("set constraints all immediate")


# --- Races ------------------------------------------------------------------------------------------------------------

POSTED_LATE = "select count(*) from ledger_transaction where transaction_date = '2026-03-15' and status = 'posted'"
CASH_ENTRIES = "select count(*) from ledger_entry where transaction_date = '2026-03-15'"


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (post_the_draft, edit_the_draft, "posted_is_final"),
        (post_the_draft, delete_the_draft, "posted_is_final"),
        (post_the_draft, post_the_draft, "posted_is_final"),
        (edit_the_draft, post_the_draft, None),
        (delete_the_draft, post_the_draft, "entry_of_own_transaction"),
        (post_a_sale, close_the_books, None),
        (close_the_books, post_a_sale, "books_open"),
        (post_a_sale, lock_the_journal, None),
        (lock_the_journal, post_a_sale, "transaction_soft_lock"),
        (post_a_purchase_under_a_lift, end_the_lift, None),
        (end_the_lift, post_a_purchase_under_a_lift, "transaction_soft_lock"),
        (post_a_sale, suspend_the_cash_account, None),
        (suspend_the_cash_account, post_a_sale, "account_active"),
        (reverse_the_sale, reverse_the_sale, "reversal_within_original"),
        (sell_in_february, assert_that_nothing_was_sold_in_february, "assertion_true_when_blocking"),
        (assert_that_nothing_was_sold_in_february, sell_in_february, "balance_assertion_holds"),
        (move_cash_below_stock, move_stock_below_cash, "account_no_cycle"),
        (move_stock_below_cash, move_cash_below_stock, "account_no_cycle"),
    ],
    ids=lambda side: getattr(side, "__name__", side),
)
def test_the_second_waits_and_then_meets_the_facts(two, first, second, refusal):
    assert race(two, first, second) == refusal
    assert books(two, "select count(*) from ledger_transaction where status = 'posted'") >= 3


def test_the_last_money_of_a_till_is_spent_once(two):
    one, _ = two
    header = one.header()
    one.entry(header, 1, "1003", "100")
    one.entry(header, 2, "1001", "-100")
    one.commit()
    one.as_alice()
    two[1].as_alice()
    assert race(two, take_from_the_till, take_from_the_till) == "account_within_bounds"
    till = f"select sum(amount) from ledger_entry where account_id = {one.account('1003')}"
    assert books(two, till) == 0


def test_of_two_postings_that_break_an_assertion_the_first_is_named(two):
    one, _ = two
    one.assertion(account_id=one.account("1101"), date="2026-02-28", expected="0")
    one.commit()
    one.as_alice()
    two[1].as_alice()
    assert race(two, sell_stock_in_february, sell_stock_in_february) is None
    assert books(two, "select count(*) from organizations_event where event_type = 'balance_assertion.broken'") == 1


def test_postings_on_one_account_do_not_wait_for_each_other(two):
    one, other = two
    post_a_sale(one)
    other.run("set local lock_timeout = '3s'")
    post_a_sale(other)
    other.commit()
    one.commit()
    assert books(two, POSTED_LATE) == 2


def test_a_sale_that_is_taken_back_leaves_nothing_and_lets_the_close_through(two):
    one, other = two
    post_a_sale(one)
    closing = Second(other, close_the_books)
    assert closing.waits()
    one.connection.rollback()
    assert closing.outcome() is None
    assert books(two, POSTED_LATE) == books(two, CASH_ENTRIES) == 0


# --- Reconciliations --------------------------------------------------------------------------------------------------

TIES = """
    select count(*) from reconciliation_reconciliation s where s.status = 'completed'
       and s.opening_balance + coalesce((select sum(e.amount) from reconciliation_reconciledentry m
               join ledger_entry e on e.id = m.entry_id where m.reconciliation_id = s.id), 0) <> s.closing_balance
"""


def finish_february(a: Attacker):
    session_attacks.finish(a)


def mark_in_february(a: Attacker):
    session_attacks.mark(a, a["reconciliation"], a.entry_of(a["late purchase"], 2))


def begin_march(a: Attacker):
    session_attacks.march(a, opening_balance="125")


def reopen_january(a: Attacker):
    session_attacks.change(a, a["completed reconciliation"], session_attacks.REOPENED)


def reconcile_stock(a: Attacker):
    session_attacks.session(a, start_date="2026-03-01", end_date="2026-03-31")


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (finish_february, mark_in_february, "reconciled_while_open"),
        (mark_in_february, finish_february, "reconciliation_ties"),
        (finish_february, reopen_january, "reconciliation_follows"),
        (finish_february, begin_march, None),
        (reconcile_stock, reconcile_stock, "reconciliation_one_open"),
        (sell_stock_in_february, reconcile_stock, "reconciliation_opening"),
    ],
)
def test_of_two_that_reconcile_the_second_sees_what_the_first_did(two, first, second, refusal):
    assert race(two, first, second) == refusal
    assert books(two, TIES) == 0


def test_without_the_lock_of_sessions_a_mark_slips_in_behind(two):
    one, other = two
    one.connection.rollback()
    other.connection.rollback()
    with one.field.connect("owner") as owner:
        owner.execute(
            "create or replace function reconciliation_session_key(organization bigint, account bigint) returns bigint"
            " language sql volatile as 'select nextval(''crane_event_seq'')'"
        )
    finish_february(one.as_alice())
    one.run("set constraints all immediate")
    marking = Second(other.as_alice(), mark_in_february)
    assert marking.outcome() is None
    one.commit()
    assert books(two, TIES) == 1


# --- Negative controls: without its lock, each race does harm ---------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "act", "harm"),
    [
        (
            "alter table ledger_lockdate disable trigger lock_change",
            lock_the_journal,
            "select count(*) from ledger_transaction t join ledger_lockdate l on l.organization_id = t.organization_id"
            " where t.description = 'By raw SQL' and l.area = 'journal' and t.transaction_date <= l.locked_through",
        ),
        (
            "alter table organizations_organization disable trigger organization_change",
            close_the_books,
            "select count(*) from ledger_transaction t join organizations_organization o on o.id = t.organization_id"
            " where t.description = 'By raw SQL' and t.transaction_date <= o.books_closed_through",
        ),
        (
            "alter table ledger_account disable trigger account_change",
            suspend_the_cash_account,
            "select count(distinct e.transaction_id) from ledger_entry e join ledger_account a on a.id = e.account_id"
            " where a.code = '1001' and a.status = 'suspended' and e.transaction_date = '2026-03-15'",
        ),
    ],
    ids=["locking an area", "closing books", "suspending an account"],
)
def test_without_its_lock_a_posting_slips_in_behind(two, trigger, act, harm):
    one, other = two
    other.connection.rollback()
    one.connection.rollback()
    with one.field.connect("owner") as owner:
        owner.execute(trigger)
    post_a_sale(one.as_alice())
    acting = Second(other.as_alice(), act)
    assert not acting.waits()
    assert acting.outcome() is None
    one.commit()
    assert books(two, harm) == 1


def test_without_the_chart_s_lock_two_moves_close_a_circle(two):
    one, other = two
    one.connection.rollback()
    other.connection.rollback()
    with one.field.connect("owner") as owner:
        owner.execute(
            "create or replace function crane_chart_key(organization bigint) returns bigint language sql volatile"
            " as 'select nextval(''crane_event_seq'')'"
        )
    move_cash_below_stock(one.as_alice())
    crossing = Second(other.as_alice(), move_stock_below_cash)
    assert crossing.outcome() is None
    one.commit()
    circle = (
        "select count(*) from ledger_account a join ledger_account b on b.id = a.parent_id where b.parent_id = a.id"
    )
    assert books(two, circle) == 2
