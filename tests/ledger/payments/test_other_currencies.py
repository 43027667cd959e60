"""Documents paid in another currency than their own: by the rates of the day, or as the client says."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.health.examining import examine
from ledger.payments.splitting import Exchange
from tests.ledger.trading import Trade, open_trade

DAY = "2026-01-20"


@pytest.fixture
def trade(db) -> Trade:
    """EUR 1 is USD 1.10, GBP 1 is USD 1.32, and JPY 1 is USD 0.00671."""
    trade = open_trade()
    for currency, rate in (("EUR", "1.10"), ("GBP", "1.32"), ("JPY", "0.00671")):
        for day in ("2026-01-10", "2026-01-17"):  # a rate serves for a week
            quote(trade, currency, rate, day)
    return trade


def quote(trade: Trade, currency: str, rate: str, day: str) -> None:
    body = {"from_currency": currency, "to_currency": "USD", "rate": rate, "effective_date": day}
    trade.post("/exchange-rates", body)


def pay(trade: Trade, invoice: dict, amount: str, **more) -> dict:
    body = {"amount": amount, "currency_id": "USD", "payment_date": DAY, **more}
    return trade.post(f"/invoices/{invoice['id']}/payments", body)


def refused(trade: Trade, invoice: dict, amount: str, status: int = 422, **more) -> dict:
    body = {"amount": amount, "currency_id": "USD", "payment_date": DAY, **more}
    return trade.refused(f"/invoices/{invoice['id']}/payments", body, status=status)


def settled(payment: dict) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Of the payment, of the document, and what was realised."""
    return [(one["amount"], one["document_amount"], one["realised"]) for one in payment["allocations"]]


def test_a_part_pays_what_it_is_worth(trade):
    """USD 50 at 1.10 is EUR 45.45 (45.4545…); the other 54.55 stay open, worth 60.01 (60.005)."""
    invoice = trade.invoice(currency_id="EUR")
    assert settled(pay(trade, invoice, "50.00")) == [(50, Decimal("45.45"), 0)]
    assert trade.again(invoice)["amount_due"] == Decimal("54.55")
    pay(trade, invoice, "60.00")  # 54.545… rounds to what is open
    assert (trade.again(invoice)["amount_due"], trade.again(invoice)["status"]) == (0, "paid")
    assert trade.balances() == {"1001": 110, "4001": -110}


def test_more_than_is_open_is_refused_or_kept(trade):
    invoice = trade.invoice(currency_id="EUR")
    found = refused(trade, invoice, "1000.00")
    assert (found["code"], found["details"]["open_amount"]) == ("payment_exceeds_open", 110)
    payment = pay(trade, invoice, "1000.00", allow_overpayment=True)
    assert (payment["unallocated"], settled(payment)) == (890, [(110, 100, 0)])
    assert trade.again(invoice)["status"] == "paid"
    assert trade.balances() == {"1001": 1000, "1101": -890, "4001": -110}


@pytest.mark.parametrize(("offered", "paid", "due"), [("67.11", 10001, 0), ("67.10", 10000, 1), ("0.01", 1, 10000)])
def test_yen_are_paid_to_the_unit(trade, offered, paid, due):
    """JPY 10,001 at 0.00671 are USD 67.11 (67.1067…)."""
    invoice = trade.invoice("10001", currency_id="JPY")
    assert [document for _, document, _ in settled(pay(trade, invoice, offered))] == [paid]
    assert trade.again(invoice)["amount_due"] == due


def test_the_rate_is_that_of_the_day_and_the_difference_is_realised(trade):
    invoice = trade.invoice(currency_id="EUR")  # carried at 110
    quote(trade, "EUR", "1.20", DAY)
    assert settled(pay(trade, invoice, "60.00")) == [(60, 50, 5)]
    pounds = pay(trade, invoice, "40.00", currency_id="GBP", currency_rate="1.50")  # USD 60, by the payment's own rate
    assert settled(pounds) == [(40, 50, 5)]
    assert trade.balances() == {"1001": 120, "4001": -110, "5105": -10}


def test_a_document_in_base_currency_is_paid_from_abroad(trade):
    invoice = trade.invoice("55.00")
    payment = pay(trade, invoice, "60.00", currency_id="EUR", allow_overpayment=True)
    assert (payment["unallocated"], settled(payment)) == (10, [(50, 55, 0)])


def test_several_documents_are_paid_in_their_order(trade):
    one, two = trade.invoice(currency_id="EUR"), trade.invoice(currency_id="EUR")
    wishes = [{"document_id": one["id"]}, {"document_id": two["id"], "payment_amount": "33.00"}]
    body = {"amount": "143.00", "currency_id": "USD", "payment_date": DAY, "allocations": wishes}
    assert settled(trade.post("/payments", body)) == [(110, 100, 0), (33, 30, 0)]
    body["allocations"] = [{"document_id": two["id"], "payment_amount": "100.00"}]
    found = trade.refused("/payments", body | {"allow_overpayment": True})
    assert (found["code"], found["details"]["open_amount"]) == ("payment_exceeds_open", 77)
    third = {"document_id": trade.invoice(currency_id="EUR")["id"], "amount": "1.00"}
    body["allocations"] = [{"document_id": two["id"], "amount": "70.00"}, third]
    assert "allocations[0].payment_amount" in trade.refused("/payments", body, status=400)["details"]["fields"]


