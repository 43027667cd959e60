"""Attacks on amounts and sides, on the header's own rules, and on reversals."""

import json

from tests.invariants.attacking import Attacker, breaks

# --- Amounts ----------------------------------------------------------------------------------------------------------


@breaks("entry_amount_in_range")
def not_a_number(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1001", "NaN")
    a.entry(header, 2, "4001", "NaN", entry_type="credit")


@breaks("entry_base_amount_in_range")
def not_a_number_in_base(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1002", "100", base_amount="NaN", currency_id="EUR")


@breaks("NumericValueOutOfRange")
def infinity(a: Attacker):
    a.entry(a.header(), 1, "1001", "Infinity")


@breaks("entry_amount_in_range")
def more_than_any_account_may_hold(a: Attacker):
    a.entry(a.header(), 1, "1001", "10000000000000000001")


@breaks("transaction_amounts")
def a_header_that_is_not_a_number(a: Attacker):
    a.sale(amount="NaN")


@breaks("transaction_amounts")
def a_header_below_zero(a: Attacker):
    a.sale(total_debits="-100", total_credits="-100")


@breaks("entry_decimals")
def a_tenth_of_a_cent(a: Attacker):
    a.pair(a.header(total_debits="100.001", total_credits="100.001"), "100.001")


@breaks("entry_decimals")
def a_tenth_of_a_cent_in_base(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1002", "100", base_amount="110.001", currency_id="EUR", currency_rate="1.10001")
    a.entry(header, 2, "4001", "-110.001")


@breaks("entry_sign")
def a_debit_that_takes_away(a: Attacker):
    a.entry(a.header(), 1, "1001", "-100", entry_type="debit")


@breaks("entry_sign")
def two_sides_in_one_entry(a: Attacker):
    a.entry(a.header(), 1, "1002", "100", base_amount="-110", currency_id="EUR", currency_rate="1.1")


@breaks("entry_not_empty")
def an_entry_of_nothing(a: Attacker):
    a.entry(a.header(), 1, "1001", "0")


@breaks("entry_type_known")
def a_third_side(a: Attacker):
    a.entry(a.header(), 1, "1001", "-100", entry_type="both")


@breaks("entry_base_currency")
def a_dollar_that_is_worth_two(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1001", "50", base_amount="100", currency_rate="2")
    a.entry(header, 2, "4001", "-100")


@breaks("entry_base_currency")
def a_rate_on_the_base_currency(a: Attacker):
    a.pair(a.header(), currency_rate="1.1")


@breaks("entry_rate")
def a_rate_of_zero(a: Attacker):
    a.entry(a.header(), 1, "1002", "100", base_amount="0", currency_id="EUR", currency_rate="0")


@breaks("entry_rate")
def a_rate_that_is_not_a_number(a: Attacker):
    a.entry(a.header(), 1, "1002", "100", base_amount="110", currency_id="EUR", currency_rate="NaN")


@breaks("account_within_bounds")
def below_the_floor(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1001", "100")
    a.entry(header, 2, "1003", "-100")


@breaks("account_within_bounds")
def above_the_ceiling(a: Attacker):
    header = a.header(total_debits="500.01", total_credits="500.01")
    a.entry(header, 1, "1003", "500.01")
    a.entry(header, 2, "1001", "-500.01")


@breaks("balance_condition_holds")
def against_its_own_condition(a: Attacker):
    """Posting by raw SQL, and then asking whether the account still has a million."""
    header = a.header()
    a.pair(header)
    a.run(
        "select ledger_hold_accounts(%s, array[%s]::bigint[], '{}')",
        *(a.alice, a.account("1001")),
    )
    condition = {"place": 0, "account_id": a.account("1001"), "entry": 0, "gte": 1_000_000, "later": 0}
    a.run("select ledger_check_conditions(%s, %s)", a.alice, json.dumps([condition]))


@breaks("balance_condition_holds")
def a_condition_on_a_strangers_account(a: Attacker):
    condition = {"place": 0, "account_id": a["charlies cash"], "entry": 0, "gte": 0, "later": 0}
    a.run("select ledger_check_conditions(%s, %s)", a.alice, json.dumps([condition]))


# --- The header's own rules -------------------------------------------------------------------------------------------


@breaks("transaction_date_in_range")
def before_anybody_kept_books(a: Attacker):
    a.draft(transaction_date="1899-12-31")


@breaks("transaction_date_in_range")
def at_the_end_of_time(a: Attacker):
    a.draft(transaction_date="infinity")


@breaks("transaction_type")
def an_unknown_type(a: Attacker):
    a.draft(type="gift")


@breaks("transaction_status")
def an_unknown_status(a: Attacker):
    a.draft(status="void")


@breaks("transaction_lines")
def a_draft_without_lines(a: Attacker):
    a.draft(lines=None)


@breaks("transaction_lines")
def a_posting_that_keeps_its_draft(a: Attacker):
    a.sale(lines="[]")


@breaks("transaction_external_id_once")
def an_external_id_twice(a: Attacker):
    a.sale(external_id="till-1")


# --- Reversals --------------------------------------------------------------------------------------------------------


def reversal(a: Attacker, original: int, scope: str = "full", **columns) -> int:
    return a.header(original_id=original, reversal_scope=scope, **columns)


def undo(a: Attacker, header: int, original: int, amount: str = "100", first: str = "1001") -> None:
    """Two entries that name those of a cash sale which they undo."""
    one, other = (a.entry_of(original, line) for line in (1, 2))
    a.entry(header, 1, first, f"-{amount}", reverses_entry_id=one)
    a.entry(header, 2, "4001", amount, reverses_entry_id=other)


def totals(amount: str) -> dict:
    return {"amount": amount, "total_debits": amount, "total_credits": amount}


@breaks("reversal_mirrors_original")
def a_reversal_that_names_no_entries(a: Attacker):
    header = reversal(a, a["sale"])
    a.entry(header, 1, "1001", "-100")
    a.entry(header, 2, "4001", "100")


@breaks("reversal_mirrors_original")
def a_reversal_to_other_accounts(a: Attacker):
    undo(a, reversal(a, a["sale"]), a["sale"], first="1500")


@breaks("reversal_mirrors_original")
def a_reversal_that_repeats(a: Attacker):
    header = reversal(a, a["sale"])
    one, other = (a.entry_of(a["sale"], line) for line in (1, 2))
    a.entry(header, 1, "1001", "100", reverses_entry_id=one)
    a.entry(header, 2, "4001", "-100", reverses_entry_id=other)


@breaks("reversal_mirrors_original")
def a_reversal_of_another_transactions_entries(a: Attacker):
    undo(a, reversal(a, a["sale"], **totals("30")), a["returned"], "30")


@breaks("reversal_mirrors_original")
def a_sale_that_undoes_another_in_secret(a: Attacker):
    undo(a, a.header(), a["sale"])


@breaks("entry_of_own_reversed")
def a_reversal_of_somebody_elses_entry(a: Attacker):
    header = reversal(a, a["sale"])
    a.entry(header, 1, "1001", "-100", reverses_entry_id=a["charlies entry"])


@breaks("reversal_within_original")
def a_second_full_reversal(a: Attacker):
    undo(a, reversal(a, a["returned"], **totals("30")), a["returned"], "30")


@breaks("reversal_within_original")
def a_reversal_of_more_than_there_was(a: Attacker):
    undo(a, reversal(a, a["sale"], "partial", **totals("101")), a["sale"], "101")


@breaks("reversal_scope_true")
def a_full_reversal_of_half(a: Attacker):
    undo(a, reversal(a, a["sale"], **totals("50")), a["sale"], "50")


@breaks("reversal_scope_true")
def a_partial_reversal_of_all(a: Attacker):
    undo(a, reversal(a, a["sale"], "partial"), a["sale"])


@breaks("reversal_depth")
def a_reversal_of_a_reversal_of_a_reversal(a: Attacker):
    again = reversal(a, a["return"], **totals("30"))
    one, other = (a.entry_of(a["return"], line) for line in (1, 2))
    a.entry(again, 1, "1001", "30", reverses_entry_id=one)
    a.entry(again, 2, "4001", "-30", reverses_entry_id=other)
    reversal(a, again, **totals("30"))


@breaks("reversal_of_posted")
def a_reversal_of_a_draft(a: Attacker):
    reversal(a, a["draft"])


@breaks("reversal_of_posted")
def a_reversal_of_somebody_elses_sale(a: Attacker):
    reversal(a, a["charlies sale"])


@breaks("transaction_of_own_original")
def a_draft_that_names_somebody_elses_sale(a: Attacker):
    a.draft(original_id=a["charlies sale"])


@breaks("transaction_reversal")
def a_reversal_of_nothing(a: Attacker):
    a.draft(reversal_scope="full")


@breaks("transaction_reversal")
def a_reversal_of_itself(a: Attacker):
    number = a.one("select crane_next_id()")
    a.draft(id=number, original_id=number, reversal_scope="full")
