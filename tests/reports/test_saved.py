"""Saved reports: made as their addresses answer, as jobs, and by e-mail once for each day that they are due."""

import datetime
import json
import threading
from pathlib import Path

import pytest
from django.db import connection

from organizations import clock
from organizations.jobs.running import run
from reports.saved.api import TAKEN_BY_REPORTS
from reports.saved.keeping import due, send_due
from reports.saved.running import REPORTS
from reports.saved.tasks import send_due_reports
from tests.cast import Books, number_of
from tests.reports.worked import figures_of, open_shop

SNAPSHOT = Path(__file__).parents[1] / "contract" / "openapi.json"
WISH = {
    "name": "Income of the month",
    "report": "income-statement",
    "parameters": {"depth": "2"},
    "period": "last_month",
    "format": "pdf",
    "frequency": "monthly",
    "recipients": ["owner@example.com"],
    "first_run": "2026-03-05",
}


@pytest.fixture
def books(db) -> Books:
    return open_shop()


def at(monkeypatch, day: str) -> None:
    moment = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: moment)


def saved(books: Books, **more) -> dict:
    made = books.api.post("/saved-reports", WISH | more)
    assert made.status == 201, made.body
    return made.body


def test_a_due_report_is_sent_once_with_its_file_and_its_dates(books, monkeypatch):
    made = saved(books)
    number = books.organization.pk
    at(monkeypatch, "2026-03-04")
    assert due([number]) == []
    at(monkeypatch, "2026-03-05")
    assert due([number]) == [number]
    assert send_due(number) == 1 and send_due(number) == 0
    (letter,) = books.api.get("/letters").data
    assert letter["to"] == ["owner@example.com"] and letter["subject"] == "Income of the month, 2026-03-05"
    assert letter["attachments"][0]["name"].startswith("income-statement-2026-03-05")
    row = books.api.get(f"/saved-reports/{made['id']}")
    assert row["next_run"] == "2026-04-05" and row["last_run_at"] is not None
    assert "saved_report.sent" in [
        event["event_type"] for event in books.api.get(f"/events?entity_id={made['id']}").data
    ]
    at(monkeypatch, "2026-09-01")  # months were missed: one letter, not five
    assert send_due(number) == 1
    assert books.api.get(f"/saved-reports/{made['id']}")["next_run"] == "2026-09-05"
    books.api.put(f"/saved-reports/{made['id']}", {"status": "paused"})
    at(monkeypatch, "2026-10-01")
    assert due([number]) == []


def test_a_month_that_is_shorter_moves_no_day(books, monkeypatch):
    monkeypatch.setattr("reports.saved.keeping.clock.today", lambda zone: datetime.date(2026, 1, 31))
    wish = {name: value for name, value in WISH.items() if name != "first_run"}
    made = books.api.post("/saved-reports", wish)
    assert (made.status, made["next_run"]) == (201, "2026-02-28")
    monkeypatch.undo()
    at(monkeypatch, "2026-02-28")
    assert send_due(books.organization.pk) == 1
    assert books.api.get(f"/saved-reports/{made['id']}")["next_run"] == "2026-03-28"
    daily = books.api.post("/saved-reports", WISH | {"name": "Daily", "frequency": "daily", "first_run": "2026-03-31"})
    assert (daily.status, daily["next_run"]) == (201, "2026-03-31")


def test_what_cannot_be_made_is_not_saved(books):
    for change, field in (
        ({"parameters": {"colour": "red"}}, None),
        ({"parameters": {"depth": "0"}}, None),
        ({"report": "account-statement", "parameters": {}}, None),
        ({"recipients": ["nobody"]}, "recipients[0]"),
        ({"recipients": []}, "recipients"),
        ({"name": " "}, "name"),
        ({"first_run": "2026-01-31"}, "first_run"),
        ({"parameters": {"format": "csv"}}, "parameters.format"),
        ({"parameters": {"end_date": "2026-01-31"}}, "parameters.end_date"),
        ({"report": "gossip"}, "report"),
        ({"period": "whenever"}, "period"),
    ):
        refused = books.api.post("/saved-reports", WISH | change)
        if field is None:
            assert (refused.status, refused.error["code"]) == (422, "report_refused"), refused.body
        else:
            assert refused.status == 400 and field in refused.error["details"]["fields"], refused.body
    assert books.api.get("/saved-reports").data == []


