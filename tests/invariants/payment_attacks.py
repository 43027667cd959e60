"""Attacks on payments and revaluations, by raw SQL."""

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import DAY, declare, own

# --- Payments ---------------------------------------------------------------------------------------------------------


def payment(a: Attacker, **columns):
    row = {
        "direction": "in",
        "status": "posted",
        "contact_id": a["contact"],
        "account_id": a.account("1001"),
        "currency_id": "USD",
        "amount": "5",
        "currency_rate": "1",
        "account_amount": "5",
        "fee_amount": "0",
        "payment_date": DAY,
        "payment_method": "",
        "reference": "",
        "notes": "",
        "metadata": "{}",
        "transaction_id": a["sale"],
    }
    return a._insert("ledger_payment", own(a, **(row | columns)))


for number, (rule, columns) in enumerate(
    [
        ("payment_direction", {"direction": "up"}),
        ("payment_status", {"status": "reversed"}),
        ("payment_date_in_range", {"payment_date": "2999-01-01"}),
        ("payment_amounts", {"amount": "0"}),
        ("payment_amounts", {"account_amount": "NaN"}),
    ]
):
    declare(f"pay_badly_{number}", rule, lambda a, columns=columns: payment(a, **columns))

declare("pay_a_stranger", "payment_of_own_contact", lambda a: payment(a, contact_id=a["charlies contact"]))
declare("pay_from_a_strangers_cash", "payment_on_own_account", lambda a: payment(a, account_id=a["charlies cash"]))
declare(
    "refund_a_strangers_payment", "payment_of_own_refunded", lambda a: payment(a, refund_of_id=a["charlies payment"])
)
declare(
    "pay_by_a_strangers_transaction",
    "payment_of_own_transaction",
    lambda a: payment(a, transaction_id=a["charlies sale"]),
)


@breaks("payment_of_own_reversal")
def reverse_by_a_strangers_transaction(a: Attacker):
    payment(a, status="reversed", reversed_on=DAY, reversed_transaction_id=a["charlies sale"])


@breaks("payment_refund_of_another")
def a_payment_refunds_itself(a: Attacker):
    payment(a, id=7, refund_of_id=7)


@breaks("payment_final")
def a_payment_is_made_larger(a: Attacker):
    a.run("update ledger_payment set amount = 500 where id = %s", a["payment"])


# --- Revaluations -----------------------------------------------------------------------------------------------------


def revaluation(a: Attacker, **columns):
    row = {"as_of": DAY, "lines": "[]", "unrealised": "0", "realised": "0", "metadata": "{}"}
    return a._insert("ledger_revaluation", own(a, **(row | columns)))


declare("revalue_beyond_time", "revaluation_date_in_range", lambda a: revaluation(a, as_of="2999-01-01"))
declare("revalue_without_end", "revaluation_amounts", lambda a: revaluation(a, unrealised="NaN"))


@breaks("revaluations_are_final", by="owner")
def a_revaluation_is_changed(a: Attacker):
    a.run("update ledger_revaluation set unrealised = 0 where organization_id = %s", a.alice)


# --- Transfers --------------------------------------------------------------------------------------------------------


def transfer(a: Attacker, **columns):
    row = {
        "from_account_id": a.account("1001"),
        "to_account_id": a.account("1201"),
        "currency_id": "USD",
        "amount": "5",
        "to_amount": "5",
        "fee_amount": "0",
        "transferred_at": DAY,
        "description": "",
        "reference": "",
        "metadata": "{}",
        "transaction_id": a["sale"],
    }
    return a._insert("ledger_transfer", own(a, **(row | columns)))


for number, (rule, columns) in enumerate(
    [
        ("transfer_amounts", {"amount": "0"}),
        ("transfer_amounts", {"fee_amount": "5"}),
        ("transfer_date_in_range", {"transferred_at": "2999-01-01"}),
        ("transfer_reversed_whole", {"reversed_on": DAY}),
    ]
):
    declare(f"transfer_badly_{number}", rule, lambda a, columns=columns: transfer(a, **columns))

declare("transfer_in_a_circle", "transfer_between_two", lambda a: transfer(a, to_account_id=a.account("1001")))
declare("transfer_from_a_stranger", "transfer_on_own_source", lambda a: transfer(a, from_account_id=a["charlies cash"]))
declare("transfer_to_a_stranger", "transfer_on_own_target", lambda a: transfer(a, to_account_id=a["charlies cash"]))
declare(
    "transfer_by_a_strangers_transaction",
    "transfer_of_own_transaction",
    lambda a: transfer(a, transaction_id=a["charlies sale"]),
)


@breaks("transfer_of_own_reversal")
def transfer_back_by_a_strangers_transaction(a: Attacker):
    transfer(a, reversed_on=DAY, reversed_transaction_id=a["charlies sale"])


@breaks("transfer_final")
def a_transfer_is_made_larger(a: Attacker):
    a.run("update ledger_transfer set amount = 500 where id = %s", a["transfer"])
