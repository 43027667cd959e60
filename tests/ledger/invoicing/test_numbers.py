"""Numbers that were given by hand where the series is still to come: passed over, and there once."""

import pytest

from ledger.health.examining import examine
from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def by_hand(trade: Trade, *numbers: int, **more) -> list[dict]:
    return [trade.invoice(invoice_number=f"INV-2026-{number:04}", **more) for number in numbers]


def assert_healthy(trade: Trade) -> None:
    with trade.books.acting():
        assert [one.name for one in examine(trade.books.organization.pk) if one.broken] == []


def test_the_series_passes_over_numbers_that_are_taken(trade):
    by_hand(trade, 2, 3, 5)
    by_hand(trade, 6, issue=False)
    numbers = [trade.invoice()["invoice_number"] for _ in range(3)]
    assert numbers == ["INV-2026-0001", "INV-2026-0004", "INV-2026-0007"]
    assert_healthy(trade)


def test_a_block_of_numbers_from_elsewhere_is_passed_in_one_go(trade):
    line = {"description": "Coffee", "unit_price": "10.00"}
    wish = {"contact_id": trade.customer, "issued_at": "2026-01-10", "items": [line]}
    brought = [wish | {"invoice_number": f"INV-2026-{number:04}"} for number in range(1, 151)]
    trade.post("/invoices/batch", {"invoices": brought}, status=200)
    assert trade.invoice()["invoice_number"] == "INV-2026-0151"
    assert_healthy(trade)


def test_a_batch_passes_over_what_it_brings_along(trade):
    line = {"description": "Coffee", "unit_price": "10.00"}
    wish = {"contact_id": trade.customer, "issued_at": "2026-01-10", "items": [line]}
    bodies = [wish, wish | {"invoice_number": "INV-2026-0002"}, wish]
    done = trade.post("/invoices/batch", {"invoices": bodies, "issue": True}, status=200)
    numbers = [one["invoice"]["invoice_number"] for one in done["results"]]
    assert numbers == ["INV-2026-0001", "INV-2026-0002", "INV-2026-0003"]
    drafts = [trade.invoice(issue=False, **more)["id"] for more in ({}, {"invoice_number": "INV-2026-0005"}, {})]
    done = trade.post("/invoices/batch-issue", {"invoice_ids": drafts}, status=200)
    numbers = [one["invoice"]["invoice_number"] for one in done["results"]]
    assert numbers == ["INV-2026-0004", "INV-2026-0005", "INV-2026-0006"]
    assert_healthy(trade)


def test_a_draft_keeps_the_number_that_the_series_passed_over(trade):
    ahead, passed = by_hand(trade, 9, issue=False)[0], by_hand(trade, 1, issue=False)[0]
    trade.invoice()
    assert trade.api.put(f"/invoices/{ahead['id']}", {"invoice_number": None}).status == 200
    where = f"/invoices/{passed['id']}"
    for answer in (trade.api.delete(where), trade.api.put(where, {"invoice_number": "A-1"})):
        assert (answer.status, answer.error["code"]) == (409, "document_number_kept")
        assert list(answer.error["details"]["fields"]) == ["invoice_number"]
    assert trade.api.put(where, {"notes": "x", "invoice_number": "INV-2026-0001"}).status == 200
    trade.post(f"{where}/cancel", status=200)
    assert trade.api.delete(where).error["code"] == "document_number_kept"
    assert_healthy(trade)
