"""Marks: of transactions and entries, taken back, refused where they cannot be; adjustments are posted and marked."""

from decimal import Decimal

import pytest

from organizations import ids
from tests.reconciliation.sessions.books import (
    FEBRUARY,
    PATH,
    act,
    completed,
    done,
    entry_on,
    move,
    shown,
    started,
    told,
)


def adjustment(books, amount="-15.00", code="5201", **more) -> dict:
    return {"amount": amount, "account_id": books.account(code), "description": "Bank fee", **more}


def test_marking_twice_changes_nothing(books):
    sale = move(books, "50.00", "2024-01-05")
    session = started(books, "1050.00")
    first = done(books, session, "reconcile", {"transaction_ids": [sale, sale.lower()]})
    (standing,) = first["transactions"]
    assert standing == {
        "transaction_id": sale,
        "reconciled": True,
        "reconciled_at": standing["reconciled_at"],
        "reconciliation_id": session["id"],
    }
    again = done(books, session, "reconcile", {"entry_ids": [entry_on(books, sale)]})
    assert again == first
    (event,) = told(books, "reconciliation.entries_reconciled")
    assert event["after_state"]["entry_ids"] == [entry_on(books, sale)]
    assert event["changes"]["difference"] == {"from": Decimal("50.00"), "to": Decimal("0.00")}


def test_a_mark_is_taken_back(books):
    sale, other = move(books, "50.00", "2024-01-05"), move(books, "60.00", "2024-01-06")
    session = started(books, "1110.00")
    done(books, session, "reconcile", {"matched_transactions": [{"transaction_id": sale}]})
    done(books, session, "reconcile", {"matched_transactions": [sale]})
    taken = done(books, session, "unreconcile", {"transaction_ids": [sale, other]})
    assert (taken["difference"], taken["reconciled_count"]) == (110, 0)
    assert [each["reconciled"] for each in taken["transactions"]] == [False, False]
    (event,) = told(books, "reconciliation.entries_unreconciled")
    assert event["after_state"]["entry_ids"] == [entry_on(books, sale)]
    done(books, session, "unreconcile", {"entry_ids": [entry_on(books, sale)]})
    assert len(told(books, "reconciliation.entries_unreconciled")) == 1  # there was nothing to take back


def test_a_transaction_stands_for_all_its_entries_on_the_account(books):
    entries = [
        books.entry("1001", "debit", "70.00"),
        books.entry("1001", "debit", "30.00"),
        books.entry("4001", "credit", "100.00"),
    ]
    body = {"entries": entries, "transaction_date": "2024-01-05", "auto_post": True}
    sale = books.api.post("/transactions", body)["id"]
    session = started(books, "1070.00")
    part = done(books, session, "reconcile", {"entry_ids": [entry_on(books, sale)]})
    assert part["reconciled_amount"] == 70
    assert part["transactions"][0]["reconciled"] is False
    done(books, session, "complete")
    second = started(books, "1100.00", FEBRUARY)
    rest = done(books, second, "reconcile", {"transaction_ids": [sale]})
    assert (rest["reconciled_amount"], rest["transactions"][0]["reconciled"]) == (30, True)
    assert rest["transactions"][0]["reconciliation_id"] == second["id"]


def test_an_entry_is_reconciled_once(books):
    sale = move(books, "50.00", "2024-01-05")
    first = completed(books, "1050.00", [sale])
    second = started(books, "1050.00", FEBRUARY)
    for body in ({"transaction_ids": [sale]}, {"entry_ids": [entry_on(books, sale)]}):
        refused = act(books, second, "reconcile", body)
        assert (refused.status, refused.error["code"]) == (409, "entry_reconciled_already")
        assert refused.error["details"]["entry_ids"] == [entry_on(books, sale)]
        assert refused.error["details"]["reconciliation_ids"] == [first["id"]]
    unmarked = done(books, second, "unreconcile", {"transaction_ids": [sale]})
    assert unmarked["transactions"][0]["reconciliation_id"] == first["id"]


