"""Starting, marking, completing: one session at a time, opened with the last closing balance, tied at zero."""

from decimal import Decimal

import pytest

from organizations import ids
from tests.cast import open_books
from tests.reconciliation.sessions.books import (
    FEBRUARY,
    JANUARY,
    PATH,
    act,
    asked,
    completed,
    done,
    entry_on,
    line,
    matched,
    move,
    shown,
    started,
    told,
)


def test_the_first_session_opens_with_what_the_books_had(books):
    move(books, "50.00", "2024-01-05")
    session = started(books, "1050.00", metadata={"statement": "1/2024"})
    assert session["id"].startswith("REC_")
    assert (session["opening_balance"], session["opening_from"]) == (1000, "books")
    assert (session["difference"], session["reconciled_amount"], session["reconciled_count"]) == (50, 0, 0)
    assert (session["ledger_balance"], session["status"]) == (1050, "in_progress")
    assert session["metadata"] == {"statement": "1/2024"}
    assert session["updated_at"] == session["created_at"]
    assert shown(books, session) == session
    (event,) = told(books, "reconciliation.started")
    assert event["after_state"] == session


def test_marks_move_the_difference_and_completing_asks_for_zero(books):
    first, second = move(books, "50.00", "2024-01-05"), move(books, "-20.00", "2024-01-06")
    session = started(books, "1030.00")
    marked = done(books, session, "reconcile", {"transaction_ids": [first]})
    assert (marked["difference"], marked["reconciled_count"]) == (-20, 1)
    refused = act(books, session, "complete")
    assert (refused.status, refused.error["code"]) == (422, "reconciliation_difference")
    assert refused.error["details"] == {
        "opening_balance": Decimal("1000.00"),
        "reconciled_amount": Decimal("50.00"),
        "closing_balance": Decimal("1030.00"),
        "difference": Decimal("-20.00"),
    }
    finished = done(books, session, "complete", {"entry_ids": [entry_on(books, second)]})
    assert (finished["status"], finished["difference"]) == ("completed", 0)
    assert finished["completed_at"].endswith("Z")
    (event,) = told(books, "reconciliation.completed")
    assert event["changes"]["status"] == {"from": "in_progress", "to": "completed"}
    assert event["after_state"]["entry_ids"] == [entry_on(books, second)]
    twice = act(books, session, "complete")
    assert (twice.status, twice.error["code"]) == (409, "reconciliation_not_open")
    assert twice.error["details"]["status"] == "completed"


def test_a_session_opens_with_the_closing_balance_of_the_one_before(books):
    first = completed(books, "1050.00", [move(books, "50.00", "2024-01-05")])
    for wrong in ("2024-01-31", "2024-01-15"):
        refused = asked(books, "1050.00", FEBRUARY | {"start_date": wrong})
        assert (refused.status, refused.error["code"]) == (422, "reconciliation_order")
        assert refused.error["details"]["reconciliation_id"] == first["id"]
        assert refused.error["details"]["end_date"] == "2024-01-31"
    refused = asked(books, "1050.00", FEBRUARY, opening_balance="1049.99")
    assert (refused.status, refused.error["code"]) == (422, "reconciliation_opening_differs")
    assert refused.error["details"]["expected"] == 1050
    second = started(books, "1050.00", FEBRUARY, opening_balance="1050.00")
    assert (second["opening_balance"], second["opening_from"]) == (1050, "previous")
    assert done(books, second, "complete")["status"] == "completed"


def test_only_one_is_open_for_an_account(books):
    session = started(books, "1000.00")
    refused = asked(books, "1000.00", FEBRUARY)
    assert (refused.status, refused.error["code"]) == (409, "reconciliation_exists")
    assert refused.error["details"]["reconciliation_id"] == session["id"]
    assert asked(books, "0.00", FEBRUARY, code="1101").status == 201
    done(books, session, "cancel")
    assert asked(books, "1000.00", FEBRUARY).status == 201


def test_a_given_opening_balance_leaves_older_entries_open(books):
    old = move(books, "-30.00", "2023-12-30", "Cheque 77, not cashed in 2023")
    session = started(books, "1000.00", opening_balance="1000.00")
    assert session["opening_from"] == "given"
    listed = books.api.get(f"{PATH}/{session['id']}/entries").data
    assert [entry["amount"] for entry in listed] == [1000, -30]
    done(books, session, "complete")
    second = started(books, "970.00", FEBRUARY)
    assert done(books, second, "complete", {"transaction_ids": [old]})["status"] == "completed"


