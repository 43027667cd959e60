"""Attacks on writes that wait for approval, by raw SQL."""

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import declare, own


def draft(a: Attacker, **columns):
    row = {
        "operation": "contacts_create",
        "parameters": "{}",
        "payload": "{}",
        "note": "",
        "status": "pending",
        "expires_at": "2100-01-01T00:00:00Z",
        "author_key_id": a["key"],
        "reason": "",
        "metadata": "{}",
    }
    return a._insert("organizations_draft", own(a, **(row | columns)))


for number, (rule, columns) in enumerate(
    [
        ("draft_status", {"status": "perhaps"}),
        ("draft_status", {"status": "expired"}),
        ("draft_status", {"decided_at": "2026-01-01T00:00:00Z"}),
        ("draft_author", {"author_key_id": None}),
        ("draft_decision", {"decider_key_id": 5}),
        ("draft_decision", {"result_status": 201}),
    ]
):
    declare(f"stage_badly_{number}", rule, lambda a, columns=columns: draft(a, **columns))

DECIDED = "decided_at = now(), decider_user_id = 5"
for name, rule, change in (
    ("approve_what_was_refused", "draft_decision", f"status = 'approved', result_status = 422, {DECIDED}"),
    ("approve_without_doing", "draft_decision", f"status = 'approved', {DECIDED}"),
    ("reject_without_a_word", "draft_decision", f"status = 'rejected', {DECIDED}"),
    ("approve_without_anybody", "draft_decision", "status = 'approved', result_status = 201, decided_at = now()"),
    ("approve_something_else", "draft_final",
     f"status = 'approved', result_status = 201, payload = '{{}}', {DECIDED}"),
):  # fmt: skip
    declare(name, rule, lambda a, change=change: a.run(
        f"update organizations_draft set {change} where id = %s", a["waiting"]))  # fmt: skip


@breaks("draft_final")
def decide_again(a: Attacker):
    a.run(f"update organizations_draft set status = 'rejected', reason = 'No', {DECIDED} where id = %s", a["waiting"])
    a.run("update organizations_draft set note = 'Yes' where id = %s", a["waiting"])


@breaks("draft_four_eyes")
def approve_ones_own(a: Attacker):
    a.run("update organizations_organization set require_draft_approval = true where id = %s", a.alice)
    a.run(
        "update organizations_draft set status = 'approved', result_status = 201, decided_at = now(),"
        " decider_key_id = author_key_id where id = %s",
        a["waiting"],
    )


@breaks("InsufficientPrivilege")
def take_over_a_draft(a: Attacker):
    a.run("update organizations_draft set author_key_id = 5 where id = %s", a["waiting"])


@breaks("InsufficientPrivilege")
def forget_a_draft(a: Attacker):
    a.run("delete from organizations_draft where id = %s", a["waiting"])