def test_only_entries_on_the_account_are_marked(books):
    sale = move(books, "50.00", "2024-01-05")
    draft = books.api.post("/transactions", books.sale(auto_post=False, transaction_date="2024-01-05"))["id"]
    session = started(books, "0.00", code="1101")
    refused = act(books, session, "reconcile", {"transaction_ids": [sale, draft]})
    assert (refused.status, refused.error["code"]) == (422, "entry_not_on_account")
    assert refused.error["details"]["transaction_ids"] == [sale, draft]
    refused = act(books, session, "reconcile", {"entry_ids": [entry_on(books, sale)]})
    assert refused.error["details"] == {"entry_ids": [entry_on(books, sale)]}
    assert shown(books, session)["reconciled_count"] == 0


def test_only_an_open_session_is_marked(books):
    sale = move(books, "50.00", "2024-01-05")
    closed = completed(books, "1050.00", [sale])
    cancelled = done(books, started(books, "1050.00", FEBRUARY), "cancel")
    for session in (closed, cancelled):
        for word in ("reconcile", "unreconcile", "complete", "cancel"):
            refused = act(books, session, word, {"transaction_ids": [sale]})
            assert (refused.status, refused.error["code"]) == (409, "reconciliation_not_open"), word
            assert refused.error["details"]["status"] == session["status"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"transaction_ids": [ids.encode("TXN", 1)]}, "transaction_ids"),
        ({"entry_ids": [ids.encode("LED", 1)]}, "entry_ids"),
        ({"matched_transactions": [{"transaction_id": ids.encode("TXN", 1)}]}, "transaction_ids"),
        ({"transaction_ids": "TXN_1"}, "transaction_ids"),
        ({"transaction_ids": ["TXN_1"]}, "transaction_ids[0]"),
        ({"transaction_ids": [ids.encode("ACT", 1)]}, "transaction_ids[0]"),
        ({"transaction_ids": [None]}, "transaction_ids[0]"),
        ({"matched_transactions": [{}]}, "matched_transactions[0].transaction_id"),
        ({"matched_transactions": ["TXN"]}, "matched_transactions[0].transaction_id"),
        ({"entry_ids": [], "reconciliation_id": ids.encode("REC", 1)}, "reconciliation_id"),
        ({"auto_match": 1}, "auto_match"),
        ({"adjustments": [{"amount": 1}]}, "adjustments[0].account_id"),
        ({"adjustments": {}}, "adjustments"),
    ],
)
def test_bad_input_names_its_field(books, body, field):
    session = started(books, "1000.00")
    refused = act(books, session, "reconcile", body)
    assert refused.status == 400, refused.body
    assert field in refused.error["details"]["fields"], refused.error
    assert shown(books, session) == session


def test_something_has_to_be_named(books):
    session = started(books, "1000.00")
    for word in ("reconcile", "unreconcile"):
        assert act(books, session, word, {}).error["code"] == "invalid_request", word
        assert act(books, session, word, {"transaction_ids": []}).status == 200, word
    assert books.api.post(f"{PATH}/{session['id']}/reconcile", "[]").status == 400


# --- Adjustments ---


def test_an_adjustment_is_posted_and_marked(books):
    session = started(books, "987.50")
    body = {"adjustments": [adjustment(books), adjustment(books, "2.50", "4001", description="Interest")]}
    marked = done(books, session, "reconcile", body)
    assert (marked["difference"], marked["reconciled_count"], marked["ledger_balance"]) == (0, 2, Decimal("987.50"))
    fee, interest = marked["adjustments"]
    assert (fee["amount"], interest["amount"]) == (-15, Decimal("2.50"))
    assert (fee["transaction_date"], fee["description"]) == ("2024-01-31", "Bank fee")
    posted = books.api.get(f"/transactions/{fee['transaction_id']}").body
    assert posted["status"] == "posted"
    assert {(each["account_id"], each["entry_type"]) for each in posted["entries"]} == {
        (books.account("1001"), "credit"),
        (books.account("5201"), "debit"),
    }
    finished = done(books, session, "complete")
    assert finished["adjustments"] == [fee, interest]
    assert books.api.get(PATH).data[0]["adjustments"] == [fee, interest]


def test_completing_with_an_adjustment_is_all_or_nothing(books):
    session = started(books, "985.00")
    refused = act(books, session, "complete", {"adjustments": [adjustment(books, "-14.00")]})
    assert (refused.status, refused.error["code"]) == (422, "reconciliation_difference")
    assert len(books.api.get("/transactions").data) == 1
    finished = done(books, session, "complete", {"adjustments": [adjustment(books, date="2024-01-30")]})
    assert (finished["status"], finished["adjustments"][0]["transaction_date"]) == ("completed", "2024-01-30")


