"""A field that nobody reads is never refused and never passed over in silence, whichever way it comes."""

import json
from operator import itemgetter

import pytest

from ledger.journal import batching
from ledger.journal.drafts import ENTRY, HEADER_NAMES, SHOWN
from ledger.journal.shapes import EntryShape, TransactionShape
from organizations.wire.unknown_fields import unknown_fields
from tests.cast import open_books
from tests.ledger.journal.bad_inputs import odd_inputs
from tests.ledger.journal.test_express import Lane


@pytest.fixture
def books(db):
    return open_books("Odd Ltd")


def odd(books) -> dict[str, dict]:
    return odd_inputs(lambda: books.sale("10.00"))


def fields(answer) -> list[str]:
    return [warning["field"] for warning in answer["warnings"] if warning["code"] == "unknown_field"]


def test_a_date_by_another_name_is_pointed_out(books):
    done = books.api.post("/transactions", {**books.sale(), "date": "2024-05-01"})
    assert (done.status, done["status"]) == (201, "posted")
    assert done["warnings"] == [
        {
            "code": "unknown_field",
            "field": "date",
            "message": "date is not known here and was ignored; did you mean transaction_date?",
        }
    ]
    assert books.api.get(f"/transactions/{done['id']}")["warnings"] == []
    (event,) = books.api.get(f"/events?entity_id={done['id']}").data
    assert event["after_state"]["warnings"] == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("date", "transaction_date"),
        ("transactionDate", "transaction_date"),
        ("descripton", "description"),
        ("reference", "reference_number"),
        ("currency", "currency_id"),
        ("postingDate", None),
        ("colour", None),
        ("", None),
        ("1", None),
    ],
)
def test_what_was_probably_meant(name, meant):
    (warning,) = unknown_fields({name: 1}, HEADER_NAMES)
    assert warning["message"].endswith(f"did you mean {meant}?" if meant else "was ignored.")


def test_what_is_there_already_was_not_meant():
    (warning,) = unknown_fields({"transaction_date": "2024-05-01", "date": "2024-05-01"}, HEADER_NAMES)
    assert "did you mean" not in warning["message"]


def test_every_way_in_says_the_same(books):
    """Alone, in each mode of a batch, and in a batch so long that its parts are written while others are read."""
    told = {}
    for name, body in odd(books).items():
        alone = books.api.post("/transactions", body)
        assert alone.status == 201, (name, alone.body)
        told[name] = alone["warnings"]
        assert 1 <= len(told[name]) <= 20
        assert all(len(warning["message"]) < 400 for warning in told[name])
    assert fields({"warnings": told["in the entries"]}) == [
        f"entries[{n}].{f}" for n in (0, 1) for f in ("rate", "memo")
    ]
    items = list(odd(books).values())
    for mode in ("independent", "atomic", "stop_on_error"):
        done = books.api.post("/transactions/batch", {"transactions": items, "mode": mode})
        assert [result["transaction"]["warnings"] for result in done["results"]] == list(told.values()), mode
    many = [books.sale("1.00", client_ref=str(place)) for place in range(batching.PART)] + items
    done = books.api.post("/transactions/batch", {"transactions": many})
    found = [result["transaction"]["warnings"] for result in done["results"]]
    assert found == [[]] * batching.PART + list(told.values())


def test_an_item_that_fails_on_posting_says_so_too(books):
    wrong = {**books.sale("10.00"), "date": "2024-05-01"}
    wrong["entries"][0]["amount"] = "9.00"
    (result,) = books.api.post("/transactions/batch", {"transactions": [wrong]})["results"]
    codes = [warning["code"] for warning in result["transaction"]["warnings"]]
    assert (result["status"], codes) == ("failed", ["transaction_does_not_balance", "unknown_field"])


