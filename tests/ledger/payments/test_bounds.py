"""Amounts that come to nothing, or to too much, in base currency; and the lock that exchange results stand behind."""

from decimal import Decimal

import pytest

from tests.ledger.trading import Trade, open_trade

HUGE = "999999999999"


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def account(trade: Trade, code: str, kind: str, currency: str) -> str:
    return trade.post("/accounts", {"code": code, "name": code, "type": kind, "currency_id": f"CUR_{currency}"})["id"]


def test_the_last_of_a_weak_currency(trade):
    """VND 100 at 0.00004 is 0.004 USD: nothing stands against it in base currency, and the answer says what does."""
    dongs, written_off = account(trade, "1012", "asset", "VND"), account(trade, "5012", "expense", "VND")
    weak = {"currency_id": "VND", "currency_rate": "0.00004"}
    invoices = [trade.invoice("1000100", **weak) for _ in range(3)]
    for invoice in invoices:
        trade.pay(invoice, "1000000", currency_rate="0.00004")
    where = f"/invoices/{invoices[0]['id']}"
    small = trade.invoice("100", issue=False, **weak)["id"]
    for path, wish in (
        (f"{where}/payments", {"amount": "100", "currency_rate": "0.00004"}),
        (f"{where}/credit", {"amount": "100"}),
        (f"/invoices/{small}/issue", None),
    ):
        error = trade.refused(path, wish)
        assert error["code"] == "nothing_in_base_currency"
        assert error["details"]["reason"].startswith("100 VND is nothing in USD at the rate 0.00004: ")
    trade.post(f"{where}/payments", {"amount": "100", "account_amount": "0.01"})
    trade.post(f"/invoices/{invoices[1]['id']}/payments", {"amount": "100", "account_id": dongs, **weak})
    trade.post(f"/invoices/{invoices[2]['id']}/credit", {"amount": "100", "account_id": written_off})
    assert [trade.again(invoice)["amount_due"] for invoice in invoices] == [0, 0, 0]
    assert trade.api.get("/reports/aged-receivables?as_of=2199-01-01")["difference"] == 0


def test_amounts_too_large_for_base_currency_name_their_field(trade):
    draft = trade.invoice("9999999999", issue=False, currency_id="EUR", currency_rate=HUGE)
    error = trade.refused(f"/invoices/{draft['id']}/issue", status=400)
    assert list(error["details"]["fields"]) == ["currency_rate"]
    assert trade.api.get(f"/invoices/{draft['id']}/pdf").status == 200
    wish = {"amount": "9999999999", "currency_id": "EUR", "currency_rate": HUGE, "contact_id": trade.customer}
    error = trade.refused("/payments", wish | {"direction": "in"}, status=400)
    assert list(error["details"]["fields"]) == ["amount"]
    euros = account(trade, "1013", "asset", "EUR")
    lines = [(euros, "debit"), (account(trade, "2013", "liability", "EUR"), "credit")]
    entries = [
        {"account_id": number, "entry_type": side, "amount": "9999999999", "currency_rate": 1} for number, side in lines
    ]
    trade.post("/transactions", {"transaction_date": "2026-01-10", "entries": entries, "auto_post": True})
    rate = {"from_currency": "EUR", "to_currency": "USD", "rate": HUGE, "effective_date": "2026-01-31"}
    trade.post("/exchange-rates", rate)
    error = trade.refused("/revaluations", {"as_of": "2026-01-31"}, status=400)
    assert list(error["details"]["fields"]) == ["as_of"]


def test_an_exchange_result_stands_behind_the_lock_of_what_settles(trade):
    euros = {"currency_id": "EUR", "currency_rate": "1.10"}
    one, other = trade.invoice(**euros), trade.invoice(**euros)
    trade.api.put("/lock-dates", {"journal": "2026-03-31", "sales": "2026-03-31"})
    payment = trade.pay(one, "100.00", currency_rate="1.20")
    assert payment["allocations"][0]["realised"] == 10
    assert trade.balances()["5105"] == Decimal(-10)
    trade.api.put("/lock-dates", {"journal": None, "bank": "2026-03-31"})
    wish = {"amount": "100.00", "payment_date": "2026-01-20", "currency_rate": "1.20"}
    error = trade.refused(f"/invoices/{other['id']}/payments", wish)
    assert error["code"] == "period_locked"


def test_a_revaluation_warns_of_what_it_does_not_know(trade):
    found = trade.post("/revaluations", {"as_of": "2026-01-31", "currency": "EUR"})
    assert [each["field"] for each in found["warnings"]] == ["currency"]
    assert trade.api.get(f"/revaluations/{found['id']}")["warnings"] == []