def test_what_a_session_posted_stays_posted(books):
    session = started(books, "985.00")
    marked = done(books, session, "reconcile", {"adjustments": [adjustment(books)]})
    (posted,) = marked["adjustments"]
    done(books, session, "unreconcile", {"entry_ids": posted["entry_ids"]})
    cancelled = done(books, session, "cancel")
    assert cancelled["adjustments"] == [posted]
    assert (cancelled["reconciled_count"], cancelled["ledger_balance"]) == (0, 985)


def test_an_adjustment_in_a_foreign_currency_needs_a_rate(books):
    yen = books.api.post("/accounts", {"code": "1050", "name": "Yen", "type": "asset", "currency_id": "JPY"})["id"]
    euro = books.api.post("/accounts", {"code": "1060", "name": "Euro", "type": "asset", "currency_id": "EUR"})["id"]
    books.refresh()
    session = started(books, "-500", code="1050")
    missing = act(books, session, "reconcile", {"adjustments": [adjustment(books, "-500")]})
    assert (missing.status, missing.error["code"]) == (422, "exchange_rate_missing")
    assert list(missing.error["details"]["fields"]) == ["adjustments[0].currency_rate"]
    wrong = act(books, session, "reconcile", {"adjustments": [adjustment(books, "-500", currency_rate="x")]})
    assert list(wrong.error["details"]["fields"]) == ["adjustments[0].currency_rate"]
    body = {"adjustments": [adjustment(books, "-500") | {"account_id": euro, "currency_rate": "0.01"}]}
    other = act(books, session, "reconcile", body)
    assert list(other.error["details"]["fields"]) == ["adjustments[0].account_id"]
    rate = {"from_currency": "JPY", "to_currency": "USD", "rate": "0.0071", "effective_date": session["end_date"]}
    assert books.api.post("/exchange-rates", rate).status == 201
    taken = done(books, session, "complete?dry_run=true", {"adjustments": [adjustment(books, "-500")]})
    assert taken["status"] == "completed"  # at the organization's own rate; the rehearsal is undone
    marked = done(books, session, "complete", {"adjustments": [adjustment(books, "-500", currency_rate="0.0067")]})
    posted = books.api.get(f"/transactions/{marked['adjustments'][0]['transaction_id']}").body
    amounts = {each["account_id"]: str(each["amount"]) for each in posted["entries"]}
    assert amounts == {yen: "500", books.account("5201"): "3.35"}


def test_an_adjustment_between_accounts_of_one_foreign_currency(books):
    for code in ("1050", "1051"):
        books.api.post("/accounts", {"code": code, "name": code, "type": "asset", "currency_id": "JPY"})
    session = started(books.refresh(), "-500", code="1050")
    body = {"adjustments": [adjustment(books, "-500", "1051", currency_rate="0.0067")]}
    assert done(books, session, "complete", body)["reconciled_amount"] == -500


def test_what_an_adjustment_cannot_be(books):
    books.api.put(f"/accounts/{books.account('5301')}", {"status": "suspended"})
    session = started(books, "985.00")
    cases = [
        (adjustment(books, "0"), 400, "amount"),
        (adjustment(books, "1.001"), 400, "amount"),
        (adjustment(books, None), 400, "amount"),
        (adjustment(books, "9" * 20), 400, "amount"),
        (adjustment(books, code="1001"), 400, "account_id"),
        (adjustment(books) | {"account_id": ids.encode("ACT", 1)}, 400, "account_id"),
        (adjustment(books, description=""), 400, "description"),
        (adjustment(books, date="2024-02-30"), 400, "date"),
        (adjustment(books, code="5301"), 422, "entries[1].account_id"),
    ]
    for wrong, status, field in cases:
        refused = act(books, session, "reconcile", {"adjustments": [wrong]})
        assert refused.status == status, (wrong, refused.body)
        assert f"adjustments[0].{field}" in refused.error["details"]["fields"], refused.error
    books.api.put("", {"books_closed_through": "2024-01-31"})
    refused = act(books, session, "complete", {"adjustments": [adjustment(books)]})
    assert (refused.status, refused.error["code"]) == (422, "books_closed")
    assert shown(books, session) == session
    assert act(books, session, "reconcile", {"adjustments": [adjustment(books)] * 101}).status == 400
