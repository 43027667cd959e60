"""Soft locks over HTTP: each area by itself, lifted for one user or key, and what came in meanwhile."""

import datetime
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.journal.drafts import TYPES
from ledger.locks.areas import AREAS, area_of
from organizations import clock
from tests.cast import Books, Cast

LATER = "2100-01-01T00:00:00Z"


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def told(books: Books, event_type: str) -> list[dict]:
    return books.api.get(f"/events?event_type={event_type}").data


def locked(books: Books, **dates):
    answer = books.api.put("/lock-dates", dates)
    assert answer.status == 200, answer.body
    return answer


def key_id(books: Books) -> str:
    return books.api.get("/api-keys?sort=created_at").data[0]["id"]


def lifted(books: Books, area: str = "sales", **more):
    wish = {"area": area, "api_key_id": key_id(books), "reason": "A late invoice", "expires_at": LATER} | more
    return books.api.post("/lock-dates/lifts", wish)


def transfer(books: Books, day: str) -> dict:
    entries = [books.entry("1001", "debit", "5.00"), books.entry("3001", "credit", "5.00")]
    return {"type": "transfer", "transaction_date": day, "entries": entries, "auto_post": True}


def test_the_database_names_areas_as_python_does(db, superuser_connection):
    for kind in TYPES:
        found = superuser_connection.execute("select ledger_lock_area(%s)", [kind]).fetchone()[0]
        assert found == area_of(kind)
    assert {area_of(kind) for kind in TYPES} == set(AREAS)


def test_an_area_is_locked_and_the_others_are_not(books):
    shown = books.api.get("/lock-dates").body
    assert shown == {
        "object": "lock_dates",
        "organization_id": books.organization.public_id,
        **dict.fromkeys(AREAS),
        "books_closed_through": None,
    }
    assert locked(books, sales="2026-01-31")["sales"] == "2026-01-31"

    refused = books.api.post("/transactions", books.sale(transaction_date="2026-01-31"))
    assert refused.status == 422
    assert refused.error["code"] == "period_locked"
    details = refused.error["details"]
    assert (details["area"], details["locked_through"]) == ("sales", "2026-01-31")
    assert details["fields"]["transaction_date"] == ["Sales is locked through 2026-01-31."]

    assert books.api.post("/transactions", books.sale(transaction_date="2026-02-01")).status == 201
    assert books.api.post("/transactions", transfer(books, "2026-01-31")).status == 201
    event = told(books, "lock_dates.updated")[0]
    assert event["changes"]["sales"] == {"from": None, "to": "2026-01-31"}


def test_a_lock_moves_back_and_goes_away(books):
    locked(books, sales="2026-01-31", bank="2026-03-31")
    locked(books, sales="2025-12-31")
    assert books.api.post("/transactions", books.sale(transaction_date="2026-01-15")).status == 201
    assert books.api.post("/transactions", transfer(books, "2026-03-15")).error["code"] == "period_locked"
    assert locked(books, bank=None)["sales"] == "2025-12-31"
    assert books.api.post("/transactions", transfer(books, "2026-03-15")).status == 201
    assert len(told(books, "lock_dates.updated")) == 3
    locked(books, bank=None)  # nothing changes, nothing is told
    assert len(told(books, "lock_dates.updated")) == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sale": "2026-01-31"}, "sale"),
        ({"sales": "31.01.2026"}, "sales"),
        ({"sales": "1850-01-01"}, "sales"),
        ({"sales": 20260131}, "sales"),
        ({"bank": True}, "bank"),
    ],
)
def test_bad_lock_dates_are_refused_by_field(books, body, field):
    answer = books.api.put("/lock-dates", body)
    assert answer.status == 400
    assert list(answer.error["details"]["fields"]) == [field]
    assert books.api.get("/lock-dates")["sales"] is None


