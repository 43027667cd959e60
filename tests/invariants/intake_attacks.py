"""Attacks on what payment providers told, by raw SQL."""

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import declare, own


def connection(a: Attacker, **columns):
    row = {"provider": "square", "secret": b"x", "enabled": True, "metadata": "{}"}
    return a._insert("ledger_connection", own(a, **(row | columns)))


def message(a: Attacker, **columns):
    row = {
        "provider": "stripe",
        "event_id": "evt_9",
        "event_type": "customer.created",
        "payload": "{}",
        "status": "ignored",
        "reason": "",
        "kind": "",
        "reference": "",
        "attempts": 1,
    }
    return a._insert("ledger_inboxevent", own(a, **(row | columns)))


declare("connect_nobody", "connection_provider", lambda a: connection(a, provider="A!"))
declare("connect_twice", "connection_once", lambda a: connection(a, provider="stripe"))
for column, rule in (
    ("clearing_account_id", "connection_on_own_clearing"),
    ("bank_account_id", "connection_on_own_bank"),
    ("fee_account_id", "connection_on_own_fees"),
    ("sales_account_id", "connection_on_own_sales"),
):
    declare(
        f"connect_a_strangers_{column}", rule, lambda a, column=column: connection(a, **{column: a["charlies cash"]})
    )

for number, (rule, columns) in enumerate(
    [
        ("inbox_status", {"status": "perhaps"}),
        ("inbox_status", {"status": "booked"}),
        ("inbox_event_once", {"event_id": "evt_1"}),
        ("inbox_of_own_payment", {"payment_id": 1}),
    ]
):
    declare(f"tell_badly_{number}", rule, lambda a, columns=columns: message(a, **columns))

declare("tell_of_a_strangers_sale", "inbox_of_own_transaction", lambda a: message(a, transaction_id=a["charlies sale"]))


@breaks("inbox_final")
def tell_another_story(a: Attacker):
    a.run("update ledger_inboxevent set payload = '{}' where event_id = %s", "evt_1")
