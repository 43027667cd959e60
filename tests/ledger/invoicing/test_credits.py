"""Credits: the accounts they may name, the tax they take back, and contacts that are used no more."""

import pytest

from tests.ledger.trading import Trade, open_trade

NOWHERE = "ACT_0000000000000001"


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def account(trade: Trade, code: str, kind: str, **more) -> str:
    return trade.post("/accounts", {"code": code, "name": f"Account {code}", "type": kind, **more})["id"]


def contact(trade: Trade, name: str, **more) -> str:
    return trade.post("/contacts", {"name": name, **more})["id"]


def test_the_account_of_a_credit_is_one_for_lines(trade):
    pounds = account(trade, "5012", "expense", currency_id="GBP")
    euros = account(trade, "5013", "expense", currency_id="EUR")
    invoice = trade.invoice(currency_id="EUR", currency_rate="1.10")
    where = f"/invoices/{invoice['id']}/credit"
    for amount in ({}, {"amount": "50.00"}):
        for unfit, reason in (
            (pounds, "The account is in GBP."),
            (trade.books.account("1101"), "The control account takes the total by itself."),
            (trade.books.account("2001"), "The control account takes the total by itself."),
            (NOWHERE, "There is no such account."),
        ):
            error = trade.refused(where, {"account_id": unfit, **amount}, status=400)
            assert error["details"]["fields"] == {"account_id": [reason]}
    lines = [{"description": "Coffee", "unit_price": "1.00"}]
    assert trade.refused(where, {"account_id": pounds, "items": lines}, status=400)["code"] == "invalid_request"
    credit = trade.post(where, {"amount": "50.00", "account_id": euros})
    assert trade.entries(credit["transaction_id"])[1] == ("5013", "debit", 50, 55)
    credit = trade.post(where, {"account_id": trade.books.account("5601")})
    assert trade.entries(credit["transaction_id"])[1] == ("5601", "debit", 55, 55)


def test_nothing_is_left_to_credit(trade):
    invoice = trade.invoice()
    trade.post(f"/invoices/{invoice['id']}/credit", {"amount": "100.00"})
    for wish in ({}, {"amount": "1.00"}):
        error = trade.refused(f"/invoices/{invoice['id']}/credit", wish)
        assert (error["code"], error["details"]["remaining"]) == ("credit_exceeds_document", 0)
        assert error["details"]["reason"] == "Nothing is left of INV-2026-0001 to credit."


def test_a_credit_takes_tax_back_from_where_it_was_posted(trade):
    other, third = account(trade, "2199", "liability"), account(trade, "2198", "liability")
    owed = {"name": "Reverse charge", "rate": "20", "treatment": "reverse_charge"}
    owed = trade.post("/taxes", owed | {"account_id": other, "purchase_account_id": other})["id"]
    invoice, bill = trade.invoice(taxes=[trade.vat]), trade.bill(taxes=[owed])
    half = trade.invoice(taxes=[trade.vat])
    assert trade.balances() == {"1101": 240, "2001": -100, "2101": -40, "4001": -200, "5601": 100}
    trade.api.put(f"/taxes/{trade.vat}", {"account_id": other})
    trade.api.put(f"/taxes/{owed}", {"account_id": third, "purchase_account_id": trade.books.account("2101")})
    trade.post(f"/invoices/{invoice['id']}/cancel", status=200)
    trade.post(f"/bills/{bill['id']}/cancel", status=200)
    trade.post(f"/invoices/{half['id']}/credit", {"amount": "60.00"})
    assert trade.balances() == {"1101": 60, "2101": -10, "4001": -50}
    trade.invoice(taxes=[trade.vat])  # what is new goes to where the tax says now
    assert trade.balances()["2199"] == -20


def test_documents_of_a_merged_contact_are_settled_and_corrected(trade):
    old = contact(trade, "Carla's", receivable_account_id=None)
    documents = [trade.invoice(contact_id=old, currency_id="EUR", currency_rate="1.10") for _ in range(4)]
    payment = trade.pay(documents[3], "100.00", currency_rate="1.10")
    draft = trade.invoice(contact_id=old, issue=False)
    trade.post(f"/contacts/{trade.customer}/merge", {"contact_id": old, "reason": "Kept twice"}, status=200)
    paid = trade.pay(documents[0], "60.00", currency_rate="1.20")  # with a realised difference
    named = {"amount": "40.00", "contact_id": old, "currency_id": "EUR", "currency_rate": "1.10"}
    also = trade.post("/payments", named | {"allocations": [{"document_id": documents[0]["id"]}]})
    credit = trade.post(f"/invoices/{documents[1]['id']}/credit", {"amount": "10.00"})
    refund = trade.post(f"/payments/{payment['id']}/refund", {"amount": "10.00", "currency_rate": "1.10"})
    assert {one["contact_id"] for one in (paid, also, credit, refund)} == {trade.customer}
    assert trade.again(documents[0])["status"] == "paid"
    for document in documents[1:3]:
        assert trade.post(f"/invoices/{document['id']}/cancel", status=200)["status"] == "cancelled"
    assert (
        trade.refused("/payments", named | {"direction": "in"})["code"] == "contact_merged"
    )  # of before there is nothing
    assert trade.refused(f"/invoices/{draft['id']}/issue")["code"] == "contact_merged"
    aged = trade.api.get("/reports/aged-receivables?as_of=2199-01-01").body
    assert aged["difference"] == 0


def test_documents_of_a_disabled_contact_are_settled_and_corrected(trade):
    old = contact(trade, "Gone")
    one, other = trade.invoice(contact_id=old), trade.invoice(contact_id=old)
    draft = trade.invoice(contact_id=old, issue=False)
    trade.api.put(f"/contacts/{old}", {"enabled": False})
    trade.post(f"/invoices/{one['id']}/credit", {"amount": "10.00"})
    payment = trade.pay(one, "90.00")
    trade.post(f"/payments/{payment['id']}/refund", {"amount": "5.00"})
    assert trade.post(f"/invoices/{other['id']}/cancel", status=200)["status"] == "cancelled"
    assert trade.refused(f"/invoices/{draft['id']}/issue")["code"] == "contact_disabled"


def test_what_a_request_says_in_vain_is_warned_of(trade):
    invoice = trade.invoice()
    line = {"description": "Coffee", "unit_price": "1.00", "price": "1.00"}
    warned = trade.post(f"/invoices/{invoice['id']}/credit", {"items": [line], "credit_date": "2026-02-01"})["warnings"]
    assert [each["field"] for each in warned] == ["credit_date", "items[0].price"]
    sent = trade.post(f"/invoices/{invoice['id']}/send", {"recipient": "a@example.com"}, status=200)
    assert [each["field"] for each in sent["warnings"]] == ["recipient"]
    gone = trade.post(f"/invoices/{invoice['id']}/cancel", {"why": "x"}, status=200)
    assert [each["field"] for each in gone["warnings"]] == ["why"]
