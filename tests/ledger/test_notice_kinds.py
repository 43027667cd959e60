"""What of the books members are written to about, as the events have it."""

import pytest

from ledger.notice_kinds import _books, _occurrence
from ledger.recurring.executing import run_due
from organizations.letters.models import Letter
from organizations.notices.sending import send
from tests.ledger.proof.books import wait_until_settled
from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(committed_db) -> Trade:
    return open_trade()


def test_a_failed_occurrence_a_broken_assertion_and_what_is_overdue_are_in_the_letter(trade):
    api, books = trade.api, trade.books
    (member,) = api.get("/members").data
    kinds = ["failed_occurrence", "broken_assertion", "unbooked_message", "broken_books"]
    assert api.put(f"/members/{member['id']}/notifications", {"delivery": "at_once", "kinds": kinds}).status == 200
    trade.invoice("100.00")
    asserted = {"account_id": books.account("4001"), "date": "2026-02-28", "expected": "100.00"}
    assert api.post("/balance-assertions", asserted).status == 201
    trade.invoice("7.00")
    entries = [books.entry("5201", "debit", "9.00"), books.entry("1001", "credit", "9.00")]
    rent = {
        "frequency": "annually",
        "started_at": "2026-01-31",
        "template": {"description": "Rent", "entries": entries},
    }
    assert api.post("/recurring", rent).status == 201
    assert api.put(f"/accounts/{books.account('1001')}", {"status": "suspended"}).status == 200
    assert run_due(books.organization.pk) >= 1
    wait_until_settled()
    assert send(books.organization.pk) == 1
    with books.acting():
        body = Letter.objects.of(books.organization).get().body
    assert f"{books.account('4001')} on 2026-02-28 was to be " in body and "since TXN_" in body
    assert "No. 1 of 2026-01-31: " in body and "A scheduled posting failed:" in body


def test_what_is_no_news_is_not_told():
    assert (
        _occurrence({"name": "Rent", "pause_reason": "Too much was missed."}) == "Rent is paused: Too much was missed."
    )
    assert _occurrence({"name": "Rent", "pause_reason": ""}) is None
    unnamed = {"name": "", "id": "RCR_1", "template": {"description": "Rent {period}"}, "pause_reason": "Too much."}
    assert _occurrence(unnamed) == "Rent {period} is paused: Too much."
    assert _occurrence(unnamed | {"template": {}}) == "RCR_1 is paused: Too much."
    broken = [{"name": "totals_are_entries"}, {"name": "rules_stand"}]
    assert _books({"broken": broken}) == "totals_are_entries, rules_stand"
