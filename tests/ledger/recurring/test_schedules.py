"""Schedules over HTTP: the seeds' shapes, what they post and when, and what becomes of missed days."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.errors import ExecutionFailedAgain, ExecutionNotFailed, NothingToRun, RecurringHasRun, RecurringNotActive
from ledger.recurring.tasks import due, run_due_recurring
from organizations import ids
from tests.cast import Api
from tests.ledger.recurring.scheduled import (
    act,
    entries,
    executions,
    opened,
    posted,
    run,
    schedule,
    shown,
    stand,
)
from tests.ledger.trading import Trade


@pytest.fixture
def trade(db, monkeypatch) -> Trade:
    return opened(monkeypatch)


def test_missed_months_are_caught_up_with_in_order_dated_as_due_and_once(trade):
    row = schedule(trade)
    assert (row["status"], row["next_execution"], row["executions_count"]) == ("active", "2026-01-31", 0)
    assert due([trade.books.organization.pk]) == [trade.books.organization.pk]
    assert run_due_recurring() == 3 and run_due_recurring() == 0
    assert posted(trade, row) == [
        ("2026-01-31", "Rent January 2026", "R1", "posted"),
        ("2026-02-28", "Rent February 2026", "R2", "posted"),
        ("2026-03-31", "Rent March 2026", "R3", "posted"),
    ]
    now = shown(trade, row)
    assert (now["next_execution"], now["executions_count"]) == ("2026-04-30", 3)
    assert now["last_execution"].startswith("2026-04-15T12:00:00")
    assert {one["status"] for one in executions(trade, row)} == {"succeeded"}
    assert trade.balances() == {"1001": -3600, "5201": 3600}


def test_the_seeds_shapes(trade):
    rent = trade.post("/transactions", {"description": "Rent {month} {year}", "entries": entries(trade)})
    copied = schedule(
        trade,
        recurable_type="transaction",
        recurable_id=rent["id"],
        interval=1,
        started_at="2026-03-01",
        auto_send=True,
    )
    assert copied["template"]["description"] == "Rent {month} {year}" and copied["warnings"] == []
    depreciation = schedule(
        trade,
        organization_id=trade.books.organization.public_id,
        type="depreciation",
        started_at="2026-04-01",
        entries=[trade.books.entry("5401", "debit", "100.00"), trade.books.entry("1201", "credit", "100.00")],
    )
    assert depreciation["template"]["type"] == "depreciation" and depreciation["warnings"] == []
    payroll = schedule(
        trade,
        frequency="biweekly",
        started_at="2026-04-06",
        template={"description": "Payroll - {period}", "entries": entries(trade, "10.00")},
        auto_post=True,
    )
    assert run(trade) == 4
    assert [one[:2] for one in posted(trade, copied)] == [("2026-03-01", "Rent March 2026"),
                                                          ("2026-04-01", "Rent April 2026")]  # fmt: skip
    assert posted(trade, payroll)[0][1] == "Payroll - 2026-04-06 to 2026-04-19"
    assert posted(trade, depreciation)[0][0] == "2026-04-01"


def test_what_is_wrong_is_said_at_its_place_and_nothing_is_kept(trade):
    good = {"entries": entries(trade)}
    odd = [trade.books.entry("5201", "debit", "1.00"), trade.books.entry("1001", "credit", "2.00")]
    for more, code, path in (
        ({"frequency": "hourly"}, "invalid_request", "frequency"),
        ({"interval": 0}, "invalid_request", "interval"),
        ({"template": {"entries": odd}}, "transaction_does_not_balance", None),
        ({"template": {"entries": []}}, "invalid_request", "template.entries"),
        ({"template": {**good, "transaction_date": "2026-01-01"}}, "invalid_request", "template.transaction_date"),
        ({"template": {**good, "contact_id": "CON_00000000000000ff"}}, "contact_not_found", "template.contact_id"),
        ({"template": None}, "invalid_request", "template"),
        ({"template": good, "recurable_id": "TXN_1"}, "invalid_request", "recurable_id"),
        ({"recurable_id": "TXN_00000000000000ff"}, "invalid_request", "recurable_id"),
        ({"template": good, "ended_at": "2025-01-01"}, "invalid_request", "ended_at"),
        ({"template": good, "started_at": "2026-02-30"}, "invalid_request", "started_at"),
        ({"recurable_type": "invoice", "template": {"items": []}}, "invalid_request", "template.contact_id"),
        ({"depreciation": {"cost": 0, "periods": 0, "method": "magic"}}, "invalid_request", "depreciation.periods"),
        ({"depreciation": 7}, "invalid_request", "depreciation"),
    ):
        body = {"frequency": "monthly", "started_at": "2026-01-31"} | more
        answer = trade.api.post("/recurring", body)
        assert answer.status in (400, 422) and answer.error["code"] == code, (more, answer.body)
        assert path is None or path in answer.error["details"]["fields"], (more, answer.body)
    assert trade.api.get("/recurring").data == []


@pytest.mark.parametrize(
    ("catch_up", "outcomes"),
    [("latest", ["skipped", "skipped", "succeeded"]), ("none", ["skipped", "skipped", "skipped"])],
)
def test_missed_days_may_be_left_out(trade, catch_up, outcomes):
    row = schedule(trade, catch_up=catch_up)
    run(trade)
    assert [one["status"] for one in executions(trade, row)] == outcomes
    assert shown(trade, row)["next_execution"] == "2026-04-30"


def test_what_is_due_today_is_no_missed_day(trade):
    row = schedule(trade, started_at="2026-04-15", catch_up="none")
    assert run(trade) == 1 and [one["status"] for one in executions(trade, row)] == ["succeeded"]


def test_a_flood_pauses_the_schedule_instead(trade):
    row = schedule(trade, frequency="daily", started_at="2026-01-01", catch_up_limit=50)
    assert run(trade) == 0
    now = shown(trade, row)
    assert now["status"] == "paused" and now["pause_reason"].startswith("More than 50")
    kinds = [one["event_type"] for one in trade.api.get(f"/events?entity_id={row['id']}").data]
    assert kinds == ["recurring.paused", "recurring.created"]
    assert act(trade, row, "resume", {"catch_up": "latest"})["next_execution"] == "2026-04-14"
    assert run(trade) == 2
    assert shown(trade, row)["executions_count"] == 2


def test_schedules_end_by_day_and_by_number(trade):
    by_day = schedule(trade, ended_at="2026-03-01")
    by_number = schedule(trade, max_executions=1)
    run(trade)
    for row, many in ((by_day, 2), (by_number, 1)):
        now = shown(trade, row)
        assert (now["status"], now["next_execution"], now["executions_count"]) == ("completed", None, many)
        kinds = [one["event_type"] for one in trade.api.get(f"/events?entity_id={row['id']}").data]
        assert "recurring.completed" in kinds
        assert trade.refused(f"/recurring/{row['id']}/run", status=409)["code"] == RecurringNotActive.code


def test_a_failed_occurrence_is_kept_with_its_reason_and_tried_again(trade):
    row = schedule(trade)
    cash = f"/accounts/{trade.books.account('1001')}"
    assert trade.api.put(cash, {"status": "suspended"}).status == 200
    assert run(trade) == 3
    failed = executions(trade, row)
    assert {(one["status"], one["error_code"]) for one in failed} == {("failed", "account_inactive")}
    kept = trade.api.get(f"/transactions/{failed[0]['transaction_id']}").body
    assert (kept["status"], kept["error_code"]) == ("failed", "ACCOUNT_INACTIVE")
    where = f"/recurring/{row['id']}/executions"
    again = trade.refused(f"{where}/{failed[0]['id']}/retry")
    assert again["code"] == ExecutionFailedAgain.code and again["details"]["cause"]["code"] == "account_inactive"
    trade.api.put(cash, {"status": "active"})
    done = trade.api.post(f"{where}/{failed[0]['id']}/retry").body
    assert (done["status"], done["attempts"], done["transaction_id"]) == ("succeeded", 2, kept["id"])
    assert trade.refused(f"{where}/{failed[0]['id']}/retry", status=409)["code"] == ExecutionNotFailed.code
    trade.api.post(f"/transactions/{failed[1]['transaction_id']}/post")  # somebody posts it by hand
    assert [one["status"] for one in executions(trade, row)] == ["succeeded", "succeeded", "failed"]
    kinds = {one["event_type"] for one in trade.api.get(f"/events?entity_id={row['id']}&limit=50").data}
    assert {"recurring.failed", "recurring.retried"} <= kinds


def test_pausing_resuming_cancelling_and_deleting(trade):
    row = schedule(trade)
    assert act(trade, row, "pause", {"reason": "Moving house"})["pause_reason"] == "Moving house"
    assert run(trade) == 0
    assert trade.refused(f"/recurring/{row['id']}/pause", status=409)["code"] == RecurringNotActive.code
    assert act(trade, row, "resume")["next_execution"] == "2026-04-30"
    assert [one["status"] for one in executions(trade, row)] == ["skipped"] * 3
    assert trade.api.delete(f"/recurring/{row['id']}").error["code"] == RecurringHasRun.code
    assert act(trade, row, "cancel", {"reason": "Moved"})["status"] == "cancelled"
    assert trade.refused(f"/recurring/{row['id']}/resume", status=409)["code"] == RecurringNotActive.code
    assert trade.api.put(f"/recurring/{row['id']}", {"name": "x"}).error["code"] == RecurringNotActive.code
    fresh = schedule(trade, started_at="2026-05-01")
    assert trade.api.delete(f"/recurring/{fresh['id']}").status == 204
    kinds = {one["event_type"] for one in trade.api.get("/events?limit=100").data}
    assert {"recurring.created", "recurring.resumed", "recurring.cancelled", "recurring.deleted"} <= kinds


def test_run_now_makes_the_next_occurrence_today_and_not_again(trade, monkeypatch):
    row = schedule(trade, started_at="2026-04-30", max_executions=2)
    assert act(trade, row, "run")["next_execution"] == "2026-05-30"
    assert posted(trade, row)[0][0] == "2026-04-15"
    stand(monkeypatch, datetime.date(2026, 5, 1))
    assert run(trade) == 0
    assert act(trade, row, "run")["status"] == "completed"
    assert len(posted(trade, row)) == 2
    assert NothingToRun.code == "nothing_to_run"


def test_a_new_template_counts_from_a_day_on(trade, monkeypatch):
    row = schedule(trade)
    run(trade)
    dearer = {"description": "Rent {period}", "entries": entries(trade, "1300.00")}
    changed = trade.api.put(f"/recurring/{row['id']}", {"template": dearer, "effective_from": "2026-06-01"})
    assert changed.status == 200 and changed["revisions"][0]["from"] == "2026-06-01"
    assert changed["template"]["entries"][0]["amount"] == "1200.00"
    early = trade.api.put(f"/recurring/{row['id']}", {"template": dearer, "effective_from": "2026-03-01"})
    assert list(early.error["details"]["fields"]) == ["effective_from"]
    stand(monkeypatch, datetime.date(2026, 7, 1))
    run(trade)
    found = trade.api.get(f"/transactions?filters[metadata.recurring_id]={row['id']}&sort=transaction_date").data
    assert [one["amount"] for one in found] == [1200] * 5 + [1300]
    assert {one["event_type"] for one in trade.api.get(f"/events?entity_id={row['id']}").data} >= {"recurring.updated"}


def test_another_rhythm_begins_with_the_next_occurrence(trade, monkeypatch):
    row = schedule(trade)
    run(trade)
    changed = trade.api.put(f"/recurring/{row['id']}", {"frequency": "weekly"})
    assert (changed["frequency"], changed["next_execution"]) == ("weekly", "2026-04-30")
    stand(monkeypatch, datetime.date(2026, 5, 14))
    assert run(trade) == 3
    assert [one["number"] for one in executions(trade, row)] == [1, 2, 3, 4, 5, 6]


def test_the_preview_shows_what_will_be_made(trade):
    row = schedule(trade, started_at="2026-04-30", max_executions=3)
    seen = trade.api.get(f"/recurring/{row['id']}/preview?count=2").body
    assert "data" in seen, seen
    assert [(one["number"], one["due_date"], one["request"]["description"]) for one in seen["data"]] == [
        (1, "2026-04-30", "Rent April 2026"),
        (2, "2026-05-30", "Rent May 2026"),
    ]
    assert seen["has_more"] is True
    assert trade.api.get(f"/recurring/{row['id']}/preview?count=0").status == 400


def test_depreciation_ends_at_its_salvage_value_to_the_cent(trade, monkeypatch):
    asset = {"cost": "1000.00", "salvage_value": "100.00", "periods": 7}
    asset |= {"expense_account_id": trade.books.account("5401"), "accumulated_account_id": trade.books.account("1201")}
    row = schedule(trade, started_at="2026-01-31", depreciation=asset)
    double = schedule(trade, started_at="2026-01-31", depreciation=asset | {"method": "declining_balance"})
    stand(monkeypatch, datetime.date(2027, 1, 1))
    run(trade)
    for one in (row, double):
        now = shown(trade, one)
        assert now["status"] == "completed"
        found = trade.api.get(f"/transactions?filters[metadata.recurring_id]={one['id']}").data
        assert {each["type"] for each in found} == {"depreciation"}
        assert sum(each["amount"] for each in found) == 900
    assert trade.balances() == {"5401": 1800, "1201": -1800}


def test_invoices_are_issued_and_sent_and_one_that_fails_leaves_a_draft(trade):
    line = {"description": "Support in {period}", "unit_price": "50.00", "tax_ids": [trade.vat]}
    template = {"contact_id": trade.customer, "items": [line]}
    row = schedule(trade, recurable_type="invoice", started_at="2026-03-01", template=template, auto_send=True)
    food = trade.books.account("5601")
    bad = {"contact_id": trade.vendor, "items": [{"description": "Beans", "unit_price": "5.00", "account_id": food}]}
    broken = schedule(trade, recurable_type="bill", started_at="2026-04-01", template=bad, auto_post=False)
    assert run(trade) == 3
    invoices = trade.api.get("/invoices?sort=date").data
    assert [(one["invoice_number"][-4:], one["issued_at"], one["total"], one["status"]) for one in invoices] == [
        ("0001", "2026-03-01", Decimal("60.00"), "overdue"),
        ("0002", "2026-04-01", Decimal("60.00"), "sent"),
    ]
    assert invoices[0]["items"][0]["description"] == "Support in March 2026"
    letters = trade.api.get("/letters").body
    assert "data" in letters, letters
    assert len(letters["data"]) == 2
    made = executions(trade, row)
    assert [one["document_id"] for one in made] == [one["id"] for one in invoices]
    draft = executions(trade, broken)[0]
    assert trade.api.get(f"/bills/{draft['document_id']}").body["status"] == "draft"
    assert trade.api.put(f"/contacts/{trade.customer}", {"enabled": False}).status == 200
    act(trade, row, "run")
    failed = executions(trade, row)[-1]
    assert (failed["status"], failed["error_code"]) == ("failed", "contact_disabled")
    trade.api.put(f"/contacts/{trade.customer}", {"enabled": True})
    again = trade.api.post(f"/recurring/{row['id']}/executions/{failed['id']}/retry").body
    assert again["status"] == "succeeded" and trade.api.get(f"/invoices/{again['document_id']}").status == 200


def test_a_draft_that_a_person_has_issued_is_not_made_again(trade):
    line = {"description": "Support", "unit_price": "50.00", "tax_ids": [trade.vat]}
    template = {"contact_id": trade.customer, "items": [line]}
    row = schedule(trade, recurable_type="invoice", started_at="2026-04-01", template=template)
    trade.api.put(f"/taxes/{trade.vat}", {"is_active": False})
    run(trade)
    (failed,) = executions(trade, row)
    assert (failed["status"], failed["error_code"]) == ("failed", "tax_not_effective") and failed["document_id"]
    trade.api.put(f"/taxes/{trade.vat}", {"is_active": True})
    trade.post(f"/invoices/{failed['document_id']}/issue", {}, 200)
    again = trade.api.post(f"/recurring/{row['id']}/executions/{failed['id']}/retry").body
    assert (again["status"], again["document_id"]) == ("succeeded", failed["document_id"])
    assert len(trade.api.get("/invoices").data) == 1


def test_an_invoice_is_repeated_by_its_id(trade):
    invoice = trade.invoice("75.00", taxes=[trade.vat])
    row = schedule(trade, recurable_type="invoice", recurable_id=invoice["id"], started_at="2026-04-10")
    assert run(trade) == 1
    copy = trade.api.get(f"/invoices/{executions(trade, row)[0]['document_id']}").body
    assert (copy["total"], copy["issued_at"], copy["contact_id"]) == (90, "2026-04-10", trade.customer)


def test_who_may_not_post_makes_no_schedule_that_does(trade):
    made = trade.api.post("/api-keys", {"name": "Half", "permissions": {"recurring": ["read", "write"]}})
    half = Api(made["key"], trade.api.base)
    row = schedule(trade)
    wish = {"frequency": "monthly", "template": {"entries": entries(trade)}}
    assert half.post("/recurring", wish).status == 403
    assert half.post(f"/recurring/{row['id']}/run").status == 403
    assert half.put(f"/recurring/{row['id']}", {"name": "x"}).status == 403
    assert half.post(f"/recurring/{row['id']}/pause").status == 200


def test_a_day_begins_where_the_organization_is(trade, monkeypatch):
    far = trade.api.put("", {"time_zone": "Pacific/Auckland"})
    assert far.status == 200
    row = schedule(trade, started_at="2026-04-16", frequency="daily")
    number = ids.decode("ORG", row["organization_id"])
    assert due([number]) == [number]  # noon in London on the 15th is midnight there
    assert run(trade) == 1


def test_asked_for_on_resuming_missed_days_come_whatever_the_rule(trade):
    for rule in ("none", "latest"):
        row = schedule(trade, catch_up=rule)
        act(trade, row, "pause")
        act(trade, row, "resume", {"catch_up": "all"})
        assert run(trade) == 3
        assert [one["status"] for one in executions(trade, row)] == ["succeeded"] * 3
    last = schedule(trade, catch_up="none")
    act(trade, last, "pause")
    act(trade, last, "resume", {"catch_up": "latest"})
    run(trade)
    assert [one["status"] for one in executions(trade, last)] == ["skipped", "skipped", "succeeded"]
    flood = schedule(trade, frequency="daily", started_at="2026-01-01", catch_up_limit=50)
    assert run(trade) == 0 and shown(trade, flood)["status"] == "paused"
    act(trade, flood, "resume", {"catch_up": "all"})
    assert run(trade) == 105 and shown(trade, flood)["next_execution"] == "2026-04-16"


def test_passing_over_many_years_takes_no_more_statements_than_a_week(trade):
    week = schedule(trade, frequency="daily", started_at="2026-04-08")
    years = schedule(trade, frequency="daily", started_at="2010-01-01")
    counts = []
    for row in (week, years):
        act(trade, row, "pause")
        with CaptureQueriesContext(connection) as queries:
            assert act(trade, row, "resume")["next_execution"] == "2026-04-15"
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert trade.api.get(f"/recurring/{years['id']}/executions?limit=1&sort=due_date").data[0]["status"] == "skipped"


def test_where_writes_wait_for_approval_a_schedule_takes_approval_of_what_it_makes(trade):
    who = {"recurring": ["read", "write", "approve"], "transactions": ["read", "write"], "drafts": ["read", "write"]}
    half = Api(trade.post("/api-keys", {"name": "Half", "permissions": who})["key"], trade.api.base)
    who = who | {"transactions": ["read", "write", "approve"]}
    full = Api(trade.post("/api-keys", {"name": "Full", "permissions": who})["key"], trade.api.base)
    row = schedule(trade, started_at="2026-05-01")
    assert trade.api.put("", {"require_draft_approval": True}).status == 200
    wish = {"frequency": "monthly", "template": {"entries": entries(trade)}}
    one = f"/recurring/{row['id']}"
    for refused in (half.post("/recurring", wish), half.post(f"{one}/run"), half.put(one, {"name": "x"})):
        assert (refused.status, refused.error["code"]) == (403, "approval_required")
    assert half.post(f"{one}/pause").status == 200
    assert half.post(f"{one}/resume").error["code"] == "approval_required"
    assert full.post(f"{one}/resume").status == 200 and full.post("/recurring", wish).status == 201
    assert half.post("/drafts", {"operation": "recurring_create", "payload": wish})["is_valid"] is True
