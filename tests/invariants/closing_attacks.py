"""Attacks on locks and closed years: nothing of a locked area, and a closed year stays as it was closed.

Alice's books are closed as fiscal year 2025; purchases are locked through the end of February 2026, and lifted for
her key alone.
"""

from tests.invariants.attacking import Attacker, breaks

LOCKED = "2026-02-15"


def purchase(a: Attacker, **columns) -> int:
    """A purchase dated into the locked period."""
    header = a.header(**{"type": "expense", "transaction_date": LOCKED} | columns)
    a.pair(header, transaction_date=LOCKED)
    return header


def told(a: Attacker, header: int, *, key: int | None = None, kind: str = "transaction.posted") -> None:
    """The event that says who posted."""
    a.run(
        "insert into organizations_event (organization_id, event_type, entity_type, entity_id, api_key_id)"
        " values (%s, %s, 'transaction', 'TXN_' || lpad(to_hex(%s), 16, '0'), %s)",
        a.alice,
        kind,
        header,
        key,
    )


@breaks("transaction_soft_lock")
def post_into_a_locked_period(a: Attacker):
    purchase(a)


@breaks("transaction_soft_lock")
def post_into_a_locked_period_as_nobody_s_lift_says(a: Attacker):
    told(a, purchase(a), key=a["other key"])


@breaks("transaction_soft_lock")
def post_under_a_lift_that_the_trail_tells_of_as_a_draft(a: Attacker):
    told(a, purchase(a), key=a["key"], kind="transaction.created")


@breaks("transaction_soft_lock")
def post_under_a_lift_of_another_area(a: Attacker):
    a.run("insert into ledger_lockdate (organization_id, area, locked_through, metadata)"
          " values (%s, 'bank', %s, '{}')", a.alice, LOCKED)  # fmt: skip
    told(a, purchase(a, type="transfer"), key=a["key"])


@breaks("transaction_soft_lock")
def turn_a_draft_posted_in_a_locked_period(a: Attacker):
    header = a.draft(type="expense", transaction_date=LOCKED)
    a.run("update ledger_transaction set status = 'posted', lines = null where id = %s", header)
    a.pair(header, transaction_date=LOCKED)


@breaks("transaction_soft_lock", by="superuser")
def post_into_a_locked_period_in_replica_mode(a: Attacker):
    a.run("set session_replication_role = replica")
    purchase(a)


@breaks("transaction_soft_lock")
def call_it_a_closing_of_a_locked_journal(a: Attacker):
    a.run("insert into ledger_lockdate (organization_id, area, locked_through, metadata)"
          " values (%s, 'journal', %s, '{}')", a.alice, LOCKED)  # fmt: skip
    purchase(a, type="closing")


@breaks("lock_date_once")
def lock_an_area_twice(a: Attacker):
    a.run("insert into ledger_lockdate (organization_id, area, metadata) values (%s, 'purchases', '{}')", a.alice)


@breaks("lock_area_known")
def lock_an_area_that_there_is_not(a: Attacker):
    a.run("insert into ledger_lockdate (organization_id, area, metadata) values (%s, 'payroll', '{}')", a.alice)


@breaks("lock_date_in_range")
def lock_for_ever(a: Attacker):
    a.run("update ledger_lockdate set locked_through = 'infinity'")


@breaks("InsufficientPrivilege")
def remove_a_lock(a: Attacker):
    a.run("delete from ledger_lockdate")


# --- Lifts ------------------------------------------------------------------------------------------------------------

LIFT = (
    "insert into ledger_locklift (organization_id, area, user_id, api_key_id, reason, expires_at, metadata)"
    " values (%s, %s, null, %s, %s, '2100-01-01', '{}')"
)


@breaks("lock_lift_area")
def lift_an_area_that_there_is_not(a: Attacker):
    a.run(LIFT, a.alice, "payroll", a["key"], "Why not")


@breaks("lock_lift_holder")
def lift_a_lock_for_nobody(a: Attacker):
    a.run(LIFT, a.alice, "sales", None, "Why not")


@breaks("lock_lift_reason")
def lift_a_lock_without_a_reason(a: Attacker):
    a.run(LIFT, a.alice, "sales", a["key"], " ")


@breaks("lock_lift_of_own_key")
def lift_a_lock_for_a_stranger_s_key(a: Attacker):
    a.run(LIFT, a.alice, "sales", a["charlies key"], "Why not")


@breaks("row_level_security")
def lift_a_lock_of_a_stranger(a: Attacker):
    a.run(LIFT, a.charlie, "sales", a["charlies key"], "Why not")


