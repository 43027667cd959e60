"""What an occurrence says, by which template it is made, and what becomes of it when its draft is deleted."""

import pytest

from tests.ledger.recurring.scheduled import (
    act,
    amounts,
    change,
    coming,
    entries,
    executions,
    opened,
    posted,
    run,
    schedule,
)
from tests.ledger.trading import Trade


@pytest.fixture
def trade(db, monkeypatch) -> Trade:
    return opened(monkeypatch)


def test_run_now_makes_the_occurrence_as_the_preview_shows_it(trade):
    row = schedule(trade, started_at="2026-06-01")
    dearer = {"description": "Dearer {month} {year}, {period}", "entries": entries(trade, "1555.00")}
    assert change(trade, row, {"template": dearer})["template"]["description"] == dearer["description"]
    assert coming(trade, row, 1) == [("2026-06-01", "Dearer June 2026, June 2026")]
    act(trade, row, "run")
    assert posted(trade, row)[0][:2] == ("2026-04-15", "Dearer June 2026, June 2026")
    assert amounts(trade, row) == [1555]


def test_a_draft_that_a_schedule_made_may_be_deleted_and_is_not_made_again(trade):
    row = schedule(trade, auto_post=False)
    assert run(trade) == 3
    first, *others = executions(trade, row)
    assert trade.api.delete(f"/transactions/{first['transaction_id']}").status == 204
    told = executions(trade, row)
    assert told[1:] == others
    assert told[0] == first | {"transaction_id": None, "error_message": "The draft that it had made was deleted."}
    assert run(trade) == 0 and len(posted(trade, row)) == 2
    assert trade.refused(f"/recurring/{row['id']}/executions/{first['id']}/retry", status=409)


def test_the_transaction_of_a_failed_occurrence_may_be_deleted_and_is_made_anew_on_request(trade):
    row = schedule(trade, started_at="2026-03-31")
    cash = f"/accounts/{trade.books.account('1001')}"
    assert trade.api.put(cash, {"status": "suspended"}).status == 200
    run(trade)
    (failed,) = executions(trade, row)
    assert trade.api.delete(f"/transactions/{failed['transaction_id']}").status == 204
    assert executions(trade, row) == [failed | {"transaction_id": None}]
    assert run(trade) == 0
    trade.api.put(cash, {"status": "active"})
    done = trade.api.post(f"/recurring/{row['id']}/executions/{failed['id']}/retry").body
    assert done["status"] == "succeeded" and done["transaction_id"] not in (None, failed["transaction_id"])


@pytest.mark.parametrize(
    ("started", "rule", "more", "expected"),
    [
        ("2027-01-31", "next", {}, ["2027-02-01: January January 2027", "2027-03-01: February February 2027"]),
        ("2028-01-01", "previous", {}, ["2027-12-31: January January 2028", "2028-02-01: February February 2028"]),
        ("2028-12-31", "next", {"frequency": "annually"}, ["2029-01-01: December 2028", "2029-12-31: December 2029"]),
        ("2026-12-31", "next", {"ended_at": "2027-01-31"},
         ["2026-12-31: December December 2026", "2027-02-01: January January 2027"]),
    ],
)  # fmt: skip
def test_words_and_the_last_day_go_by_the_calendar_whatever_a_weekend_moves(trade, started, rule, more, expected):
    template = {"description": "{month} {period}", "entries": entries(trade)}
    row = schedule(trade, started_at=started, business_day=rule, template=template, **more)
    assert [f"{day}: {said}" for day, said in coming(trade, row, 9)][:2] == expected


@pytest.mark.parametrize(
    ("started", "rule", "first", "which"),
    [
        ("2027-04-01", "previous", "2027-05-01", 1),
        ("2027-01-31", "next", "2027-02-01", 1),
        ("2027-01-31", "next", None, 0),
    ],
)
def test_revisions_go_by_the_calendar_whatever_a_weekend_moves(trade, started, rule, first, which):
    row = schedule(trade, started_at=started, business_day=rule)
    change(trade, row, {"effective_from": first, "template": {"description": "New", "entries": entries(trade)}})
    assert [said == "New" for _, said in coming(trade, row, 3)] == [place >= which for place in range(3)]
