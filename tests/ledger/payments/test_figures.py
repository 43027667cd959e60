"""Figures of a payment that the books cannot hold, and accounts that take no fee: refused, and by which field."""

import pytest

from tests.ledger.trading import Trade, open_trade

MOST = "9999999999999999999"


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def account(trade: Trade, code: str, currency: str, type: str = "asset") -> str:
    return trade.post("/accounts", {"code": code, "name": code, "type": type, "currency_id": currency})["id"]


def on_account(trade: Trade, **more) -> dict:
    return {"contact_id": trade.customer, "direction": "in", "payment_date": "2026-01-20", **more}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": MOST, "currency_id": "EUR", "currency_rate": "999999999999"}, "amount"),
        ({"amount": MOST, "currency_id": "USD", "account_id": "{yen}"}, "amount"),
        ({"amount": "1", "currency_id": "JPY", "account_id": "{euro}"}, "amount"),
        ({"amount": "0.01", "currency_id": "EUR", "account_amount": MOST}, "account_amount"),
        ({"amount": MOST, "currency_id": "EUR", "account_amount": "0.01"}, "account_amount"),
    ],
)
def test_what_the_books_cannot_hold_is_refused_by_its_field(trade, body, field):
    names = {"yen": account(trade, "1013", "JPY"), "euro": account(trade, "1014", "EUR")}
    for currency, rate in (("JPY", "0.0067"), ("EUR", "999999999999")):
        quote = {"from_currency": currency, "to_currency": "USD", "rate": rate, "effective_date": "2026-01-20"}
        trade.post("/exchange-rates", quote)
    refused = trade.refused(
        "/payments", on_account(trade, **{k: v.format(**names) for k, v in body.items()}), status=400
    )
    assert (refused["code"], list(refused["details"]["fields"])) == ("invalid_request", [field])
    assert trade.balances() == {}


def test_a_refund_that_the_books_cannot_hold_is_refused(trade):
    body = on_account(trade, amount=MOST, currency_id="EUR", currency_rate="0.5")
    payment = trade.post("/payments", body)
    refused = trade.refused(f"/payments/{payment['id']}/refund", {"currency_rate": "999999999999"}, status=400)
    assert list(refused["details"]["fields"]) == ["amount"]


@pytest.mark.parametrize(
    ("which", "status", "code"),
    [
        ("receivable", 422, "account_unfit"),
        ("payable", 422, "account_unfit"),
        ("euro", 422, "account_unfit"),
        ("closed", 422, "account_inactive"),
        ("unknown", 400, "account_not_found"),
    ],
)
def test_a_fee_goes_to_an_account_that_takes_it(trade, which, status, code):
    names = {
        "receivable": trade.books.account("1101"),
        "payable": trade.books.account("2001"),
        "euro": account(trade, "5902", "EUR", "expense"),
        "closed": account(trade, "5903", "USD", "expense"),
        "unknown": "ACT_0000000000000001",
    }
    assert trade.api.put(f"/accounts/{names['closed']}", {"status": "suspended"}).status == 200
    body = on_account(trade, amount="9.00", fee_amount="1.00", fee_account_id=names[which])
    refused = trade.refused("/payments", body, status=status)
    assert (refused["code"], list(refused["details"]["fields"])) == (code, ["fee_account_id"])
    assert trade.balances() == {}


def test_a_fee_may_stand_in_the_payment_s_currency(trade):
    fees = account(trade, "5902", "EUR", "expense")
    body = on_account(
        trade, amount="9.00", currency_id="EUR", currency_rate="1.10", fee_amount="1.00", fee_account_id=fees
    )
    payment = trade.post("/payments", body)
    assert trade.balance("5902") == 1
    assert {(code, side, amount) for code, side, amount, _ in trade.entries(payment["transaction_id"])} >= {
        ("5902", "debit", 1),
        ("1101-EUR", "credit", 9),
    }
