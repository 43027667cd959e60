"""Attacks on reconciliations.

Alice's cash is reconciled through January 2026, with her sale of 100.00; February is open, with what was returned
(30.00) and an adjustment of -5.00 marked. Her receivables have a session whose opening balance covers all they have.
"""

import psycopg

from tests.invariants.attacking import Attacker, breaks

REPEATABLE = psycopg.IsolationLevel.REPEATABLE_READ


def session(a: Attacker, **columns) -> int:
    """Start to reconcile an account that has no session, except for what ``columns`` say."""
    row = {
        "organization_id": a.alice,
        "account_id": a.account("1101"),
        "start_date": "2026-01-01",
        "end_date": "2026-01-31",
        "opening_balance": "0",
        "opening_from": "books",
        "closing_balance": "0",
        "status": "in_progress",
        "metadata": "{}",
    } | columns
    return a._insert("reconciliation_reconciliation", row)


def march(a: Attacker, **columns) -> int:
    """The session of cash that follows February."""
    row = {"start_date": "2026-03-01", "end_date": "2026-03-31", "opening_balance": "130", "opening_from": "previous"}
    return session(a, account_id=a.account("1001"), **row | columns)


def mark(a: Attacker, reconciliation: int, entry: int, **columns) -> None:
    row = {"organization_id": a.alice, "reconciliation_id": reconciliation, "entry_id": entry} | columns
    a._insert("reconciliation_reconciledentry", row)


def adjust(a: Attacker, reconciliation: int, transaction: int) -> None:
    row = {"organization_id": a.alice, "reconciliation_id": reconciliation, "transaction_id": transaction}
    a._insert("reconciliation_adjustment", row)


def change(a: Attacker, number: int, what: str) -> None:
    a.run(f"update reconciliation_reconciliation set {what} where id = %s", number)


COMPLETED = "status = 'completed', completed_at = now()"
CANCELLED = "status = 'cancelled', cancelled_at = now()"
REOPENED = "status = 'in_progress', completed_at = null"


def clear(a: Attacker) -> None:
    """Give February up, as the product does."""
    a.run("delete from reconciliation_reconciledentry where reconciliation_id = %s", a["reconciliation"])
    change(a, a["reconciliation"], CANCELLED)


def finish(a: Attacker) -> None:
    """Complete February: 100.00 + 30.00 - 5.00."""
    change(a, a["reconciliation"], "closing_balance = 125")
    change(a, a["reconciliation"], COMPLETED)


# --- The session ---


@breaks("reconciliation_one_open")
def two_sessions_of_one_account(a: Attacker):
    session(a)
    session(a, start_date="2026-02-01", end_date="2026-02-28")


@breaks("reconciliation_one_open")
def reopen_while_another_is_open(a: Attacker):
    change(a, a["completed reconciliation"], REOPENED)


@breaks("reconciliation_of_own_account")
def of_somebody_elses_account(a: Attacker):
    session(a, account_id=a["charlies cash"], opening_from="given")


@breaks("row_level_security")
def in_somebody_elses_books(a: Attacker):
    session(a, organization_id=a.charlie, account_id=a["charlies cash"])


@breaks("reconciliation_of_own_account")
def delete_an_account_that_is_reconciled(a: Attacker):
    number = a.new_account()
    session(a, account_id=number)
    a.run("delete from ledger_account where id = %s", number)


@breaks("reconciliation_status")
def a_status_that_there_is_not(a: Attacker):
    change(a, a["reconciliation"], "status = 'paused'")


@breaks("reconciliation_opening_from")
def an_opening_out_of_nowhere(a: Attacker):
    session(a, opening_from="guess")


@breaks("reconciliation_days")
def end_before_it_begins(a: Attacker):
    session(a, end_date="2025-12-31")


@breaks("reconciliation_days")
def a_period_without_end(a: Attacker):
    session(a, end_date="infinity")


@breaks("reconciliation_balances_in_range")
def a_closing_balance_that_is_no_number(a: Attacker):
    session(a, closing_balance="NaN")


