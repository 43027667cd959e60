"""What of a request is not read is never passed over in silence, nor what cannot be set there."""

import pytest

from tests.cast import open_books
from tests.ledger.trading import open_trade


@pytest.fixture
def books(db):
    return open_books("Silent Ltd")


def told(answer) -> dict[str, str]:
    assert answer.status in (200, 201), answer.body
    return {
        each["field"]: each["message"] for each in answer.body.get("warnings", ()) if each["code"] == "unknown_field"
    }


def test_opening_balances_say_what_was_not_read(books):
    body = {
        "as_of": "2025-12-31",
        "date": "2025-12-30",
        "lines": [
            {"account_code": "1001", "debit": "5.00", "amount": "6"},
            {"account_code": "3001", "credit": "5.00"},
        ],
        "expected_trial_balance": [
            {"account_code": "1001", "debit": "5.00", "currency_rate": "1.2"},
            {"account_code": "3001", "credit": "5.00"},
        ],
    }
    done = books.api.post("/opening-balances", body)
    assert list(told(done)) == ["date", "lines[0].amount", "expected_trial_balance[0].currency_rate"]
    plain = {
        "as_of": "2025-12-31",
        "lines": [{"account_code": "1001", "debit": 1}, {"account_code": "3001", "credit": 1}],
    }
    assert told(books.api.post("/opening-balances", plain)) == {}


def test_balance_assertions_say_what_was_not_read(books):
    body = {"account_id": books.account("1001"), "date": "2026-01-31", "expected": "0", "is_blocking": True}
    made = books.api.post("/balance-assertions", body)
    assert told(made) == {"is_blocking": "is_blocking is not known here and was ignored; did you mean blocking?"}
    path = f"/balance-assertions/{made['id']}"
    changed = books.api.put(path, made.body | {"status": "broken", "colour": "red"})
    assert told(changed) == {
        "status": "status cannot be set here and was ignored; it stays holds.",
        "colour": "colour is not known here and was ignored.",
    }
    assert told(books.api.put(path, books.api.get(path).body)) == {}


def test_a_draft_is_not_posted_by_its_status(books):
    draft = books.api.post("/transactions", books.sale(auto_post=False))
    path = f"/transactions/{draft['id']}"
    done = books.api.put(path, {"status": "posted"})
    assert done["status"] == "pending"
    assert told(done) == {"status": "status cannot be set here and was ignored; it stays pending."}
    assert told(books.api.put(path, books.api.get(path).body)) == {}


def test_an_organization_s_currency_is_not_changed_in_silence(books):
    done = books.api.put("", {"base_currency_code": "EUR", "name": "Loud Ltd"})
    assert (done["name"], done["base_currency_code"]) == ("Loud Ltd", "USD")
    assert told(done) == {"base_currency_code": "base_currency_code cannot be set here and was ignored; it stays USD."}
    assert told(books.api.put("", {"is_root": False, "colour": "red"})) == {
        "colour": "colour is not known here and was ignored.",
        "is_root": "is_root cannot be set here and was ignored; it stays true.",
    }
    shown = {name: value for name, value in books.api.get("").body.items() if value is not None}
    assert told(books.api.put("", shown | {"warnings": done["warnings"]})) == {}
    assert told(books.api.put("", {"base_currency_code": "CUR_USD", "mode": "LIVE"})) == {}


def test_a_document_is_not_paid_by_its_status(db):
    trade = open_trade()
    draft = trade.invoice(issue=False)
    path = f"/invoices/{draft['id']}"
    assert told(trade.api.put(path, {"status": "paid"})) == {
        "status": "status cannot be set here and was ignored; it stays draft."
    }
    assert told(trade.api.put(path, trade.api.get(path).body)) == {}


def test_accounts_and_contacts_say_what_cannot_be_set(db):
    trade = open_trade()
    account = f"/accounts/{trade.books.account('1001')}"
    assert list(told(trade.api.put(account, {"normal_balance": "credit"}))) == ["normal_balance"]
    assert told(trade.api.put(account, trade.api.get(account).body)) == {}
    contact = f"/contacts/{trade.customer}"
    assert told(trade.api.put(contact, trade.api.get(contact).body)) == {}
