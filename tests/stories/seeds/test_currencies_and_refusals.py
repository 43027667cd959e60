"""The documentation's examples in foreign currencies, and its list of common issues, through HTTP."""

import json
from decimal import Decimal

import pytest

from tests.stories.seeds.examples import PENDING, balance, example, record

# --- Currencies -------------------------------------------------------------------------------------------------------


def test_foreign_currency_entries(bare_books):
    books = bare_books
    books.api.post("/accounts", {"code": "1001", "name": "USD Cash", "type": "asset"})
    books.api.post("/accounts", {"code": "1101", "name": "EUR Receivable", "type": "asset", "currency_id": "CUR_EUR"})
    text = """{
      "description": "EUR invoice payment",
      "currency_id": "CUR_EUR",
      "amount": 100.00,
      "entries": [
        {
          "account_id": "ACT_1001",  // USD Cash
          "entry_type": "debit",
          "amount": 110.00,          // USD equivalent
          "currency_rate": 1.10
        },
        {
          "account_id": "ACT_1101",  // EUR Accounts Receivable
          "entry_type": "credit",
          "amount": 100.00,          // EUR amount
          "currency_rate": 1.10
        }
      ]
    }"""
    answer = record(books.refresh(), text, auto_post=True)
    assert (answer["currency_id"], answer["amount"], answer["total_debits"]) == ("CUR_EUR", 100, 110)
    usd, eur = answer["entries"]
    assert (usd["currency_id"], usd["base_amount"], usd["currency_rate"]) == ("CUR_USD", 110, 1)
    assert (eur["currency_id"], eur["base_amount"], eur["currency_rate"]) == ("CUR_EUR", 110, Decimal("1.1"))
    assert books.api.get(f"/accounts/{books.account('1101')}")["balance"]["formatted"] == "-€100.00"


def test_a_foreign_entry_needs_a_rate(bare_books):
    books = bare_books
    books.api.post("/accounts", {"code": "1001", "name": "USD Cash", "type": "asset"})
    books.api.post("/accounts", {"code": "1002", "name": "EUR Cash", "type": "asset", "currency_id": "CUR_EUR"})
    books.refresh()
    entries = [books.entry("1001", "debit", 110), books.entry("1002", "credit", 100)]
    answer = books.api.post("/transactions", {"entries": entries, "auto_post": True})
    assert (answer.status, answer.error["code"]) == (422, "exchange_rate_missing")
    assert list(answer.error["details"]["fields"]) == ["entries[1].currency_rate"]


@pytest.mark.parametrize("rate", ["100", "1.10", "0.0093"])
def test_a_reversal_kept_as_a_draft_keeps_the_rate_and_can_be_posted(bare_books, rate):
    """A round rate comes back from its column as 1E+2, which no draft may say."""
    books = bare_books
    books.api.post("/accounts", {"code": "1001", "name": "USD Cash", "type": "asset"})
    books.api.post("/accounts", {"code": "1002", "name": "EUR Cash", "type": "asset", "currency_id": "CUR_EUR"})
    books.refresh()
    worth = (Decimal(rate) * 100).quantize(Decimal("0.01"))
    entries = [books.entry("1001", "credit", worth), books.entry("1002", "debit", 100, currency_rate=rate)]
    posted = books.api.post("/transactions", {"entries": entries, "auto_post": True})
    assert posted.status == 201
    draft = books.api.post(f"/transactions/{posted['id']}/reverse", {"auto_post": False})
    assert (draft.status, draft["entries"][1]["currency_rate"], draft["warnings"]) == (201, Decimal(rate), [])
    assert books.api.get(f"/transactions/{draft['id']}")["entries"][1]["currency_rate"] == Decimal(rate)
    assert books.api.post(f"/transactions/{draft['id']}/post")["status"] == "posted"
    assert (balance(books, "1001"), balance(books, "1002")) == (0, 0)


# --- Common issues ----------------------------------------------------------------------------------------------------


def test_unbalanced_transactions(books):
    body = json.loads(example(PENDING, books), parse_float=Decimal) | {"auto_post": True}
    body["entries"][1]["amount"] = "99.00"
    answer = books.api.post("/transactions", body)
    assert (answer.status, answer.error["type"]) == (400, "validation_error")
    assert answer.error["code"] == "transaction_does_not_balance"
    assert answer.error["message"] == "Transaction debits and credits do not balance"
    totals = {"total_debits": Decimal("100.00"), "total_credits": Decimal("99.00"), "difference": Decimal("1.00")}
    assert totals.items() <= answer.error["details"].items()
    draft = books.api.post("/transactions", body | {"auto_post": False})
    assert (draft.status, draft["warnings"][0]["code"]) == (201, "transaction_does_not_balance")
    assert books.api.post(f"/transactions/{draft['id']}/post").error["code"] == "transaction_does_not_balance"


def test_invalid_accounts(books, cast):
    for unknown in ("ACT_00000000000000ff", cast.charlies.account("1001")):
        entries = [books.entry("1001", "debit", 1), {"account_id": unknown, "entry_type": "credit", "amount": 1}]
        answer = books.api.post("/transactions", {"entries": entries})
        assert (answer.status, answer.error["code"]) == (400, "account_not_found")
        assert answer.error["message"] == "One or more accounts are invalid"
        assert list(answer.error["details"]["fields"]) == ["entries[1].account_id"]


def test_suspended_accounts(books):
    assert books.api.put(f"/accounts/{books.account('4001')}", {"status": "suspended"})["status"] == "suspended"
    answer = books.api.post("/transactions", books.sale())
    assert (answer.status, answer.error["code"]) == (422, "account_inactive")
    assert answer.error["message"] == "One or more accounts are invalid"
    assert list(answer.error["details"]["fields"]) == ["entries[1].account_id"]


def test_posting_failures(books):
    books.api.put("", {"books_closed_through": "2024-01-31"})
    answer = books.api.post("/transactions", books.sale(transaction_date="2024-01-15"))
    assert (answer.status, answer.error["code"]) == (422, "books_closed")
    assert answer.error["message"] == "Transaction could not be posted"
