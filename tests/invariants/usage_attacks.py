"""Attacks on what was counted, by raw SQL."""

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import declare, own


def usage(a: Attacker, **columns):
    row = {"day": "2026-05-05", "api_key_id": 1, "operation": "accounts_list", "requests": 1, "refused": 0}
    row = own(a, **(row | columns))
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    a.run(f"insert into organizations_usage ({names}) values ({marks})", *row.values())


declare("fewer_than_no_requests", "usage_counts", lambda a: usage(a, requests=-1))
declare("fewer_than_no_refusals", "usage_counts", lambda a: usage(a, refused=-1))
declare("use_of_nothing", "usage_operation", lambda a: usage(a, operation=""))
declare("use_in_charlies_name", "row_level_security", lambda a: usage(a, organization_id=a.charlie))


def entry(a: Attacker, **columns):
    row = {"kind": "grant", "credits": 5, "reference": "x", "note": ""}
    return a._insert("organizations_creditentry", own(a, **(row | columns)))


def give_again(a: Attacker):
    a.run("update organizations_creditentry set credits = 1000000 where id = %s", a["credits"])


def forget_what_was_spent(a: Attacker):
    a.run("delete from organizations_creditentry where id = %s", a["credits"])


declare("credits_for_one_invoice_twice", "credits_once", lambda a: [entry(a) for _ in range(2)])
declare("credits_of_no_kind", "credits_kind", lambda a: entry(a, kind="gift"))
declare("a_grant_that_takes", "credits_sign", lambda a: entry(a, credits=-5))
declare("spending_that_gives", "credits_sign", lambda a: entry(a, kind="spend"))
declare("no_credits_at_all", "credits_sign", lambda a: entry(a, credits=0))
declare("credits_for_charlie", "row_level_security", lambda a: entry(a, organization_id=a.charlie))
for change in (give_again, forget_what_was_spent):
    breaks("InsufficientPrivilege")(change)
    breaks("credits_are_final", by="owner")(change)


def pool(a: Attacker, changes: str):
    a.run(f"update organizations_creditpool set {changes} where organization_id = %s", own(a)["organization_id"])


declare("recharging_with_nothing", "pool_recharge", lambda a: pool(a, "recharge_below = 5"))
declare("recharging_never", "pool_recharge", lambda a: pool(a, "recharge_package = '1000'"))
declare("a_pool_for_charlie", "row_level_security", lambda a: pool(a, f"organization_id = {a.charlie}"))


def purchase(a: Attacker, **columns):
    texts = dict.fromkeys(("success_url", "cancel_url", "checkout_url", "provider_id", "error"), "")
    row = {"package": "1000", "credits": 1000, "cents": 1000, "by_itself": False, "status": "open", "attempts": 0}
    return a._insert("organizations_creditpurchase", own(a, **(row | texts | columns)))


declare("buying_no_credits", "purchase_counts", lambda a: purchase(a, credits=0))
declare("buying_for_nothing", "purchase_counts", lambda a: purchase(a, cents=0))
declare("a_purchase_in_no_state", "purchase_status", lambda a: purchase(a, status="given"))
declare("a_purchase_for_charlie", "row_level_security", lambda a: purchase(a, organization_id=a.charlie))
declare("recharging_twice_at_once", "one_recharge_at_a_time", lambda a: [purchase(a, by_itself=True) for _ in "ab"])


def pay_back(a: Attacker):
    number = purchase(a, status="paid")
    a.run("update organizations_creditpurchase set status = 'open' where id = %s", number)


def buy_more_for_less(a: Attacker):
    a.run("update organizations_creditpurchase set credits = 1000000 where id = %s", purchase(a))


breaks("purchase_final")(pay_back)
breaks("InsufficientPrivilege")(buy_more_for_less)