@breaks("lock_lift_ends_once")
def revive_a_lift(a: Attacker):
    a.run("update ledger_locklift set ended_at = now() where id = %s", a["lift"])
    a.run("update ledger_locklift set ended_at = null where id = %s", a["lift"])


for column, value in {"expires_at": "'2200-01-01'", "area": "'sales'", "reason": "'Another'"}.items():

    def change_a_lift(a: Attacker, column=column, value=value):
        a.run(f"update ledger_locklift set {column} = {value} where id = %s", a["lift"])

    change_a_lift.__name__ = f"change_the_{column}_of_a_lift"
    breaks("InsufficientPrivilege")(change_a_lift)

USE = (
    "insert into ledger_liftuse (organization_id, lift_id, transaction_id, locked_through, metadata)"
    " values (%s, %s, %s, '2026-02-28', '{}')"
)


@breaks("lift_use_once")
def claim_a_use_twice(a: Attacker):
    a.run(USE, a.alice, a["lift"], a["late purchase"])


@breaks("lift_use_of_own_lift")
def claim_the_use_of_a_lift_that_there_is_not(a: Attacker):
    a.run(USE, a.alice, 5, a["sale"])


@breaks("lift_use_of_own_transaction")
def claim_the_use_for_a_stranger_s_transaction(a: Attacker):
    a.run(USE, a.alice, a["lift"], a["charlies sale"])


@breaks("lift_uses_are_final", by="owner")
def forget_a_use(a: Attacker):
    a.run("delete from ledger_liftuse where transaction_id = %s", a["late purchase"])


# --- Closed years -----------------------------------------------------------------------------------------------------


def close(a: Attacker, year: int, **columns) -> None:
    row = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"} | columns
    a.run(
        "insert into ledger_yearclosing (organization_id, year, starts_on, ends_on, reopen_reason, metadata)"
        " values (%s, %s, %s, %s, '', '{}')",
        a.alice,
        year,
        row["starts_on"],
        row["ends_on"],
    )


@breaks("year_closed_once")
def close_a_year_twice(a: Attacker):
    close(a, 2025)


@breaks("year_closings_in_order")
def close_an_earlier_year(a: Attacker):
    close(a, 2024)


@breaks("year_closings_in_order")
def close_a_part_of_a_closed_year_with_the_next(a: Attacker):
    close(a, 2026, starts_on="2025-12-31")


@breaks("year_closings_in_order")
def reopen_a_year_before_a_later_one(a: Attacker):
    close(a, 2026)
    a.run("update ledger_yearclosing set reopened_at = now(), reopen_reason = 'x' where id = %s", a["closing"])


@breaks("year_closing_days")
def close_a_year_that_ends_before_it_begins(a: Attacker):
    close(a, 2027, starts_on="2028-01-01")


@breaks("year_closing_named")
def close_a_year_by_another_name(a: Attacker):
    close(a, 2027, ends_on="2028-01-31")


@breaks("year_reopened_for_a_reason")
def reopen_a_year_without_a_reason(a: Attacker):
    a.run("update ledger_yearclosing set reopened_at = now() where id = %s", a["closing"])


@breaks("year_closing_final")
def close_again_what_was_reopened(a: Attacker):
    a.run("update ledger_yearclosing set reopened_at = now(), reopen_reason = 'x' where id = %s", a["closing"])
    a.run("update ledger_yearclosing set reopened_at = null where id = %s", a["closing"])


@breaks("InsufficientPrivilege")
def move_a_closed_year(a: Attacker):
    a.run("update ledger_yearclosing set ends_on = '2025-06-30' where id = %s", a["closing"])


@breaks("closed_year_stays_closed")
def open_the_books_of_a_closed_year(a: Attacker):
    a.run("update organizations_organization set books_closed_through = '2025-12-30' where id = %s", a.alice)


@breaks("closed_year_stays_closed")
def open_all_books(a: Attacker):
    a.run("update organizations_organization set books_closed_through = null where id = %s", a.alice)


def reverse_the_closing(a: Attacker) -> int:
    undone = [a.entry_of(a["closing transaction"], line) for line in (1, 2)]
    header = a.header(
        type="closing", original_id=a["closing transaction"], reversal_scope="full", total_debits="40",
        total_credits="40", amount="40",
    )  # fmt: skip
    for line, code, amount in ((1, "4001", "-40"), (2, "3101", "40")):
        a.entry(header, line, code, amount, reverses_entry_id=undone[line - 1])
    return header