def test_a_draft_in_a_locked_period_warns_and_is_not_posted(books):
    draft = books.api.post("/transactions", books.sale(auto_post=False, transaction_date="2026-01-10"))
    assert draft["warnings"] == []
    locked(books, sales="2026-01-31")
    where = f"/transactions/{draft['id']}"
    assert [each["code"] for each in books.api.get(where)["warnings"]] == ["period_locked"]
    assert books.api.post(f"{where}/post").error["code"] == "period_locked"
    again = books.api.post("/transactions", books.sale(auto_post=False, transaction_date="2026-01-10"))
    assert [each["code"] for each in again["warnings"]] == ["period_locked"]


def test_many_drafts_in_a_locked_period_cost_no_more_queries_than_one(books):
    def queries(count: int) -> int:
        body = {"transactions": [books.sale(auto_post=False, transaction_date="2026-01-10")] * count}
        with CaptureQueriesContext(connection) as asked:
            assert books.api.post("/transactions/batch", body)["summary"]["succeeded"] == count
            assert len(books.api.get("/transactions?limit=100").data) >= count
        return len(asked)

    locked(books, sales="2026-01-31")
    assert queries(1) == queries(20)


def test_a_reversal_into_a_locked_period_is_refused(books):
    sale = books.api.post("/transactions", books.sale(transaction_date="2026-01-10"))
    locked(books, sales="2026-01-31")
    reverse = f"/transactions/{sale['id']}/reverse"
    assert books.api.post(reverse, {"reversal_date": "2026-01-31"}).error["code"] == "period_locked"
    assert books.api.post(reverse, {"reversal_date": "2026-02-01"}).status == 201


def test_a_batch_keeps_what_is_locked_as_failed(books):
    locked(books, sales="2026-01-31")
    days = ["2026-01-31", "2026-02-01", "2026-01-01"]
    body = {"transactions": [books.sale(transaction_date=day) for day in days], "auto_post": True}
    answer = books.api.post("/transactions/batch", body)
    assert [each["status"] for each in answer["results"]] == ["failed", "succeeded", "failed"]
    failed = answer["results"][0]
    assert failed["error"]["code"] == "period_locked"
    assert list(failed["error"]["details"]["fields"]) == ["transactions[0].transaction_date"]
    assert failed["transaction"]["error_code"] == "PERIOD_LOCKED"
    atomic = books.api.post("/transactions/batch", body | {"mode": "atomic"})
    assert (atomic.status, atomic.error["code"]) == (422, "period_locked")

    lifted(books)
    numbers = [answer["results"][place]["transaction"]["id"] for place in (0, 2)]
    posted = books.api.post("/transactions/batch-post", {"transaction_ids": numbers})
    assert posted["summary"] == {"succeeded": 2, "failed": 0, "skipped": 0}


def test_a_lift_lets_one_key_pass_in_its_area_and_shows_what_came_in(books):
    locked(books, sales="2026-01-31", bank="2026-01-31")
    other = books.key_for(["read", "write"])
    lift = lifted(books)
    assert lift.status == 201
    assert (lift["status"], lift["area"], lift["reason"]) == ("active", "sales", "A late invoice")

    late = books.api.post("/transactions", books.sale(transaction_date="2026-01-20"))
    assert late.status == 201
    books.api.post("/transactions", books.sale(transaction_date="2026-02-20"))  # needs no lift
    assert books.api.post("/transactions", transfer(books, "2026-01-20")).error["code"] == "period_locked"
    assert other.post("/transactions", books.sale(transaction_date="2026-01-20")).error["code"] == "period_locked"

    changes = books.api.get(f"/lock-dates/lifts/{lift['id']}/changes")
    assert [each["id"] for each in changes.data] == [late["id"]]
    assert books.api.get(f"/lock-dates/lifts/{lift['id']}/changes?filters[type]=expense").data == []

    assert books.api.delete(f"/lock-dates/lifts/{lift['id']}").status == 204
    assert books.api.delete(f"/lock-dates/lifts/{lift['id']}").status == 204
    assert books.api.get(f"/lock-dates/lifts/{lift['id']}")["status"] == "ended"
    again = books.api.post("/transactions", books.sale(transaction_date="2026-01-20"))
    assert again.error["code"] == "period_locked"
    for name in ("lock_lift.created", "lock_lift.ended"):
        assert [each["entity_id"] for each in told(books, name)] == [lift["id"]]