def test_a_credit_is_allocated_by_the_rates_of_the_day(trade):
    """Not those of the day on which it was paid: EUR 100 are worth USD 125 by then."""
    body = {"amount": "60.00", "contact_id": trade.customer, "direction": "in", "payment_date": DAY}
    payment = trade.post("/payments", body)
    invoice = trade.invoice(currency_id="EUR")
    quote(trade, "EUR", "1.25", trade.again(payment)["created_at"][:10])
    path = f"/payments/{payment['id']}/allocate"
    wish = {"document_id": invoice["id"], "amount": "20.00"}
    after = trade.post(path, {"allocations": [wish]}, status=200)
    assert (after["unallocated"], settled(after)) == (35, [(25, 20, 3)])
    after = trade.post(path, {"allocations": [{"document_id": invoice["id"]}]}, status=200)
    assert (after["unallocated"], settled(after)[1]) == (0, (35, 28, Decimal("4.20")))
    assert trade.again(invoice)["amount_due"] == 52
    with trade.books.acting():
        assert [one.name for one in examine(trade.books.organization.pk) if one.broken] == []


def test_the_client_says_what_is_settled(trade):
    invoice = trade.invoice(currency_id="EUR")
    assert settled(pay(trade, invoice, "52.00", document_amount="50.00")) == [(52, 50, -3)]
    found = refused(trade, invoice, "60.00", document_amount="50.01")
    assert (found["code"], list(found["details"]["fields"])) == ("payment_exceeds_open", ["document_amount"])
    assert list(refused(trade, invoice, "5.00", 400, document_amount="x")["details"]["fields"]) == ["document_amount"]
    same = trade.invoice("30.00")
    part = pay(trade, same, "20.00", document_amount="15.00", allow_overpayment=True)
    assert (settled(part), part["unallocated"]) == ([(15, 15, 0)], 5)


def test_far_from_the_rates_both_amounts_must_be_said(trade):
    invoice = trade.invoice(currency_id="EUR")
    found = refused(trade, invoice, "1000.00", document_amount="100.00")
    assert (found["code"], list(found["details"]["fields"])) == ("allocation_mismatch", ["document_amount"])
    wish = {"document_id": invoice["id"], "amount": "100.00"}
    body = {"amount": "1.00", "currency_id": "USD", "payment_date": DAY, "allocations": [wish]}
    assert list(trade.refused("/payments", body)["details"]["fields"]) == ["allocations[0].payment_amount"]
    assert trade.balances() == {"1101-EUR": 110, "4001": -110}
    wish["payment_amount"] = "1.00"
    assert settled(trade.post("/payments", body)) == [(1, 100, -109)]


def test_without_a_rate_the_client_must_say_it(trade):
    invoice = trade.invoice(currency_id="CHF", currency_rate="1.20")
    found = refused(trade, invoice, "120.00")
    assert (found["code"], list(found["details"]["fields"])) == ("exchange_rate_missing", ["document_amount"])
    assert settled(pay(trade, invoice, "110.00", document_amount="100.00")) == [(110, 100, -10)]


def test_a_document_in_the_payment_s_currency_takes_one_amount(trade):
    wish = {"document_id": trade.invoice()["id"], "amount": "50.00", "payment_amount": "60.00"}
    body = {"amount": "60.00", "payment_date": DAY, "allocations": [wish]}
    assert list(trade.refused("/payments", body, status=400)["details"]["fields"]) == ["allocations[0].payment_amount"]
    del wish["amount"]
    assert settled(trade.post("/payments", body)) == [(60, 60, 0)]


def test_a_payment_that_is_less_than_a_unit_is_refused(trade):
    quote(trade, "VND", "0.00004", DAY)
    found = refused(trade, trade.invoice(), "100", 400, currency_id="VND", currency_rate="0.00004")
    assert list(found["details"]["fields"]) == ["amount"]


RATES = st.integers(1, 10**9).map(lambda units: Decimal(units).scaleb(-6))
CURRENCIES = st.sampled_from(["USD", "JPY", "BHD", "EUR"])
UNITS = st.integers(1, 10**9)


@given(CURRENCIES, RATES, CURRENCIES, RATES, UNITS, UNITS)
def test_an_offer_pays_no_more_than_itself_nor_than_is_open(one, rate, other, other_rate, offered, open_amount):
    exchange = Exchange(one, rate, other, other_rate)
    unit, other_unit = (Decimal(1).scaleb({"JPY": 0, "BHD": -3}.get(each, -2)) for each in (one, other))
    offered, open_amount = offered * unit, open_amount * other_unit
    amount, taken = exchange.paid(open_amount, offered)
    assert 0 <= amount <= open_amount
    assert 0 < taken <= offered
    if taken < offered:
        assert amount == open_amount  # something is left over only where nothing is left to pay
    assert abs(taken * rate - amount * other_rate) <= max(unit * rate, other_unit * other_rate)  # a unit of either