def test_what_the_opening_balance_covers_cannot_be_marked(books):
    old = books.api.get("/transactions").data[0]["id"]
    session = started(books, "1000.00")
    for body in ({"transaction_ids": [old]}, {"entry_ids": [entry_on(books, old)]}):
        refused = act(books, session, "reconcile", body)
        assert (refused.status, refused.error["code"]) == (422, "entry_covered_by_opening")
        assert refused.error["details"]["entry_ids"] == [entry_on(books, old)]
        assert "2024-01-01" in refused.error["details"]["reason"]


def test_what_is_posted_later_with_an_older_date_is_not_covered(books):
    session = started(books, "1007.00")
    late = move(books, "7.00", "2023-12-31", "Found in a drawer")
    assert done(books, session, "complete", {"transaction_ids": [late]})["status"] == "completed"


def test_a_credit_card_is_signed_as_its_statement_is(books):
    books.api.post("/accounts", {"code": "2050", "name": "Credit card", "type": "liability"})
    books.refresh()
    buy = {
        "description": "Flour",
        "transaction_date": "2024-01-10",
        "auto_post": True,
        "entries": [books.entry("5201", "debit", "80.00"), books.entry("2050", "credit", "80.00")],
    }
    bought = books.api.post("/transactions", buy)["id"]
    session = started(books, "-80.00", code="2050")
    assert (session["opening_balance"], session["ledger_balance"], session["difference"]) == (0, -80, -80)
    finished = done(books, session, "complete", {"transaction_ids": [bought]})
    assert finished["reconciled_amount"] == -80


def test_amounts_have_the_decimals_of_the_accounts_currency(books):
    yen = books.api.post("/accounts", {"code": "1050", "name": "Yen", "type": "asset", "currency_id": "JPY"})["id"]
    body = {"account_id": yen, "closing_balance": 0, **JANUARY}
    assert asked(books.refresh(), "0.50", code="1050").error["details"]["fields"].keys() == {"closing_balance"}
    session = books.api.post(PATH, body)
    assert (str(session["closing_balance"]), session["currency_id"]) == ("0", "CUR_JPY")


def test_the_statement_can_be_corrected_while_it_is_open(books):
    session = started(books, "1000.00")
    path = f"{PATH}/{session['id']}"
    changed = books.api.put(path, {"closing_balance": "999.00", "end_date": "2024-01-30"})
    assert (changed["closing_balance"], changed["end_date"], changed["difference"]) == (999, "2024-01-30", -1)
    (event,) = told(books, "reconciliation.updated")
    assert event["changes"]["end_date"] == {"from": "2024-01-31", "to": "2024-01-30"}
    assert books.api.put(path, {"end_date": "2024-01-30"}).status == 200
    assert len(told(books, "reconciliation.updated")) == 1  # nothing has changed
    refused = books.api.put(path, {"end_date": "2023-12-31"})
    assert (refused.status, list(refused.error["details"]["fields"])) == (400, ["end_date"])
    fixed = {"account_id": books.account("1101"), "start_date": "2024-01-02", "opening_balance": "1.00"}
    for name, value in fixed.items():
        refused = books.api.put(path, {name: value})
        assert (refused.status, refused.error["code"]) == (422, "reconciliation_immutable"), name
    same = {"account_id": books.account("1001"), "start_date": "2024-01-01", "opening_balance": 1000}
    assert books.api.put(path, same).status == 200
    books.api.put(path, {"closing_balance": 1000})
    done(books, session, "complete")
    refused = books.api.put(path, {"closing_balance": 1001})
    assert (refused.status, refused.error["code"]) == (409, "reconciliation_not_open")
    completed(books, "1000.00", [], FEBRUARY)
    noted = books.api.put(path, {"metadata": {"by": "audit"}})
    assert (noted["metadata"], noted["status"]) == ({"by": "audit"}, "completed")