def test_a_lift_for_a_person_is_for_no_key(cast, books):
    locked(books, purchases="2026-01-31")
    lift = lifted(books, "purchases", api_key_id=None, user_id=cast.alice.public_id)
    assert lift.status == 201, lift.body
    entries = [books.entry("5201", "debit", "5.00"), books.entry("1001", "credit", "5.00")]
    rent = {"type": "expense", "transaction_date": "2026-01-20", "entries": entries, "auto_post": True}
    assert books.api.post("/transactions", rent).error["code"] == "period_locked"
    assert cast.as_person("alice").post("/transactions", rent).status == 201
    assert len(books.api.get(f"/lock-dates/lifts/{lift['id']}/changes").data) == 1


def test_the_hard_lock_holds_whatever_is_lifted(books):
    locked(books, sales="2026-01-31")
    lifted(books)
    books.api.put("", {"books_closed_through": "2026-01-31"})
    assert books.api.post("/transactions", books.sale(transaction_date="2026-01-20")).error["code"] == "books_closed"


def test_a_lift_runs_out(committed_cast):
    books = committed_cast.alices
    locked(books, sales="2026-01-31")
    soon = clock.now() + datetime.timedelta(seconds=1)
    lift = lifted(books, expires_at=soon.isoformat())
    assert lift.status == 201
    time.sleep(1.1)
    answer = books.api.post("/transactions", books.sale(transaction_date="2026-01-20"))
    assert answer.error["code"] == "period_locked"
    assert books.api.get(f"/lock-dates/lifts/{lift['id']}")["status"] == "expired"
    assert books.api.get("/lock-dates/lifts?status=expired").data


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"area": "payroll"}, "area"),
        ({"reason": ""}, "reason"),
        ({"reason": " "}, "reason"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"api_key_id": None}, "user_id"),
        ({"api_key_id": "KEY_0000000000000001"}, "api_key_id"),
        ({"api_key_id": "USR_0000000000000001"}, "api_key_id"),
        ({"api_key_id": None, "user_id": "USR_0000000000000001"}, "user_id"),
        ({"user_id": "USR_0000000000000001"}, "user_id"),
    ],
)
def test_bad_lifts_are_refused_by_field(books, changes, field):
    answer = lifted(books, **changes)
    assert answer.status == 400, answer.body
    assert list(answer.error["details"]["fields"]) == [field]


def test_lifts_are_listed_and_filtered(books):
    first, second = lifted(books)["id"], lifted(books, "bank")["id"]
    books.api.delete(f"/lock-dates/lifts/{first}")
    assert [each["id"] for each in books.api.get("/lock-dates/lifts").data] == [second, first]
    assert [each["id"] for each in books.api.get("/lock-dates/lifts?status=ended").data] == [first]
    assert [each["id"] for each in books.api.get("/lock-dates/lifts?filters[area]=bank").data] == [second]
    assert books.api.get("/lock-dates/lifts?filters[colour]=red").status == 400
    assert books.api.get("/lock-dates/lifts/LFT_0000000000000001").status == 404
    assert books.api.get(f"/lock-dates/lifts/{books.organization.public_id}").status == 400


def test_a_stranger_cannot_be_given_a_lift(cast, books):
    answer = lifted(books, api_key_id=None, user_id=cast.charlie.public_id)
    assert answer.status == 400
    theirs = key_id(cast.charlies)
    assert lifted(books, api_key_id=theirs).error["details"]["fields"] == {
        "api_key_id": ["There is no such API key here."]
    }


def test_who_may_only_read_moves_no_lock(cast, books):
    reader = books.key_for(["read"])
    assert reader.put("/lock-dates", {"sales": None}).status == 403
    assert reader.get("/lock-dates").status == 200
    narrow = books.key_for({"transactions": ["read", "write"]})
    assert narrow.get("/lock-dates").status == 403
    assert cast.charlies.api.get(f"/{books.api.base}/lock-dates").status == 404


def test_dry_run_moves_nothing(books):
    assert books.api.put("/lock-dates?dry_run=true", {"sales": "2026-01-31"})["sales"] == "2026-01-31"
    assert books.api.get("/lock-dates")["sales"] is None
