"""Changing a schedule: what is as it was changes nothing, and what nobody reads is told."""

import datetime

import pytest

from ledger.recurring.shapes import ChangedRecurringShape
from tests.ledger.recurring.scheduled import act, change, coming, entries, opened, run, schedule, shown, stand, warned
from tests.ledger.trading import Trade


@pytest.fixture
def trade(db, monkeypatch) -> Trade:
    return opened(monkeypatch)


def test_a_schedule_may_be_sent_back_as_it_was_shown(trade, monkeypatch):
    row = schedule(trade, started_at="2026-12-30")
    stand(monkeypatch, datetime.date(2027, 1, 31))
    assert run(trade) == 2
    dearer = {"description": "Dearer", "entries": entries(trade, "1300.00")}
    change(trade, row, {"template": dearer, "effective_from": "2027-04-01"})
    before, days = shown(trade, row), coming(trade, row)
    assert [day for day, _ in days] == ["2027-02-28", "2027-03-30", "2027-04-30", "2027-05-30"]
    after = change(trade, row, before | {"name": "Renamed"})
    assert after["name"] == "Renamed" and after["warnings"] == []
    assert coming(trade, row) == days and after["revisions"] == before["revisions"]


def test_a_depreciation_may_be_sent_back_as_it_was_shown(trade):
    asset = {"cost": "1000.00", "periods": 7, "expense_account_id": trade.books.account("5401")}
    asset |= {"accumulated_account_id": trade.books.account("1201")}
    row = schedule(trade, started_at="2026-03-31", depreciation=asset)
    after = change(trade, row, shown(trade, row) | {"name": "Van"})
    assert (after["name"], after["warnings"], after["depreciation"]) == ("Van", [], row["depreciation"])
    other = {"template": row["template"] | {"description": "Other"}}
    assert "template" in change(trade, row, other, status=400).error["details"]["fields"]


def test_what_a_weekend_gives_way_to_may_change_without_moving_the_days(trade, monkeypatch):
    row = schedule(trade, started_at="2026-12-30")
    stand(monkeypatch, datetime.date(2027, 1, 31))
    run(trade)
    change(trade, row, {"business_day": "next"})
    assert [day for day, _ in coming(trade, row, 3)] == ["2027-03-01", "2027-03-30", "2027-04-30"]


def test_null_says_nothing_where_there_is_no_other_choice(trade):
    row = schedule(trade)
    assert row["month_end"] is True
    assert change(trade, row, {"month_end": None, "template": None})["month_end"] is True


def test_no_change_ends_a_schedule_in_passing(trade):
    row = schedule(trade, started_at="2026-03-31")
    run(trade)
    for wish in ({"ended_at": "2020-01-01"}, {"ended_at": "2026-04-01"}, {"max_executions": 1}):
        refused = change(trade, row, wish, status=400)
        assert list(refused.error["details"]["fields"]) == list(wish)
    assert shown(trade, row)["status"] == "active"


@pytest.mark.parametrize("metadata", ["x", None, ["a"], 7])
def test_metadata_of_a_template_that_is_no_map_is_refused(trade, metadata):
    template = {"description": "Rent", "entries": entries(trade), "metadata": metadata}
    refused = schedule(trade, status=400, template=template)["error"]
    assert list(refused["details"]["fields"]) == ["template.metadata"]
    row = schedule(trade)
    assert "template.metadata" in change(trade, row, {"template": template}, status=400).error["details"]["fields"]


def test_what_contradicts_a_schedule_is_refused(trade):
    asset = {"cost": "100.00", "periods": 2, "expense_account_id": trade.books.account("5401")}
    asset |= {"accumulated_account_id": trade.books.account("1201")}
    for body, field in (
        ({"template": {"entries": entries(trade), "auto_post": False}}, "template.auto_post"),
        ({"recurable_type": "invoice", "template": {"contact_id": trade.customer, "issue": True}}, "template.issue"),
        ({"recurable_id": "TXN_00000000000000ff", "depreciation": asset}, "recurable_id"),
        ({"depreciation": asset | {"rate": "20"}}, "depreciation.rate"),
        ({"depreciation": asset, "template": {"type": "income"}}, "template.type"),
    ):
        assert list(schedule(trade, status=400, **body)["error"]["details"]["fields"]) == [field]


def test_what_nobody_reads_is_told_with_its_place(trade):
    asset = {"cost": "100.00", "periods": 2, "expense_account_id": trade.books.account("5401")}
    asset |= {"accumulated_account_id": trade.books.account("1201")}
    odd = [one | {"zzz": 1} for one in entries(trade)]
    item = {"description": "Support", "unit_price": "5.00", "price": "7.00"}
    invoice = {"contact_id": trade.customer, "note": "x", "terms": "y", "items": [item]}
    for body, fields in (
        ({"template": {"entries": odd, "foo": 1}},
         ["template.foo", "template.entries[0].zzz", "template.entries[1].zzz"]),
        ({"description": "Top", "entries": entries(trade), "template": {"entries": entries(trade)}},
         ["description", "entries"]),
        ({"description": "Top", "entries": odd}, ["entries[0].zzz", "entries[1].zzz"]),
        ({"depreciation": asset | {"salvage": "5.00"}}, ["depreciation.salvage"]),
        ({"depreciation": asset, "entries": entries(trade)}, ["entries"]),
        ({"depreciation": asset, "template": {"entries": entries(trade)}}, ["template.entries"]),
        ({"recurable_type": "invoice", "template": invoice},
         ["template.note", "template.terms", "template.items[0].price"]),
    ):  # fmt: skip
        assert warned(schedule(trade, **body)) == fields
    assert (
        "did you mean salvage_value" in schedule(trade, depreciation=asset | {"salvage": 5})["warnings"][0]["message"]
    )
    row = schedule(trade)
    wish = {"started_at": "2027-01-01", "next_execution": "2027-01-01", "recurable_type": "bill", "depreciation": {}}
    assert sorted(warned(change(trade, row, wish | {"status": "paused", "nmae": "x"}))) == sorted(
        [*wish, "nmae", "status"]
    )
    template = {"entries": odd}
    assert warned(change(trade, row, {"template": template})) == ["template.entries[0].zzz", "template.entries[1].zzz"]
    assert warned(act(trade, row, "pause", {"rason": "x"})) == ["rason"]
    assert warned(act(trade, row, "resume", {"catchup": "all"})) == ["catchup"]
    assert warned(act(trade, row, "cancel", {"reson": "x"})) == ["reson"]


def test_the_reference_s_example_of_a_change_is_taken(trade):
    row = schedule(trade)
    (example,) = ChangedRecurringShape._spectacular_annotation["examples"]
    own = [one["account_id"] for one in row["template"]["entries"]]
    sides = [
        one | {"account_id": number} for one, number in zip(example.value["template"]["entries"], own, strict=True)
    ]
    changed = change(trade, row, example.value | {"template": example.value["template"] | {"entries": sides}})
    assert changed["revisions"][0]["from"] == example.value["effective_from"] and changed["warnings"] == []
