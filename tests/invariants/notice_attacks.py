"""Attacks on what members are written to about, and on what is told as overdue, by raw SQL."""

from tests.invariants.attacking import Attacker
from tests.invariants.trade_attacks import declare, own


def notices(a: Attacker, **columns):
    row = {
        "membership_id": a["member"],
        "delivery": "off",
        "kinds": [],
        "includes_owned": False,
        "through_xid": 0,
        "metadata": "{}",
    }
    return a._insert("organizations_noticesettings", own(a, **(row | columns)))


def overdue(a: Attacker, document: str):
    return a._insert("ledger_overdue", own(a, document_id=a[document], due_date="2026-01-01"))


declare("write_to_a_member_twice", "notices_once", lambda a: notices(a))
declare("write_every_minute", "notices_delivery", lambda a: notices(a, delivery="gossip"))
declare("write_about_nothing", "notices_kinds", lambda a: notices(a, delivery="daily"))
declare("write_about_everything", "notices_kinds", lambda a: notices(a, kinds=["overdue"] * 51))
declare("write_to_charlies_member", "notices_of_own_member", lambda a: notices(a, membership_id=a["charlies member"]))
declare("tell_twice_that_it_is_overdue", "overdue_told_once", lambda a: overdue(a, "invoice"))
declare("tell_of_charlies_invoice", "overdue_of_own_document", lambda a: overdue(a, "charlies invoice"))