@breaks("closing_stands")
def reverse_what_closed_a_year(a: Attacker):
    reverse_the_closing(a)


@breaks("closing_stands")
def reverse_what_reopened_a_year(a: Attacker):
    a.run("update ledger_yearclosing set reopened_at = now(), reopen_reason = 'x' where id = %s", a["closing"])
    a.run("update organizations_organization set books_closed_through = null where id = %s", a.alice)
    back = reverse_the_closing(a)
    undone = [a.entry_of(back, line) for line in (1, 2)]
    header = a.header(
        type="closing", original_id=back, reversal_scope="full", total_debits="40", total_credits="40", amount="40"
    )
    for line, code, amount in ((1, "4001", "40"), (2, "3101", "-40")):
        a.entry(header, line, code, amount, reverses_entry_id=undone[line - 1])


POSTING = (
    "insert into ledger_closingposting (organization_id, closing_id, transaction_id, metadata) "
    "values (%s, %s, %s, '{}')"
)


@breaks("closing_posting_once")
def close_a_year_by_a_transaction_twice(a: Attacker):
    a.run(POSTING, a.alice, a["closing"], a["closing transaction"])


@breaks("closing_posting_of_own_closing")
def name_a_closing_that_there_is_not(a: Attacker):
    a.run(POSTING, a.alice, 5, a["sale"])


@breaks("closing_posting_of_own_transaction")
def close_a_year_by_a_stranger_s_transaction(a: Attacker):
    a.run(POSTING, a.alice, a["closing"], a["charlies sale"])


@breaks("closing_postings_are_final", by="owner")
def forget_what_closed_a_year(a: Attacker):
    a.run("delete from ledger_closingposting where closing_id = %s", a["closing"])


# --- Suspended accounts: brought to zero as their year is closed, and nothing else ------------------------------------


def idle(a: Attacker, status: str = "suspended", kind: str = "expense") -> int:
    """An account with a balance of 100 that is active no more."""
    number = a.new_account(code="5998", type=kind)
    header = a.header()
    a.entry(header, 1, number, "100")
    a.entry(header, 2, "1001", "-100")
    a.run("update ledger_account set status = %s where id = %s", status, number)
    return number


def settle(a: Attacker, number: int, amount: str = "100", day: str = "2026-12-31", **columns) -> int:
    """What closes a year, of one account."""
    figures = {"amount": amount, "total_debits": amount, "total_credits": amount}
    header = a.header(**{"type": "closing", "transaction_date": day} | figures | columns)
    a.entry(header, 1, number, f"-{amount}", transaction_date=day)
    a.entry(header, 2, "3101", amount, transaction_date=day)
    return header


@breaks("account_active")
def settle_a_suspended_account_without_closing_its_year(a: Attacker):
    settle(a, idle(a))


@breaks("account_active")
def settle_a_suspended_account_under_another_type(a: Attacker):
    number = idle(a)
    close(a, 2026)
    settle(a, number, type="journal")


@breaks("account_active")
def settle_a_suspended_account_before_the_year_ends(a: Attacker):
    number = idle(a)
    close(a, 2026)
    settle(a, number, day="2026-12-30")


@breaks("account_active")
def settle_a_suspended_account_in_part(a: Attacker):
    number = idle(a)
    close(a, 2026)
    settle(a, number, "99")


@breaks("account_active")
def settle_a_suspended_account_of_the_balance_sheet(a: Attacker):
    number = idle(a, kind="asset")
    close(a, 2026)
    settle(a, number)


@breaks("account_active")
def settle_an_archived_account(a: Attacker):
    number = idle(a, "archived")
    close(a, 2026)
    settle(a, number)


@breaks("account_active")
def give_a_suspended_account_its_balance_back_without_reopening_the_year(a: Attacker):
    number = idle(a)
    close(a, 2026)
    header = settle(a, number)
    undone = [a.entry_of(header, line) for line in (1, 2)]
    day = {"transaction_date": "2026-12-31"}
    back = a.header(type="closing", original_id=header, reversal_scope="full", **day)
    a.entry(back, 1, number, "100", reverses_entry_id=undone[0], **day)
    a.entry(back, 2, "3101", "-100", reverses_entry_id=undone[1], **day)


@breaks("account_active", by="superuser")
def settle_a_suspended_account_in_replica_mode(a: Attacker):
    number = idle(a)
    a.send()
    a.run("set session_replication_role = replica")
    settle(a, number)