def test_what_is_matched_is_marked_at_the_start_or_later(books):
    inside, both, outside = (move(books, amount, "2024-02-01") for amount in ("10.00", "30.00", "5.00"))
    manual = move(books, "7.00", "2024-01-10")
    matched(books, inside, line(books, "10.00", "2024-01-31"))
    matched(books, both, line(books, "12.00", "2024-01-30"), line(books, "18.00", "2024-01-31"))
    matched(books, outside, line(books, "2.00", "2024-01-31"), line(books, "3.00", "2024-02-02"))
    session = started(books, "1047.00", auto_match=True)
    assert (session["reconciled_amount"], session["difference"]) == (40, 7)
    started_with = told(books, "reconciliation.started")[0]["after_state"]["entry_ids"]
    assert sorted(started_with) == sorted([entry_on(books, inside), entry_on(books, both)])
    matched(books, manual, line(books, "7.00", "2024-01-11"))
    marked = done(books, session, "reconcile", {"auto_match": True})
    assert marked["difference"] == 0
    assert done(books, session, "complete")["status"] == "completed"
    second = started(books, "1052.00", FEBRUARY, auto_match=True)
    assert (second["reconciled_count"], second["difference"]) == (1, 0)


def test_the_list_is_narrowed_and_sorted(books):
    first = completed(books, "1000.00", [])
    second = started(books, "1000.00", FEBRUARY, metadata={"by": "Bob"})
    third = started(books, "0.00", JANUARY | {"end_date": "2024-01-15"}, code="1101")
    cases = {
        "": [second, first, third],
        "?status=completed": [first],
        "?filters[status][ne]=completed&sort=period_end": [third, second],
        f"?account_id={books.account('1101')}": [third],
        "?start_date=2024-01-31&end_date=2024-02-29": [second, first],
        "?period_end=2024-01-31": [first],
        "?opening_from=previous": [second],
        "?filters[completed_at][isnull]=false": [first],
        "?filters[closing_balance][lt]=1": [third],
        "?filters[metadata.by]=Bob": [second],
        "?sort=created_at&limit=1": [first],
    }
    for query, found in cases.items():
        listed = books.api.get(PATH + query)
        assert [each["id"] for each in listed.data] == [each["id"] for each in found], query
    assert books.api.get(PATH).data[0] == shown(books, second)


def test_an_account_with_a_reconciliation_is_in_use(books):
    session = started(books, "0.00", code="1201")
    refused = books.api.delete(f"/accounts/{session['account_id']}")
    assert (refused.status, refused.error["code"]) == (422, "account_in_use")


def test_only_what_a_bank_can_stand_behind_is_reconciled(books):
    for code in ("3001", "4001", "5201"):
        refused = asked(books, "0.00", code=code)
        assert (refused.status, refused.error["code"]) == (422, "account_not_reconcilable"), code


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"closing_balance": None}, "closing_balance"),
        ({"closing_balance": "1.001"}, "closing_balance"),
        ({"closing_balance": "1e3"}, "closing_balance"),
        ({"closing_balance": True}, "closing_balance"),
        ({"closing_balance": "9" * 20}, "closing_balance"),
        ({"opening_balance": "1,000"}, "opening_balance"),
        ({"start_date": "2024-02-30"}, "start_date"),
        ({"start_date": None}, "start_date"),
        ({"start_date": "1899-12-31"}, "start_date"),
        ({"end_date": "2023-12-31"}, "end_date"),
        ({"end_date": "2201-01-01"}, "end_date"),
        ({"account_id": ids.encode("ACT", 1)}, "account_id"),
        ({"account_id": ids.encode("TXN", 1)}, "account_id"),
        ({"auto_match": "yes"}, "auto_match"),
        ({"metadata": {"a": 1}}, "metadata"),
    ],
)
def test_bad_input_names_its_field(books, wrong, field):
    body = {"account_id": books.account("1001"), "closing_balance": "1.00", **JANUARY} | wrong
    refused = books.api.post(PATH, body)
    assert refused.status == 400, refused.body
    assert field in refused.error["details"]["fields"]
    assert books.api.get(PATH).data == []


def test_required_fields_unknown_filters_and_ids_that_lead_nowhere(books):
    refused = books.api.post(PATH, {})
    assert sorted(refused.error["details"]["fields"]) == ["account_id", "closing_balance", "end_date", "start_date"]
    for query in ("status=open", "filters[end_date][gte]=2024", "sort=difference", "account_id=TXN_1", "holds=true"):
        assert books.api.get(f"{PATH}?{query}").status == 400, query
    lost = f"{PATH}/{ids.encode('REC', 1)}"
    assert books.api.get(lost).status == 404
    for word in ("reconcile", "unreconcile", "complete", "reopen", "cancel"):
        answer = books.api.post(f"{lost}/{word}", {"transaction_ids": []})
        assert answer.status == 404, word
    assert books.api.get(f"{PATH}/{ids.encode('ACT', 1)}").status == 400


