"""A till's day: another provider, by one file of its own."""

import base64
import hashlib
import hmac
import json
from decimal import Decimal

import pytest
from django.test import Client

from tests.ledger.trading import open_trade

KEY = "square-key"


@pytest.mark.django_db
def test_a_days_takings_are_booked_by_their_parts():
    trade = open_trade()
    assert trade.api.put("/integrations/square", {"webhook_secret": KEY}).status == 200
    data = {"date": "2026-01-09", "currency": "USD", "location": "Front Street", "net_sales": 84_000, "tax": 6_930,
            "tips": 2_500, "refunds": 1_200, "fees": 2_431}  # fmt: skip
    body = json.dumps({"event_id": "day-1", "type": "daily_summary", "data": data}).encode()
    path = f"/integrations/square/{trade.books.organization.public_id}/webhook"
    url = f"http://testserver{path}"
    signature = base64.b64encode(hmac.new(KEY.encode(), url.encode() + body, hashlib.sha256).digest()).decode()

    def send(text: bytes, header: str):
        return Client().post(
            path, text, content_type="application/json", headers={"X-Square-HmacSha256-Signature": header}
        )

    assert send(body, "bm8=").status_code == 400 and send(body + b" ", signature).status_code == 400
    assert [send(body, signature).json()["status"] for _ in range(2)] == ["booked", "booked"]
    assert trade.balances() == {
        "1021": Decimal("897.99"),
        "2101": Decimal("-69.30"),
        "4001": Decimal("-853.00"),
        "5701": Decimal("24.31"),
    }
