"""Attacks on schedules and their occurrences, by raw SQL."""

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import DAY, declare, own

REVISIONS = '[{"from": "2026-01-01", "template": {}}]'


def schedule(a: Attacker, **columns):
    row = {
        "name": "",
        "recurable_type": "transaction",
        "status": "active",
        "pause_reason": "",
        "frequency": "monthly",
        "interval": 1,
        "month_end": False,
        "business_day": "none",
        "started_at": DAY,
        "anchor": DAY,
        "anchor_number": 1,
        "catch_up": "all",
        "catch_up_limit": 10,
        "auto_post": True,
        "auto_send": False,
        "revisions": REVISIONS,
        "next_number": 1,
        "next_execution": DAY,
        "executions_count": 0,
        "version": 1,
        "metadata": "{}",
    }
    return a._insert("ledger_recurring", own(a, **(row | columns)))


def occurrence(a: Attacker, **columns):
    row = {
        "recurring_id": a["schedule"],
        "number": 70,
        "due_date": DAY,
        "status": "skipped",
        "document_id": "",
        "error_code": "",
        "error_message": "",
        "attempts": 1,
        "executed_at": "2026-01-01T00:00:00Z",
    }
    return a._insert("ledger_execution", own(a, **(row | columns)))


for number, (rule, columns) in enumerate(
    [
        ("recurring_type", {"recurable_type": "song"}),
        ("recurring_status", {"status": "asleep"}),
        ("recurring_frequency", {"frequency": "hourly"}),
        ("recurring_interval", {"interval": 0}),
        ("recurring_business_day", {"business_day": "any"}),
        ("recurring_catch_up", {"catch_up": "some"}),
        ("recurring_catch_up", {"catch_up_limit": 0}),
        ("recurring_days", {"anchor": "2999-01-01"}),
        ("recurring_numbers", {"next_number": 0}),
        ("recurring_numbers", {"executions_count": 5}),
        ("recurring_has_template", {"revisions": "[]"}),
        ("recurring_next_while_active", {"next_execution": None}),
    ]
):
    declare(f"schedule_badly_{number}", rule, lambda a, columns=columns: schedule(a, **columns))

for number, (rule, columns) in enumerate(
    [
        ("execution_status", {"status": "perhaps"}),
        ("execution_numbers", {"number": 0}),
        ("execution_due_in_range", {"due_date": "2999-01-01"}),
        ("execution_tells_why", {"status": "failed"}),
        ("execution_of_own_schedule", {"recurring_id": 1}),
        ("recurring_occurrence_once", {"number": 1}),
    ]
):
    declare(f"occur_badly_{number}", rule, lambda a, columns=columns: occurrence(a, **columns))

declare(
    "occur_by_a_strangers_transaction",
    "execution_of_own_transaction",
    lambda a: occurrence(a, transaction_id=a["charlies sale"]),
)


@breaks("recurring_forward")
def run_an_occurrence_again(a: Attacker):
    a.run("update ledger_recurring set next_number = 1 where id = %s", a["schedule"])


@breaks("execution_final")
def an_occurrence_that_never_was(a: Attacker):
    a.run("update ledger_execution set due_date = %s where recurring_id = %s", "2026-03-03", a["schedule"])


@breaks("execution_final")
def an_occurrence_without_what_it_posted(a: Attacker):
    made = {"transaction_id": a["sale"], "status": "succeeded", "number": 71}
    occurrence(a, **made)
    a.run("update ledger_execution set transaction_id = null where recurring_id = %s and number = 71", a["schedule"])
