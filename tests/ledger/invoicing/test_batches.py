"""Documents by the hundred: one contract for every batch, numbers without gaps whatever fails."""

import pytest

from ledger.invoicing import issuing
from ledger.journal import delivering
from tests.ledger.trading import Trade, open_trade


@pytest.fixture(params=["few", "many"])
def trade(db, request, monkeypatch) -> Trade:
    """Documents that are written while one waits; and those of which the next are composed meanwhile."""
    if request.param == "many":
        monkeypatch.setattr(delivering, "FEW", 1)
        monkeypatch.setattr(issuing, "PART", 2)
    return open_trade()


def wish(trade: Trade, amount="10.00", **more) -> dict:
    line = {"description": "Coffee", "unit_price": amount, "tax_ids": [trade.vat]}
    return {"contact_id": trade.customer, "issued_at": "2026-01-10", "items": [line], **more}


def test_each_succeeds_or_fails_by_itself_and_numbers_have_no_gap(trade):
    bad = [
        wish(trade, "-1.00"),
        {"items": []},
        7,
        wish(trade, contact_id="CON_0000000000000001"),
        wish(trade, client_ref=1),
    ]
    bodies = [wish(trade, client_ref="a"), *bad[:3], wish(trade), *bad[3:], wish(trade, issue=False)]
    done = trade.post("/invoices/batch", {"invoices": bodies, "issue": True}, status=200)
    assert done["summary"] == {"succeeded": 3, "failed": 5, "skipped": 0}
    results = done["results"]
    numbers = [one["invoice"]["invoice_number"] for one in results if one["status"] == "succeeded"]
    assert numbers == ["INV-2026-0001", "INV-2026-0002", None]
    codes = [one["error"]["code"] for one in results if one["status"] == "failed"]
    assert codes == [
        "document_total_not_positive",
        "invalid_request",
        "invalid_request",
        "contact_not_found",
        "invalid_request",
    ]
    assert list(results[1]["error"]["details"]["fields"]) == ["invoices[1].items"]
    assert results[0]["client_ref"] == "a"
    draft = results[-1]["invoice"]["id"]
    issued = trade.post("/invoices/batch-issue", {"invoice_ids": [draft, draft, "INV_x"]}, status=200)
    assert [one["status"] for one in issued["results"]] == ["succeeded", "failed", "failed"]
    assert issued["results"][0]["invoice"]["invoice_number"] == "INV-2026-0003"
    assert trade.balances() == {"1101": 36, "2101": -6, "4001": -30}


def test_what_the_books_refuse_is_found_among_many(trade):
    trade.api.put("", {"books_closed_through": "2025-12-31"})
    late = wish(trade) | {"issued_at": "2025-12-30"}
    bodies = [wish(trade), wish(trade), late, wish(trade)]
    for mode, summary in (
        ("independent", {"succeeded": 3, "failed": 1, "skipped": 0}),
        ("stop_on_error", {"succeeded": 2, "failed": 1, "skipped": 1}),
    ):
        body = {"invoices": bodies, "issue": True, "mode": mode, "dry_run": True}
        done = trade.post("/invoices/batch", body, status=200)
        assert done["summary"] == summary
    error = trade.refused("/invoices/batch", {"invoices": bodies, "issue": True, "mode": "atomic"})
    assert error["code"] == "books_closed"
    assert trade.balances() == {}
    assert trade.invoice()["invoice_number"] == "INV-2026-0001"


def test_whatever_is_unfit_is_found_out_at_once(trade, monkeypatch):
    """Not in halves, each of which numbers and composes what is left of it again; and by the names of the request."""
    tries = []
    real = issuing.give_numbers
    monkeypatch.setattr(issuing, "give_numbers", lambda *what: tries.append(len(what[1])) or real(*what))
    trade.api.put("/lock-dates", {"sales": "2026-01-05"})
    trade.api.put("", {"books_closed_through": "2025-12-31"})
    trade.books.api.put(f"/accounts/{trade.books.account('4101')}", {"status": "archived"})
    fit, locked, closed = (wish(trade) | {"issued_at": day} for day in ("2026-01-10", "2026-01-03", "2025-12-30"))
    idle = wish(trade)
    idle["items"] = [wish(trade)["items"][0], wish(trade)["items"][0] | {"account_id": trade.books.account("4101")}]
    bodies = [fit, locked, closed, fit, idle, fit, locked, fit]
    done = trade.post("/invoices/batch", {"invoices": bodies, "issue": True}, status=200)
    assert tries == [8, 4]
    failed = [one["error"] for one in done["results"] if one["status"] == "failed"]
    assert [(error["code"], *error["details"]["fields"]) for error in failed] == [
        ("period_locked", "invoices[1].issued_at"),
        ("books_closed", "invoices[2].issued_at"),
        ("account_inactive", "invoices[4].items[1].account_id"),
        ("period_locked", "invoices[6].issued_at"),
    ]
    numbers = [one["invoice"]["invoice_number"] for one in done["results"] if one["status"] == "succeeded"]
    assert numbers == [f"INV-2026-000{place}" for place in (1, 2, 3, 4)]
    done = trade.post("/invoices/batch", {"invoices": bodies, "issue": True, "mode": "stop_on_error"}, status=200)
    assert done["summary"] == {"succeeded": 1, "failed": 1, "skipped": 6}
    assert trade.refused("/invoices", locked | {"issue": True})["details"]["fields"].keys() == {"issued_at"}


def test_bills_by_the_batch(trade):
    line = {"description": "Beans", "unit_price": "7.00", "account_id": trade.books.account("5601")}
    body = {"contact_id": trade.vendor, "bill_number": "7", "items": [line]}
    done = trade.post("/bills/batch", {"bills": [body]}, status=200)
    draft = done["results"][0]["bill"]["id"]
    done = trade.post("/bills/batch-receive", {"bill_ids": [{"bill_id": draft, "client_ref": "b"}]}, status=200)
    assert done["results"][0]["bill"]["bill_number"] == "7"
