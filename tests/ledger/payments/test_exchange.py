"""Foreign documents: other currencies on the bank, revaluation and back, and nothing that outlives its amount."""

from decimal import Decimal

import pytest

from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def rate(trade: Trade, rate: str, day: str, currency: str = "EUR") -> None:
    body = {"from_currency": currency, "to_currency": "USD", "rate": rate, "effective_date": day}
    trade.post("/exchange-rates", body)


def revalue(trade: Trade, day: str) -> dict:
    return trade.post("/revaluations", {"as_of": day})


def balances_on(trade: Trade, day: str) -> dict:
    accounts = trade.api.get(f"/reports/trial-balance?as_of={day}").body["accounts"]
    found = {row["code"]: row["debit_balance"] - row["credit_balance"] for row in accounts}
    return {code: amount for code, amount in found.items() if amount}


def test_revaluation_posts_the_unrealised_result_and_takes_it_back(trade):
    rate(trade, "1.10", "2026-01-10")
    invoice = trade.invoice()
    euros = trade.invoice(currency_id="EUR")
    assert (euros["currency_rate"], euros["base_total"]) == (Decimal("1.1"), 110)
    rate(trade, "1.20", "2026-01-31")
    found = revalue(trade, "2026-01-31")
    assert (found["unrealised"], found["lines"][0]["revalued_amount"]) == (10, 120)
    assert balances_on(trade, "2026-01-31") == {"1101": 100, "1101-EUR": 120, "4001": -210, "5106": -10}
    assert balances_on(trade, "2026-02-01") == {"1101": 100, "1101-EUR": 110, "4001": -210}
    assert revalue(trade, "2026-01-31")["unrealised"] == 0  # nothing twice
    events = trade.api.get("/events?entity_type=revaluation&sort=seq").data
    assert [(one["event_type"], one["after_state"]["unrealised"]) for one in events] == [
        ("revaluation.created", 10),
        ("revaluation.created", 0),
    ]
    assert trade.api.get(f"/revaluations/{found['id']}").body == found
    trade.pay(euros, "100.00", currency_rate="1.05", payment_date="2026-02-10")
    assert balances_on(trade, "2026-02-10") == {"1001": 105, "1101": 100, "4001": -210, "5105": 5}
    assert trade.again(invoice)["amount_due"] == 100


def test_a_payment_dated_back_is_made_good_by_revaluing_again(trade):
    rate(trade, "1.10", "2026-01-10")
    euros = trade.invoice(currency_id="EUR")
    rate(trade, "1.20", "2026-01-31")
    revalue(trade, "2026-01-31")
    trade.pay(euros, "100.00", currency_rate="1.10", payment_date="2026-01-31")
    assert balances_on(trade, "2026-01-31")["1101-EUR"] == 10  # until it is looked at again
    assert revalue(trade, "2026-01-31")["unrealised"] == -10
    assert balances_on(trade, "2026-01-31") == {"1001": 110, "4001": -110}
    assert balances_on(trade, "2026-02-01") == {"1001": 110, "4001": -110}


def test_a_bill_in_yen_paid_in_parts_leaves_nothing(trade):
    rate(trade, "0.0067", "2026-01-10", "JPY")
    bill = trade.bill("10001", currency_id="JPY")
    for part, at in (("3333", "0.0066"), ("3333", "0.0069"), ("3335", "0.0071")):
        trade.pay(bill, part, currency_rate=at)
    assert trade.again(bill)["status"] == "paid"
    found = trade.balances()
    assert "2001-JPY" not in found and sum(found.values()) == 0
    paid = Decimal("22.00") + Decimal("23.00") + Decimal("23.68")
    assert found == {"1001": -paid, "5601": Decimal("67.01"), "5105": paid - Decimal("67.01")}


def test_a_payment_in_another_currency_than_the_document(trade):
    rate(trade, "1.10", "2026-01-10")
    invoice = trade.invoice(currency_id="EUR")
    body = {
        "amount": "112.00",
        "currency_id": "USD",
        "payment_date": "2026-01-20",
        "allocations": [{"document_id": invoice["id"], "amount": "100.00"}],
    }
    payment = trade.post("/payments", body)
    assert (payment["unallocated"], payment["allocations"][0]["realised"]) == (0, 2)
    assert trade.again(invoice)["status"] == "paid"
    assert trade.balances() == {"1001": 112, "4001": -110, "5105": -2}


def test_a_rate_that_is_missing_refuses_and_leaves_no_gap(trade):
    draft = trade.invoice(currency_id="EUR", issue=False)
    assert trade.refused(f"/invoices/{draft['id']}/issue")["code"] == "exchange_rate_missing"
    assert trade.invoice()["invoice_number"] == "INV-2026-0001"