def test_the_last_digit_of_a_large_balance_counts(books):
    big = "9999999999999999999.99"
    session = started(books, f"-{big}", code="1101")
    assert str(session["difference"]) == f"-{big}"
    assert str(done(books, session, "cancel")["closing_balance"]) == f"-{big}"


def test_a_dry_run_keeps_nothing(books):
    sale = move(books, "50.00", "2024-01-05")
    body = {"account_id": books.account("1001"), "closing_balance": "1050.00", **JANUARY}
    assert books.api.post(f"{PATH}?dry_run=true", body).status == 201
    assert books.api.get(PATH).data == []
    session = started(books, "1050.00")
    rehearsed = books.api.post(f"{PATH}/{session['id']}/complete?dry_run=true", {"transaction_ids": [sale]})
    assert (rehearsed.status, rehearsed["status"]) == (200, "completed")
    assert shown(books, session) == session


def test_a_key_makes_it_once_and_a_refusal_is_kept(books):
    body = {"account_id": books.account("1001"), "closing_balance": "1000.00", **JANUARY}
    first, second = (books.api.post(PATH, body, idempotency_key="one") for _ in range(2))
    assert (first.status, first.body) == (second.status, second.body)
    assert second.headers["Idempotent-Replayed"] == "true"
    third = books.api.post(PATH, body, idempotency_key="two")
    assert (third.status, third.error["code"]) == (409, "reconciliation_exists")


def test_who_read_it_before_it_changed_finds_out(books):
    sale = move(books, "50.00", "2024-01-05")
    session = started(books, "1050.00")
    path = f"{PATH}/{session['id']}"
    tag = books.api.get(path).headers["ETag"]
    move(books, "1.00", "2024-01-06")  # moves the books' balance, which is nobody's to edit here
    assert books.api.get(path, if_none_match=tag).status == 200
    body = {"transaction_ids": [sale]}
    assert books.api.post(f"{path}/reconcile", body, if_match=tag).status == 200
    stale = books.api.post(f"{path}/complete", if_match=tag)
    assert (stale.status, stale.error["code"]) == (412, "precondition_failed")
    fresh = books.api.get(path).headers["ETag"]
    assert stale.error["details"]["current"] == fresh
    assert books.api.get(path, if_none_match=fresh).status == 304
    assert books.api.post(f"{path}/complete", if_match=fresh)["status"] == "completed"


def test_a_key_needs_the_permission(books):
    reader = books.key_for({"reconciliations": ["read"]})
    session = started(books, "1000.00")
    assert reader.get(f"{PATH}/{session['id']}").status == 200
    assert reader.post(f"{PATH}/{session['id']}/complete").status == 403
    assert books.key_for({"transactions": ["read"]}).get(PATH).status == 403


def test_another_organization_sees_nothing_of_it(books):
    session = started(books, "1000.00")
    other = open_books("Charlie's Garage", email="charlie@example.com")
    assert other.api.get(f"{PATH}/{session['id']}").status == 404
    assert other.api.get(PATH).data == []
    refused = other.api.post(PATH, {"account_id": session["account_id"], "closing_balance": 1, **JANUARY})
    assert (refused.status, refused.error["code"]) == (400, "account_not_found")


def test_a_session_is_completed_with_matched_transactions_named_by_their_ids(books):
    sale = move(books, "50.00", "2024-01-05")
    session = started(books, "1050.00")
    finished = done(books, session, "complete", {"matched_transactions": [sale], "adjustments": []})
    assert (finished["status"], finished["difference"], finished["reconciled_count"]) == ("completed", 0, 1)


def test_fields_that_nobody_reads_are_told(books):
    """`opening` for `opening_balance` would open with what the books had, in silence."""
    session = started(books, "1000.00", opening=5)
    (warning,) = session["warnings"]
    assert warning["field"] == "opening" and "opening_balance" in warning["message"]
    (warning,) = done(books, session, "complete", {"force": True})["warnings"]
    assert warning["field"] == "force"
    assert "warnings" not in shown(books, session)