def test_a_draft_is_warned_of_what_posting_would_refuse_first(books):
    wrong = books.sale("10.00", auto_post=False, date="2024-05-01")
    wrong["entries"][0]["amount"] = "9.00"
    codes = map(itemgetter("code"), books.api.post("/transactions", wrong)["warnings"])
    assert list(codes) == ["transaction_does_not_balance", "unknown_field"]


def test_a_transaction_may_be_sent_back_as_it_was_shown(books):
    draft = books.api.post("/transactions", books.sale(auto_post=False))
    shown = {name: value for name, value in draft.body.items() if value is not None}
    done = books.api.put(f"/transactions/{draft['id']}", json.loads(json.dumps(shown, default=str)))
    assert (done.status, done["warnings"]) == (200, [])
    assert fields(books.api.put(f"/transactions/{draft['id']}", {"date": "2024-05-01", "auto_post": True})) == [
        "date",
        "auto_post",
    ]


def test_what_is_shown_is_known_here():
    """A new field of the answer must take its place in ``SHOWN``, or be one that can be set."""
    assert set(TransactionShape().fields) - HEADER_NAMES == SHOWN["transaction"]
    assert set(EntryShape().fields) - ENTRY.keys() == SHOWN["entry"]


def test_a_warning_does_not_change_the_version(books):
    draft = books.api.post("/transactions", books.sale(auto_post=False))
    path = f"/transactions/{draft['id']}"
    first = books.api.put(path, {"memo": "x"})
    assert fields(first) == ["memo"]
    assert books.api.put(path, {"description": "y"}, if_match=first.headers["ETag"]).status == 200


def test_reversals_and_adjustments_are_told_too(books):
    sale = books.api.post("/transactions", books.sale())
    path = f"/transactions/{sale['id']}"
    back = [books.entry("1001", "credit", "1.00", memo="x"), books.entry("4001", "debit", "1.00")]
    part = books.api.post(f"{path}/reverse-partial", {"entries": back, "date": "2030-01-01"})
    assert fields(part) == ["entries[0].memo", "date"]
    assert "reversal_date" in part["warnings"][1]["message"]
    assert fields(books.api.post(f"{path}/adjust", books.sale("1.00", memo="x"))) == ["memo"]
    assert fields(books.api.post(f"{path}/reverse", {"date": "2030-01-01"})) == ["date"]


def test_accounts_are_told_alone_and_in_a_batch(books):
    new = {"code": "1801", "name": "Till", "type": "asset", "parent": books.account("1001"), "color": "red"}
    alone = books.api.post("/accounts", new)
    assert (alone.status, fields(alone)) == (201, ["parent", "color"])
    items = [{**new, "code": "1802", "client_ref": "a"}, {"code": "9100", "name": "Odd", "type": "asset"}]
    done = books.api.post("/accounts/batch", {"accounts": items})
    assert [fields(result["account"]) for result in done["results"]] == [["parent", "color"], []]
    assert fields(done["data"][0]) == ["parent", "color"]
    path = f"/accounts/{alone['id']}"
    shown = json.loads(json.dumps(books.api.get(path).body, default=str))
    assert books.api.put(path, shown)["warnings"] == []
    changed = books.api.put(path, {"title": "Cash box"})
    assert fields(changed) == ["title"]
    assert books.api.put(path, {"name": "Cash box"}, if_match=changed.headers["ETag"]).status == 200


def test_a_replay_has_the_warning_as_well(books):
    body = {**books.sale(), "date": "2024-05-01"}
    first, again = [books.api.post("/transactions", body, idempotency_key="once").body for _ in range(2)]
    assert first == again
    assert fields(again) == ["date"]


def test_the_express_lane_leaves_it_to_django(committed_db):
    books, lane = open_books("Odd Ltd"), Lane()
    for name, body in odd(books).items():
        before = lane.handed_on
        fast, slow = lane.ask(books, body), lane.ask(books, body, express=False)
        assert (lane.handed_on, fast[0], slow[0]) == (before + 1, 201, 201), name
        assert fast[1]["warnings"] == slow[1]["warnings"] != []
