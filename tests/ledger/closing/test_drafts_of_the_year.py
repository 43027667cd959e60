"""What a year's checklist says of what is not in the books yet; and what reopened a year stands."""

import pytest

from tests.ledger.trading import open_trade


@pytest.fixture
def trade(db):
    return open_trade()


def failing(trade, year: int = 2024) -> dict[str, int]:
    items = trade.api.get(f"/fiscal-years/{year}/checklist").body["items"]
    for item in items:
        assert trade.api.get(item["leads_to"].removeprefix(trade.api.base)).status == 200, item
    return {item["name"]: item["count"] for item in items if not item["ok"]}


def test_drafts_of_documents_are_on_the_checklist_of_their_year(trade):
    line = {"description": "x", "unit_price": "5.00", "account_id": trade.books.account("4001")}
    dated = {
        "invoices": ("issued_at", trade.customer),
        "bills": ("billed_at", trade.vendor),
        "credit-notes": ("issued_at", trade.customer),
        "vendor-credits": ("billed_at", trade.vendor),
    }
    assert failing(trade) == {}
    for kind, (date, contact) in dated.items():
        for day in ("2024-12-31", "2024-01-01", "2025-01-01"):
            trade.post(f"/{kind}", {"contact_id": contact, date: day, "items": [line]})
    expected = {"draft_invoices": 2, "draft_bills": 2, "draft_credit_notes": 2, "draft_vendor_credits": 2}
    assert failing(trade) == expected
    items = trade.api.get("/fiscal-years/2024/checklist").body["items"]
    (invoices,) = [item for item in items if item["name"] == "draft_invoices"]
    assert len(trade.api.get(invoices["leads_to"].removeprefix(trade.api.base)).data) == 2
    refused = trade.refused("/fiscal-years/2024/close")
    assert [item["name"] for item in refused["details"]["checklist"]] == list(expected)
    trade.post("/fiscal-years/2024/close", {"accept": list(expected)}, status=200)


def test_writes_that_wait_for_approval_are_on_the_checklist_of_the_year_they_name(trade):
    for day in ("2024-05-05", "2025-05-05"):
        sale = trade.books.sale("12.00", transaction_date=day)
        trade.post("/drafts", {"operation": "transactions_create", "payload": sale})
    assert failing(trade) == {"drafts_to_approve": 1}
    assert failing(trade, 2023) == {}


def test_what_reopened_a_year_is_not_reversed(trade):
    trade.post("/transactions", trade.books.sale("1000.00", transaction_date="2024-03-01"))
    closed = trade.post("/fiscal-years/2024/close", status=200)
    (closing,) = closed["closing"]["transaction_ids"]
    assert trade.refused(f"/transactions/{closing}/reverse")["code"] == "closing_transaction_stands"
    trade.post("/fiscal-years/2024/reopen", {"reason": "Audit"}, status=200)
    (reopening,) = trade.api.get(f"/transactions/{closing}")["reversed_by_ids"]
    for day in ("2024-12-31", None):
        body = {} if day is None else {"reversal_date": day}
        assert trade.refused(f"/transactions/{reopening}/reverse", body)["code"] == "closing_transaction_stands"
    again = trade.post("/fiscal-years/2024/close", status=200)
    assert len(again["closing"]["transaction_ids"]) == 1
    assert trade.balance("3101") == 1000
