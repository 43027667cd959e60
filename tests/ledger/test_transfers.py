"""Transfers over HTTP: in one currency, into another, with a fee, and back."""

from decimal import Decimal

import pytest

from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    trade = open_trade()
    for code, name, currency in (("1002", "Savings", "USD"), ("1003", "Euros", "EUR"), ("1004", "Yen", "JPY")):
        trade.post("/accounts", {"code": code, "name": name, "type": "asset", "currency_id": currency})
    trade.books.refresh()
    return trade


def move(trade: Trade, source: str, target: str, amount: str, status: int = 201, **more) -> dict:
    account = trade.books.account
    body = {"from_account_id": account(source), "to_account_id": account(target), "amount": amount, **more}
    body.setdefault("transferred_at", "2026-01-15")
    answer = trade.api.post("/transfers", body)
    assert answer.status == status, answer.body
    return answer.body


def test_to_savings_with_a_fee_and_back(trade):
    made = move(trade, "1001", "1002", "5000.00", fee_amount="2.50", reference="S-1")
    assert (made["to_amount"], made["status"], made["currency_id"]) == (Decimal("4997.50"), "posted", "CUR_USD")
    assert trade.balances() == {"1001": -5000, "1002": Decimal("4997.50"), "5701": Decimal("2.50")}
    error = trade.refused(f"/transactions/{made['transaction_id']}/reverse")
    assert error["details"]["source_id"] == made["id"]
    back = trade.post(f"/transfers/{made['id']}/reverse", {"date": "2026-01-16"}, status=200)
    assert (back["status"], back["reversed_on"]) == ("reversed", "2026-01-16")
    assert trade.refused(f"/transfers/{made['id']}/reverse")["code"] == "transfer_reversed"
    assert trade.balances() == {}
    assert trade.api.get(f"/transfers/{made['id']}").body == back
    assert trade.api.get("/transfers?reference=S-1").data == [back]
    events = [row["event_type"] for row in trade.api.get("/events?entity_type=transfer&sort=seq").data]
    assert events == ["transfer.created", "transfer.reversed"]


def test_into_another_currency(trade):
    assert move(trade, "1001", "1003", "110.00", status=422)["error"]["code"] == "exchange_rate_missing"
    move(trade, "1001", "1003", "110.00", to_amount="100.00")
    for currency, rate in (("EUR", "1.20"), ("JPY", "0.0067")):
        body = {"from_currency": currency, "to_currency": "USD", "rate": rate, "effective_date": "2026-01-15"}
        trade.post("/exchange-rates", body)
    made = move(trade, "1003", "1001", "50.00")
    assert made["to_amount"] == 60
    yen = move(trade, "1003", "1004", "10.00")
    assert (yen["to_amount"], yen["to_currency_id"]) == (1791, "CUR_JPY")  # 12.00 at 0.0067
    assert trade.balances() == {"1001": -50, "1003": 38, "1004": 12}
    fee = move(trade, "1003", "1001", "10.00", to_amount="10.80", fee_amount="1.00")
    assert trade.entries(fee["transaction_id"]) == [
        ("1001", "debit", Decimal("10.80"), Decimal("10.80")),
        ("1003", "credit", 10, 12),
        ("5701", "debit", Decimal("1.20"), Decimal("1.20")),
    ]


@pytest.mark.parametrize(
    ("source", "target", "more", "field"),
    [
        ("1001", "1001", {}, "to_account_id"),
        ("1101", "1001", {}, "from_account_id"),
        ("1001", "4001", {}, "to_account_id"),
        ("1001", "1002", {"to_amount": "1.00"}, "to_amount"),
        ("1001", "1002", {"fee_amount": "5.00"}, "fee_amount"),
        ("1001", "1002", {"currency_id": "EUR"}, "currency_id"),
        ("1001", "1002", {"amount": "0.001"}, "amount"),
    ],
)
def test_what_is_no_transfer(trade, source, target, more, field):
    body = {"amount": "5.00"} | more
    error = move(trade, source, target, status=400, **body)["error"]
    assert list(error["details"]["fields"]) == [field]
    assert trade.balances() == {}
