"""A depreciation over HTTP: it comes to its salvage value to the cent, whatever happens to its schedule."""

import datetime

import pytest

from tests.ledger.recurring.scheduled import act, amounts, change, executions, opened, run, schedule, shown, stand
from tests.ledger.trading import Trade


@pytest.fixture
def trade(db, monkeypatch) -> Trade:
    return opened(monkeypatch)


def asset(trade: Trade, **more) -> dict:
    accounts = {"expense_account_id": "5401", "accumulated_account_id": "1201"}
    return {"cost": "1200.00", "periods": 12} | {name: trade.books.account(accounts[name]) for name in accounts} | more


def fields_of(answer: dict) -> list[str]:
    return list(answer["error"]["details"]["fields"])


def test_no_period_is_left_out_by_a_pause(trade, monkeypatch):
    row = schedule(trade, started_at="2026-05-31", depreciation=asset(trade))
    act(trade, row, "pause")
    stand(monkeypatch, datetime.date(2026, 10, 15))
    for rule in ("none", "latest"):
        assert fields_of(act(trade, row, "resume", {"catch_up": rule}, status=400).body) == ["catch_up"]
    act(trade, row, "resume")
    assert run(trade) == 5
    assert {one["status"] for one in executions(trade, row)} == {"succeeded"}
    assert [one["due_date"] for one in executions(trade, row)][:2] == ["2026-05-31", "2026-06-30"]
    stand(monkeypatch, datetime.date(2027, 5, 31))
    run(trade)
    assert shown(trade, row)["status"] == "completed" and sum(amounts(trade, row)) == 1200


def test_a_flood_of_periods_waits_for_a_person_and_all_of_them_come(trade):
    row = schedule(trade, started_at="2025-01-31", depreciation=asset(trade), catch_up_limit=5)
    assert run(trade) == 0 and shown(trade, row)["status"] == "paused"
    act(trade, row, "resume")
    assert run(trade) == 12 and sum(amounts(trade, row)) == 1200


def test_how_many_and_until_when_follow_from_the_asset(trade):
    row = schedule(trade, depreciation=asset(trade), max_executions=12)
    for wish in ({"ended_at": "2027-12-31"}, {"max_executions": 3}, {"catch_up": "none"}, {"catch_up": "latest"}):
        assert fields_of(schedule(trade, status=400, depreciation=asset(trade), **wish)) == list(wish)
        assert fields_of(change(trade, row, wish, status=400).body) == list(wish)
    late = schedule(trade, status=400, frequency="annually", depreciation=asset(trade, periods=200))
    assert fields_of(late) == ["depreciation.periods"]
    rare = change(trade, row, {"frequency": "annually", "interval": 100}, status=400)
    assert fields_of(rare.body) == ["depreciation.periods"]


def test_no_period_takes_nothing(trade):
    tiny = asset(trade, method="declining_balance", cost="10.00", periods=30, rate="50")
    row = schedule(trade, started_at="2024-01-31", depreciation=tiny)
    run(trade)
    assert {one["status"] for one in executions(trade, row)} == {"succeeded"}
    assert min(amounts(trade, row)) > 0 and sum(amounts(trade, row)) == 10
    assert shown(trade, row)["status"] == "completed"


def test_what_is_wrong_is_said_in_its_own_words(trade):
    wrong = schedule(trade, status=400, depreciation=asset(trade, cost="0.04", periods=10))
    assert fields_of(wrong) == ["depreciation.periods"]
    gone = schedule(trade, status=400, depreciation=asset(trade, expense_account_id="ACT_00000000000000ff"))
    assert fields_of(gone) == ["depreciation.expense_account_id"]
    other = schedule(trade, status=422, depreciation=asset(trade, expense_account_id=trade.books.account("4001")))
    assert fields_of(other) == ["depreciation"]