@breaks("reconciliation_decimals")
def a_tenth_of_a_cent(a: Attacker):
    change(a, a["reconciliation"], "closing_balance = 125.001")


@breaks("reconciliation_moments")
def complete_at_no_moment(a: Attacker):
    change(a, a["reconciliation"], "status = 'completed'")


@breaks("reconciliation_begins_open")
def begin_completed(a: Attacker):
    session(a, status="completed", completed_at="2026-02-01")


@breaks("reconciliation_follows")
def begin_on_a_day_that_is_reconciled(a: Attacker):
    clear(a)
    march(a, start_date="2026-01-31", opening_balance="100")


@breaks("reconciliation_follows")
def begin_before_all_that_is_reconciled(a: Attacker):
    clear(a)
    march(a, start_date="2025-12-01", end_date="2025-12-31", opening_balance="100")


@breaks("reconciliation_follows")
def reopen_one_that_a_later_one_builds_on(a: Attacker):
    finish(a)
    change(a, a["completed reconciliation"], REOPENED)


@breaks("reconciliation_opening")
def open_with_another_balance_than_the_last_closing(a: Attacker):
    finish(a)
    march(a, opening_balance="126")


@breaks("reconciliation_opening")
def call_the_opening_given_although_one_came_before(a: Attacker):
    finish(a)
    march(a, opening_balance="125", opening_from="given")


@breaks("reconciliation_opening")
def open_with_what_the_books_have_not(a: Attacker):
    session(a, opening_balance="1")


@breaks("reconciliation_opening")
def follow_nothing(a: Attacker):
    session(a, opening_from="previous")


@breaks("reconciliation_opening")
def follow_one_that_was_cancelled(a: Attacker):
    change(a, session(a), CANCELLED)
    session(a, opening_from="previous", start_date="2026-02-01", end_date="2026-02-28")


@breaks("posting_read_committed", isolation=REPEATABLE)
def begin_by_an_older_snapshot(a: Attacker):
    session(a)


@breaks("reconciliation_final")
def another_closing_balance_of_what_is_completed(a: Attacker):
    change(a, a["completed reconciliation"], "closing_balance = 99")


@breaks("reconciliation_final")
def another_last_day_of_what_is_completed(a: Attacker):
    change(a, a["completed reconciliation"], "end_date = '2026-01-30'")


@breaks("reconciliation_final")
def complete_it_at_another_moment(a: Attacker):
    change(a, a["completed reconciliation"], "completed_at = '2020-01-01'")


@breaks("reconciliation_final")
def cancel_what_is_completed(a: Attacker):
    change(a, a["completed reconciliation"], "status = 'cancelled', completed_at = null, cancelled_at = now()")


@breaks("reconciliation_final")
def revive_what_was_cancelled(a: Attacker):
    clear(a)
    change(a, a["reconciliation"], "status = 'in_progress', cancelled_at = null")


for column, value in {
    "opening_balance": "90",
    "opening_from": "'given'",
    "start_date": "'2026-01-02'",
    "covers_through": "5",
}.items():

    def rewrite(a: Attacker, column=column, value=value):
        change(a, a["completed reconciliation"], f"{column} = {value}")

    rewrite.__name__ = f"rewrite_the_{column}_of_a_session"
    breaks("InsufficientPrivilege")(rewrite)
    breaks("reconciliation_final", by="owner")(rewrite)


def forget(a: Attacker):
    a.run("delete from reconciliation_reconciliation where id = %s", a["covering reconciliation"])


breaks("InsufficientPrivilege")(forget)
breaks("reconciliation_stays", by="owner")(forget)


@breaks("reconciliation_ties")
def complete_with_a_difference(a: Attacker):
    change(a, a["reconciliation"], COMPLETED)


@breaks("reconciliation_ties", by="superuser")
def complete_with_a_difference_in_replica_mode(a: Attacker):
    a.run("set session_replication_role = replica")
    change(a, a["reconciliation"], COMPLETED)


