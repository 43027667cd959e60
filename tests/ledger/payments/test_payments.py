"""Payments on account, on several documents, with fees, back again; and what is refused."""

# ruff: noqa: E501 (a table of refusals, a line each)

from decimal import Decimal

import pytest

from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def kinds(trade: Trade, prefix: str) -> list[str]:
    rows = trade.api.get("/events?sort=seq&limit=100").data
    return [row["event_type"] for row in rows if row["event_type"].startswith(prefix)]


def test_one_payment_for_several_documents(trade):
    one, two = trade.invoice("60.00"), trade.invoice("50.00")
    wanted = [{"document_id": one["id"], "amount": "60.00"}, {"document_id": two["id"], "amount": "40.00"}]
    payment = trade.post("/payments", {"amount": "100.00", "payment_date": "2026-01-20", "allocations": wanted})
    assert [each["amount"] for each in payment["allocations"]] == [60, 40]
    assert (trade.again(one)["status"], trade.again(two)["amount_due"]) == ("paid", 10)
    listed = trade.api.get(f"/invoices/{two['id']}/payments").data
    assert [each["id"] for each in listed] == [payment["id"]]
    trade.post(f"/payments/{payment['id']}/unallocate", {"document_ids": [one["id"]]}, status=200)
    assert (trade.again(one)["amount_due"], trade.again(payment)["unallocated"]) == (60, 60)
    named = {"reference": "Cheque 7", "amounts": 1}
    changed = trade.api.put(f"/payments/{payment['id']}", named)
    assert (changed["reference"], changed["warnings"][0]["field"]) == ("Cheque 7", "amounts")
    assert kinds(trade, "payment.") == ["payment.created", "payment.unallocated", "payment.updated"]


def test_fees_cost_whichever_way_the_money_goes(trade):
    trade.pay(trade.invoice(), "100.00", fee_amount="3.20", payment_method="card")
    trade.pay(trade.bill(), "100.00", fee_amount="1.00")
    assert trade.balances() == {"1001": Decimal("-4.20"), "4001": -100, "5601": 100, "5701": Decimal("4.20")}


def test_on_account_and_the_contact_s_credit(trade):
    body = {"amount": "80.00", "contact_id": trade.customer, "direction": "in", "payment_date": "2026-01-05"}
    payment = trade.post("/payments", body)
    assert payment["unallocated"] == 80
    invoice = trade.invoice("50.00")
    wish = {"allocations": [{"document_id": invoice["id"], "amount": "50.00"}]}
    trade.post(f"/payments/{payment['id']}/allocate", wish, status=200)
    assert trade.again(invoice)["payments"][0]["date"] >= "2026-01-10"  # not before the invoice
    credit = trade.post(f"/invoices/{invoice['id']}/credit", {"amount": "20.00", "date": "2026-01-12"})
    assert (credit["amount_due"], credit["status"]) == (20, "issued")
    out = {"amount": "20.00", "payment_date": "2026-01-13", "allocations": [{"document_id": credit["id"]}]}
    refund = trade.post("/payments", out)
    assert (refund["direction"], trade.again(credit)["status"]) == ("out", "paid")
    assert trade.balances() == {"1001": 60, "1101": -30, "4001": -30}
    assert "payment.allocated" in kinds(trade, "payment.")


def test_a_refund_takes_free_money_first_and_opens_documents_again(trade):
    invoice = trade.invoice("70.00")
    payment = trade.pay(invoice, "100.00", allow_overpayment=True)
    trade.post(f"/payments/{payment['id']}/refund", {"amount": "30.00", "refund_date": "2026-02-01"})
    assert trade.again(invoice)["status"] == "paid"
    trade.post(f"/payments/{payment['id']}/refund", {"amount": "20.00", "refund_date": "2026-02-01"})
    assert (trade.again(invoice)["amount_due"], trade.again(payment)["unallocated"]) == (20, 0)
    assert kinds(trade, "payment.refunded") == ["payment.refunded"] * 2
    reversed_ = trade.post(f"/payments/{payment['id']}/reverse", {"date": "2026-02-02"}, status=200)
    assert reversed_["status"] == "reversed"
    assert trade.again(invoice)["amount_due"] == 70
    assert kinds(trade, "payment.reversed") == ["payment.reversed"]
    assert trade.balances()["1001"] == -50  # what was paid back stays paid


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/payments", {"amount": 5, "allocations": [{"document_id": "INV_0000000000000001"}]}, 400, "document_not_found"),
        ("/payments", {"amount": 5, "allocations": [{"document_id": "{draft}"}]}, 422, "document_not_issued"),
        ("/payments", {"amount": 5, "allocations": [{"document_id": "{invoice}"}, {"document_id": "{bill}"}]}, 422, "allocation_mismatch"),
        ("/payments", {"amount": 5, "direction": "out", "allocations": [{"document_id": "{invoice}"}]}, 422, "allocation_mismatch"),
        ("/payments", {"amount": 5, "contact_id": "{vendor}", "allocations": [{"document_id": "{invoice}"}]}, 422, "allocation_mismatch"),
        ("/payments", {"amount": 5, "contact_id": "{customer}"}, 400, "invalid_request"),
        ("/payments", {"amount": "0.001", "contact_id": "{customer}", "direction": "in"}, 400, "invalid_request"),
        ("/payments", {"amount": 5, "contact_id": "{customer}", "direction": "in", "account_id": "{revenue}"}, 400, "invalid_request"),
        ("/payments", {"amount": 5, "allocations": [{"document_id": "{invoice}", "amount": 6}]}, 422, "payment_exceeds_open"),
        ("/payments/{payment}/reverse", {}, 422, "payment_reversed"),
        ("/payments/{payment}/allocate", {"allocations": [{"document_id": "{invoice}"}]}, 422, "payment_exceeds_open"),
        ("/invoices/{paid}/cancel", {}, 422, "document_has_payments"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(trade, path, body, status, code):
    names = {
        "draft": trade.invoice(issue=False)["id"],
        "invoice": trade.invoice("500.00")["id"],
        "bill": trade.bill()["id"],
        "vendor": trade.vendor,
        "customer": trade.customer,
        "revenue": trade.books.account("4001"),
    }
    paid = trade.invoice("10.00")
    trade.pay(paid)
    payment = trade.pay(trade.invoice("10.00"))
    trade.post(f"/payments/{payment['id']}/reverse", {"date": "2026-01-21"}, status=200)
    names |= {"paid": paid["id"], "payment": payment["id"]}

    def filled(value):
        if isinstance(value, dict):
            return {name: filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        return value.format(**names) if isinstance(value, str) else value

    before = trade.balances()
    assert trade.refused(filled(path), filled(body), status=status)["code"] == code
    assert trade.balances() == before


def test_a_day_before_what_is_undone_is_moved_to_it(trade):
    invoice = trade.invoice()
    payment = trade.pay(invoice)
    trade.post(f"/payments/{payment['id']}/unallocate", {"date": "2026-01-01"}, status=200)
    assert trade.again(invoice)["amount_due"] == 100
