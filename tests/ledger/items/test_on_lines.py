"""What an item and its taxes bring to the line of a document, and what the document keeps of them."""

import pytest

from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def test_a_line_takes_what_its_item_says_and_keeps_it(trade):
    gst = trade.post("/taxes", {"name": "GST", "rate": 5, "tax_type": "vat"})["id"]
    qst = trade.post("/taxes", {"name": "QST", "rate": "9.5", "tax_type": "vat", "is_compound": True})["id"]
    sales = trade.books.account("4001")
    what = {"name": "Course", "description": "A day", "sale_price": "100", "revenue_account_id": sales}
    item = trade.post("/items", what | {"sales_tax_ids": [gst, qst]})["id"]
    body = {"contact_id": trade.customer, "issued_at": "2026-01-10", "items": [{"item_id": item}], "issue": True}
    invoice = trade.post("/invoices", body)
    assert [str(invoice[name]) for name in ("subtotal", "tax_amount", "total")] == ["100.00", "14.98", "114.98"]
    (line,) = invoice["items"]
    assert (line["description"], line["account_id"], line["tax_ids"]) == ("A day", sales, [gst, qst])
    for tax in (gst, qst):
        assert trade.api.delete(f"/taxes/{tax}").error["code"] == "tax_in_use"
    assert trade.api.delete(f"/items/{item}").status == 204
    for tax in (gst, qst):  # the invoice still names them
        assert trade.api.delete(f"/taxes/{tax}").error["code"] == "tax_in_use"
    assert trade.again(invoice)["items"] == [line]


def test_an_ended_tax_is_charged_through_its_last_day(trade):
    old = trade.post("/taxes", {"name": "VAT", "rate": 19, "tax_type": "vat", "effective_to": "2026-01-09"})["id"]
    line = {"description": "Coffee", "unit_price": 100, "tax_ids": [old]}
    body = {"contact_id": trade.customer, "items": [line], "issue": True}
    assert str(trade.post("/invoices", body | {"issued_at": "2026-01-09"})["total"]) == "119.00"
    assert trade.refused("/invoices", body | {"issued_at": "2026-01-10"})["code"] == "tax_not_effective"
