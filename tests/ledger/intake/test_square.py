"""A till's day: another provider, by one file of its own."""

import base64
import hashlib
import hmac
import json
from decimal import Decimal

import pytest
from django.test import Client

from ledger.errors import EventUnbookable
from tests.ledger.trading import Trade, open_trade

KEY = "square-key"


DAY = {"date": "2026-01-09", "currency": "USD", "location": "Front Street", "net_sales": 84_000, "tax": 6_930,
       "tips": 2_500, "refunds": 1_200, "fees": 2_431}  # fmt: skip


@pytest.fixture
def trade(db) -> Trade:
    found = open_trade()
    assert found.api.put("/integrations/square", {"webhook_secret": KEY}).status == 200
    return found


def send(trade: Trade, data: dict, number: str = "day-1", *, header: str | None = None, more: bytes = b"") -> dict:
    body = json.dumps({"event_id": number, "type": "daily_summary", "data": data}).encode()
    path = f"/integrations/square/{trade.books.organization.public_id}/webhook"
    digest = hmac.new(KEY.encode(), f"http://testserver{path}".encode() + body, hashlib.sha256).digest()
    headers = {"X-Square-HmacSha256-Signature": header or base64.b64encode(digest).decode()}
    return Client().post(path, body + more, content_type="application/json", headers=headers).json()


def last(trade: Trade) -> dict:
    return trade.api.get("/integrations/events").data[0]


def test_a_days_takings_are_booked_by_their_parts(trade):
    assert "error" in send(trade, DAY, header="bm8=") and "error" in send(trade, DAY, more=b" ")
    assert [send(trade, DAY)["status"] for _ in range(2)] == ["booked", "booked"]
    assert trade.balances() == {
        "1021": Decimal("897.99"),
        "2101": Decimal("-69.30"),
        "4001": Decimal("-853.00"),
        "5701": Decimal("24.31"),
    }


def test_the_day_of_a_till_is_booked_once(trade):
    assert send(trade, DAY)["status"] == "booked"
    before = trade.balances()
    assert send(trade, {**DAY, "location_id": "L1"}, "day-2")["status"] == "ignored"
    assert last(trade)["reason"] == "It was booked from day-1."
    assert send(trade, {**DAY, "tax": 0, "net_sales": 90_930}, "day-3")["status"] == "failed"
    assert last(trade)["reason"].endswith("It was booked from day-1, with other amounts.")
    assert trade.balances() == before
    for number, other in enumerate([{"location": "Back Street"}, {"date": "2026-01-10"}, {"location": "x" * 300}]):
        assert send(trade, {**DAY, **other}, f"other-{number}")["status"] == "booked"
    assert send(trade, {**DAY, "date": "2026-01-10", "location": "x" * 300}, "other-3")["status"] == "booked"


def test_a_day_with_what_nobody_can_book_is_shown_and_not_booked(trade):
    odd = {"gift_cards": 5_000, "discounts": "2.00", "till": "3rd", "open": True, "vouchers": 0, "others": [{"a": 1}]}
    assert send(trade, {**DAY, **odd})["status"] == "failed"
    row = last(trade)
    assert row["reason"].endswith("this belongs: discounts, gift_cards, others.") and trade.balances() == {}
    assert (row["error_code"], row["reference"]) == (EventUnbookable.code, "Front Street 2026-01-09")
    assert send(trade, DAY, "day-2")["status"] == "booked"
    assert send(trade, {"date": "2026-01-11", "currency": "USD"}, "day-3")["status"] == "ignored"
    assert last(trade)["reason"] == "It comes to nothing."