def test_a_report_as_a_job_says_what_its_address_says(books):
    asked = {"report": "income-statement", "parameters": {"start_date": "2025-01-01", "end_date": "2025-12-31"}}
    queued = books.api.post("/reports/jobs", asked)
    assert queued.status == 202, queued.body
    assert run(books.organization.pk, number_of("REQ", queued["id"])) == "succeeded"
    result = books.api.get(f"/jobs/{queued['id']}")["result"]
    direct = books.api.get("/reports/income-statement?start_date=2025-01-01&end_date=2025-12-31")
    assert figures_of(result) == figures_of(direct) and result["net_income"] == 1800
    made = saved(books, frequency="never", recipients=[], report="balance-sheet", parameters={}, period="last_year")
    assert made["next_run"] is None
    again = books.api.post(f"/saved-reports/{made['id']}/run")
    assert run(books.organization.pk, number_of("REQ", again["id"])) == "succeeded"
    assert books.api.get(f"/jobs/{again['id']}")["result"]["object"] == "balance_sheet"
    wrong = books.api.post("/reports/jobs", {"report": "cash-flow", "parameters": {"method": "magic"}})
    assert run(books.organization.pk, number_of("REQ", wrong["id"])) == "failed"
    assert books.api.get(f"/jobs/{wrong['id']}")["error"]["code"] == "report_refused"
    assert books.api.post("/reports/jobs", {"report": "cash-flow", "parameters": {"format": "pdf"}}).status == 400


def test_a_parameter_beside_the_parameters_is_refused_and_says_where_it_belongs(books):
    """A report of today instead of the one that was asked for would be a wrong answer without a word."""
    asked = {"report": "trial-balance", "as_of": "2024-01-01", "depth": "2"}
    refused = books.api.post("/reports/jobs", asked)
    assert refused.status == 400 and refused.error["details"]["fields"] == {
        "as_of": ["Belongs into parameters: parameters.as_of."],
        "depth": ["Belongs into parameters: parameters.depth."],
    }
    told = books.api.post("/reports/jobs", {"report": "trial-balance", "colour": "red"})
    assert told.status == 202 and [each["field"] for each in told["warnings"]] == ["colour"]
    assert "warnings" not in books.api.post("/reports/jobs", {"report": "trial-balance"}).body


def test_all_parameters_of_reports_are_known_as_such():
    paths = json.loads(SNAPSHOT.read_text())["paths"]
    taken = {
        parameter["name"]
        for report in REPORTS
        for parameter in paths[f"/organizations/{{organization_id}}/reports/{report}"]["get"]["parameters"]
        if parameter["in"] == "query"
    }
    assert taken <= TAKEN_BY_REPORTS


def test_fields_of_a_saved_report_that_nobody_reads_are_told(books):
    made = saved(books, colour="red")
    assert [each["field"] for each in made["warnings"]] == ["colour"]
    changed = books.api.put(f"/saved-reports/{made['id']}", {"colour": "red", "next_run": made["next_run"]})
    assert [each["field"] for each in changed["warnings"]] == ["colour"]


def test_a_report_that_fails_is_told_and_tried_on_its_next_day(books, monkeypatch):
    account = books.account("1001")
    made = saved(books, report="account-statement", parameters={"account_id": account}, period="so_far")
    with books.acting(), connection.cursor() as cursor:
        cursor.execute('update reports_savedreport set parameters = \'{"account_id": "ACT_00000000000000ff"}\'')
    at(monkeypatch, "2026-03-05")
    assert send_due(books.organization.pk) == 1
    assert books.api.get("/letters").data == []
    events = books.api.get(f"/events?entity_id={made['id']}").data
    assert "saved_report.failed" in [event["event_type"] for event in events]


def test_eight_workers_send_one_letter(committed_db, monkeypatch):
    books = open_shop()
    saved(books, first_run="2026-01-02", frequency="daily")
    workers = [threading.Thread(target=_work) for _ in range(8)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(books.api.get("/letters").data) == 1


def _work() -> None:
    try:
        send_due_reports()
    finally:
        connection.close()


def test_changes_and_deletion_are_in_the_trail(books):
    made = saved(books)
    changed = books.api.put(f"/saved-reports/{made['id']}", {"frequency": "never", "name": "Income"})
    assert (changed["next_run"], changed["name"]) == (None, "Income")
    assert books.api.delete(f"/saved-reports/{made['id']}").status == 204
    assert books.api.get(f"/saved-reports/{made['id']}").status == 404
    types = sorted(event["event_type"] for event in books.api.get(f"/events?entity_id={made['id']}").data)
    assert types == ["saved_report.created", "saved_report.deleted", "saved_report.updated"]
