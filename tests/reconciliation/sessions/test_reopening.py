"""Reopening the last session, cancelling those that build on it, and giving one up."""

from tests.reconciliation.sessions.books import (
    FEBRUARY,
    PATH,
    act,
    asked,
    completed,
    done,
    entry_on,
    move,
    shown,
    started,
    told,
)

MARCH = {"start_date": "2024-03-01", "end_date": "2024-03-31"}


def test_the_last_one_is_opened_again_with_its_marks(books):
    sale = move(books, "50.00", "2024-01-05")
    session = completed(books, "1050.00", [sale])
    opened = done(books, session, "reopen")
    assert (opened["status"], opened["completed_at"], opened["reconciled_count"]) == ("in_progress", None, 1)
    assert opened["cancelled_reconciliation_ids"] == []
    (event,) = told(books, "reconciliation.reopened")
    assert event["changes"]["status"] == {"from": "completed", "to": "in_progress"}
    done(books, session, "unreconcile", {"transaction_ids": [sale]})
    refused = act(books, session, "reopen")
    assert (refused.status, refused.error["code"]) == (409, "reconciliation_not_completed")
    assert refused.error["details"]["status"] == "in_progress"


def test_later_ones_stand_in_the_way_and_are_named(books):
    first = completed(books, "1000.00", [])
    second = completed(books, "1000.00", [], FEBRUARY)
    third = started(books, "1000.00", MARCH)
    refused = act(books, first, "reopen")
    assert (refused.status, refused.error["code"]) == (409, "reconciliation_not_latest")
    assert refused.error["details"]["later"] == [
        {"id": third["id"], **MARCH, "status": "in_progress"},
        {"id": second["id"], **FEBRUARY, "status": "completed"},
    ]
    assert act(books, second, "reopen").error["details"]["later"][0]["id"] == third["id"]
    done(books, third, "cancel")
    assert done(books, second, "reopen")["status"] == "in_progress"


def test_a_cascade_cancels_the_later_ones_latest_first(books):
    sales = {day: move(books, "10.00", day) for day in ("2024-01-05", "2024-02-05", "2024-03-05")}
    first = completed(books, "1010.00", [sales["2024-01-05"]])
    second = completed(books, "1020.00", [sales["2024-02-05"]], FEBRUARY)
    third = started(books, "1030.00", MARCH)
    done(books, third, "reconcile", {"transaction_ids": [sales["2024-03-05"]]})
    rehearsed = books.api.post(f"{PATH}/{first['id']}/reopen?dry_run=true", {"cascade": True})
    assert rehearsed["cancelled_reconciliation_ids"] == [third["id"], second["id"]]
    assert shown(books, second) == second
    opened = done(books, first, "reopen", {"cascade": True})
    assert opened["cancelled_reconciliation_ids"] == [third["id"], second["id"]]
    assert (opened["status"], opened["reconciled_count"]) == ("in_progress", 1)
    for session in (second, third):
        gone = shown(books, session)
        assert (gone["status"], gone["reconciled_count"], gone["completed_at"]) == ("cancelled", 0, None)
        assert gone["cancelled_at"].endswith("Z")
    events = told(books, "reconciliation.cancelled")
    assert [event["entity_id"] for event in events] == [third["id"], second["id"]]
    assert events[1]["changes"]["status"] == {"from": "completed", "to": "cancelled"}
    done(books, first, "complete")
    again = started(books, "1030.00", FEBRUARY | {"end_date": "2024-03-31"})
    finished = done(books, again, "complete", {"transaction_ids": list(sales.values())[1:]})
    assert finished["status"] == "completed"


def test_sessions_of_other_accounts_are_left_alone(books):
    first = completed(books, "1000.00", [])
    other = completed(books, "0.00", [], FEBRUARY, code="1101")
    assert done(books, first, "reopen", {"cascade": True})["cancelled_reconciliation_ids"] == []
    assert shown(books, other)["status"] == "completed"


def test_a_cancelled_session_leaves_no_marks(books):
    sale = move(books, "50.00", "2024-01-05")
    session = started(books, "1050.00")
    done(books, session, "reconcile", {"transaction_ids": [sale]})
    cancelled = done(books, session, "cancel")
    assert (cancelled["status"], cancelled["reconciled_count"]) == ("cancelled", 0)
    assert act(books, session, "reopen").error["code"] == "reconciliation_not_completed"
    again = started(books, "1050.00")
    assert done(books, again, "complete", {"entry_ids": [entry_on(books, sale)]})["status"] == "completed"


def test_once_the_first_is_cancelled_another_opening_may_be_given(books):
    done(books, started(books, "1000.00"), "cancel")
    session = asked(books, "900.00", opening_balance="900.00")
    assert (session["opening_from"], session["opening_balance"]) == ("given", 900)


def test_cascade_is_yes_or_no(books):
    session = completed(books, "1000.00", [])
    for wrong in ("yes", 1, None):
        refused = act(books, session, "reopen", {"cascade": wrong})
        assert (refused.status, list(refused.error["details"]["fields"])) == (400, ["cascade"])
