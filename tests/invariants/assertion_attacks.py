"""Attacks on balance assertions, and on what the books remember of accounts.

Cash is asserted to be zero on 31 January 2026, and the assertion blocks.
"""

import psycopg

from tests.invariants.attacking import Attacker, breaks

REPEATABLE = psycopg.IsolationLevel.REPEATABLE_READ
INSERT = """
    insert into ledger_entry (organization_id, transaction_id, line_no, account_id, transaction_date, entry_type,
                              currency_id, amount, base_amount, currency_rate, description, reference)
    select %s, %s, line, account, '2026-01-20', side, 'USD', amount, amount, 1, '', ''
      from (values (1, %s::bigint, 'debit', 100), (2, %s::bigint, 'credit', -100)) v (line, account, side, amount)
"""


@breaks("balance_assertion_holds")
def post_before_the_day_of_a_blocking_assertion(a: Attacker):
    header = a.header(transaction_date="2026-01-20")
    a.run(INSERT, a.alice, header, a.account("1001"), a.account("4001"))


@breaks("balance_assertion_holds")
def post_on_the_very_day(a: Attacker):
    a.pair(a.header(transaction_date="2026-01-31"), transaction_date="2026-01-31")


@breaks("transaction_entry_count")
def post_entry_by_entry_and_even_it_out_later(a: Attacker):
    header = a.header(transaction_date="2026-01-20", total_debits="200", total_credits="200", entry_count=4)
    for line, (account, amount) in enumerate([("4001", "-100"), ("1001", "100"), ("1001", "-100"), ("4001", "100")], 1):
        a.entry(header, line, account, amount, transaction_date="2026-01-20")
        a.send()


@breaks("balance_assertion_holds")
def turn_a_draft_posted_before_the_day(a: Attacker):
    header = a.draft(transaction_date="2026-01-20")
    a.run("update ledger_transaction set status = 'posted', lines = null where id = %s", header)
    a.pair(header, transaction_date="2026-01-20")


@breaks("assertion_true_when_blocking")
def block_with_what_is_not_true(a: Attacker):
    a.assertion(expected="1", blocking=True)


@breaks("assertion_true_when_blocking")
def make_a_blocking_one_false(a: Attacker):
    a.run("update ledger_balanceassertion set expected = 5 where id = %s", a["assertion"])


@breaks("assertion_true_when_blocking")
def let_a_false_one_block(a: Attacker):
    number = a.assertion(expected="1")
    a.run("update ledger_balanceassertion set blocking = true where id = %s", number)


@breaks("posting_read_committed", isolation=REPEATABLE)
def assert_by_an_older_snapshot(a: Attacker):
    a.assertion(blocking=True)


@breaks("balance_assertion_once")
def two_for_one_day(a: Attacker):
    a.assertion(date="2026-01-31")


@breaks("assertion_on_own_account")
def about_somebody_elses_account(a: Attacker):
    a.assertion(account_id=a["charlies cash"])


@breaks("row_level_security")
def in_somebody_elses_books(a: Attacker):
    a.assertion(organization_id=a.charlie, account_id=a["charlies cash"])


@breaks("assertion_on_own_account")
def delete_an_account_that_is_asserted(a: Attacker):
    number = a.new_account()
    a.assertion(account_id=number)
    a.run("delete from ledger_account where id = %s", number)


@breaks("assertion_decimals")
def a_tenth_of_a_cent(a: Attacker):
    a.assertion(expected="0.001")


@breaks("assertion_expected_in_range")
def not_a_number(a: Attacker):
    a.assertion(expected="NaN")


@breaks("assertion_date_in_range")
def before_all_books(a: Attacker):
    a.assertion(date="1899-12-31")


def another_day(a: Attacker):
    a.run("update ledger_balanceassertion set date = date + 1 where id = %s", a["assertion"])


breaks("InsufficientPrivilege")(another_day)
breaks("assertion_identity_final", by="owner")(another_day)


@breaks("InsufficientPrivilege")
def invent_a_version_of_an_account(a: Attacker):
    a.run(
        "insert into ledger_accountversion (organization_id, account_id, version, code, name, type, currency_id, gone,"
        " recorded_at) values (%s, %s, 99, '1001', 'Forged', 'asset', 'USD', false, now())",
        *(a.alice, a.account("1001")),
    )


@breaks("InsufficientPrivilege")
def change_what_an_account_was_called(a: Attacker):
    a.run("update ledger_accountversion set name = 'Forged'")


@breaks("InsufficientPrivilege")
def forget_what_an_account_was_called(a: Attacker):
    a.run("delete from ledger_accountversion")