@breaks("reconciliation_ties")
def cancel_and_keep_the_marks(a: Attacker):
    change(a, a["reconciliation"], CANCELLED)


# --- The marks ---


@breaks("reconciled_entry_once")
def mark_an_entry_twice(a: Attacker):
    mark(a, a["reconciliation"], a.entry_of(a["sale"], 1))


@breaks("reconciled_of_own_session")
def mark_in_a_session_that_there_is_not(a: Attacker):
    mark(a, 5, a.entry_of(a["return"], 1))


@breaks("reconciled_of_own_session")
def mark_in_somebody_elses_session(a: Attacker):
    mark(a, a["charlies reconciliation"], a.entry_of(a["return"], 1))


@breaks("reconciled_own_entry")
def mark_somebody_elses_entry(a: Attacker):
    mark(a, a["reconciliation"], a["charlies entry"])


@breaks("row_level_security")
def mark_in_somebody_elses_books(a: Attacker):
    mark(a, a["charlies reconciliation"], a["charlies entry"], organization_id=a.charlie)


@breaks("reconciled_on_own_account")
def mark_an_entry_of_another_account(a: Attacker):
    mark(a, a["reconciliation"], a.entry_of(a["sale"], 2))


@breaks("reconciled_while_open")
def mark_in_what_is_completed(a: Attacker):
    mark(a, a["completed reconciliation"], a.entry_of(a["late purchase"], 2))


@breaks("reconciled_while_open")
def mark_in_what_was_cancelled(a: Attacker):
    clear(a)
    mark(a, a["reconciliation"], a.entry_of(a["returned"], 1))


@breaks("reconciled_while_open")
def take_a_mark_back_from_what_is_completed(a: Attacker):
    a.run("delete from reconciliation_reconciledentry where reconciliation_id = %s", a["completed reconciliation"])


@breaks("reconciled_while_open")
def complete_and_mark_on(a: Attacker):
    finish(a)
    mark(a, a["reconciliation"], a.entry_of(a["late purchase"], 2))


@breaks("reconciled_not_covered")
def mark_what_the_opening_covers(a: Attacker):
    mark(a, a["covering reconciliation"], a["covered entry"])


@breaks("posting_read_committed", isolation=REPEATABLE)
def mark_by_an_older_snapshot(a: Attacker):
    mark(a, a["reconciliation"], a.entry_of(a["late purchase"], 2))


def move_a_mark(a: Attacker):
    a.run(
        "update reconciliation_reconciledentry set entry_id = %s where reconciliation_id = %s",
        a.entry_of(a["late purchase"], 2),
        a["completed reconciliation"],
    )


breaks("InsufficientPrivilege")(move_a_mark)
breaks("marks_are_final", by="owner")(move_a_mark)


# --- What a session posted ---


@breaks("adjustment_once")
def claim_an_adjustment_twice(a: Attacker):
    adjust(a, a["reconciliation"], a["adjusting transaction"])


@breaks("adjustment_of_own_session")
def an_adjustment_of_somebody_elses_session(a: Attacker):
    adjust(a, a["charlies reconciliation"], a["late purchase"])


@breaks("adjustment_of_own_transaction")
def an_adjustment_by_somebody_elses_transaction(a: Attacker):
    adjust(a, a["reconciliation"], a["charlies sale"])


@breaks("adjustment_while_open")
def an_adjustment_of_what_is_completed(a: Attacker):
    adjust(a, a["completed reconciliation"], a["late purchase"])


@breaks("adjustment_on_own_account")
def an_adjustment_that_does_not_touch_the_account(a: Attacker):
    adjust(a, a["reconciliation"], a["closing transaction"])


@breaks("adjustment_on_own_account")
def an_adjustment_that_is_not_posted(a: Attacker):
    adjust(a, a["reconciliation"], a["draft"])


def forget_an_adjustment(a: Attacker):
    a.run("delete from reconciliation_adjustment where transaction_id = %s", a["adjusting transaction"])


breaks("InsufficientPrivilege")(forget_an_adjustment)
breaks("adjustments_are_final", by="owner")(forget_an_adjustment)
