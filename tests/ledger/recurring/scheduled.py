"""Schedules of a trade over HTTP, and what became of them, in a few words."""

import datetime

from ledger.recurring.executing import run_due
from organizations import clock
from tests.ledger.trading import Trade, open_trade

TODAY = datetime.date(2026, 4, 15)


def stand(monkeypatch, day: datetime.date) -> None:
    """Let it be this day, at noon."""
    now = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    monkeypatch.setattr(clock, "now", lambda: now)


def opened(monkeypatch) -> Trade:
    """A café on a day in April."""
    stand(monkeypatch, TODAY)
    return open_trade()


def entries(trade: Trade, amount="1200.00") -> list[dict]:
    return [trade.books.entry("5201", "debit", amount), trade.books.entry("1001", "credit", amount)]


def schedule(trade: Trade, status=201, **more):
    body = {"frequency": "monthly", "started_at": "2026-01-31"} | more
    if not {"recurable_id", "entries", "depreciation", "template"} & body.keys():
        body["template"] = {"description": "Rent {period}", "reference_number": "R{n}", "entries": entries(trade)}
    answer = trade.api.post("/recurring", body)
    assert answer.status == status, answer.body
    return answer.body


def run(trade: Trade) -> int:
    return run_due(trade.books.organization.pk)


def shown(trade: Trade, row: dict) -> dict:
    return trade.api.get(f"/recurring/{row['id']}").body


def executions(trade: Trade, row: dict) -> list[dict]:
    return trade.api.get(f"/recurring/{row['id']}/executions?sort=due_date").data


def posted(trade: Trade, row: dict) -> list[tuple]:
    rows = trade.api.get(f"/transactions?filters[metadata.recurring_id]={row['id']}&sort=transaction_date").data
    return [(one["transaction_date"], one["description"], one["reference_number"], one["status"]) for one in rows]


def amounts(trade: Trade, row: dict) -> list:
    rows = trade.api.get(f"/transactions?filters[metadata.recurring_id]={row['id']}&sort=transaction_date").data
    return [one["amount"] for one in rows]


def coming(trade: Trade, row: dict, many=4) -> list[tuple]:
    """What comes: the day, and what its description says."""
    rows = trade.api.get(f"/recurring/{row['id']}/preview?count={many}").data
    return [(one["due_date"], one["request"].get("description")) for one in rows]


def change(trade: Trade, row: dict, body: dict, status=200):
    answer = trade.api.put(f"/recurring/{row['id']}", body)
    assert answer.status == status, answer.body
    return answer


def warned(answer) -> list[str]:
    """The fields of which the answer says that nobody reads them."""
    return [one["field"] for one in answer["warnings"] if one["code"] == "unknown_field"]


def act(trade: Trade, row: dict, verb: str, body=None, status=200):
    answer = trade.api.post(f"/recurring/{row['id']}/{verb}", body or {})
    assert answer.status == status, answer.body
    return answer
