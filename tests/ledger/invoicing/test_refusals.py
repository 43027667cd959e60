"""What documents refuse, and the trail of what they did."""

import datetime
from decimal import Decimal

import pytest

from ledger.accounts.changing import update_account
from ledger.contacts.models import Contact
from ledger.taxes.models import Tax
from organizations import ids
from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def line(**more) -> dict:
    return {"description": "Coffee", "unit_price": "10.00"} | more


def wish(trade: Trade, *lines, **more) -> dict:
    return {"contact_id": trade.customer, "items": list(lines) or [line()], **more}


def test_the_fields_at_fault_are_named(trade):
    bad = {
        "contact_id": "ACT_0000000000000001",
        "issued_at": "2026-02-30",
        "currency_id": "XXX",
        "items": [{"unit_price": "1e5", "tax_ids": ["x"], "account_id": "CON_1"}, 3],
    }
    error = trade.refused("/invoices", bad, status=400)
    assert list(error["details"]["fields"]) == [
        "contact_id",
        "currency_id",
        "issued_at",
        "items[0].account_id",
        "items[0].tax_ids",
        "items[1]",
    ]
    lines = [line(quantity=0), line(unit_price=None), line(discount_percent=101), line(item_id="ITM_0000000000000001")]
    lines += [line(account_id=trade.books.account("1101")), line(tax_ids=["TAX_0000000000000001"])]
    fields = trade.refused("/invoices", wish(trade, *lines), status=400)["details"]["fields"]
    assert list(fields) == [
        "items[0].quantity",
        "items[1].unit_price",
        "items[2].discount_percent",
        "items[3].item_id",
        "items[4].account_id",
        "items[5].tax_ids",
    ]
    huge = [line(unit_price="9999999999999999999", quantity="9999999999999999999")]
    assert "items" in trade.refused("/invoices", wish(trade, *huge), status=400)["details"]["fields"]
    warned = trade.post("/invoices", wish(trade, line(unitprice=3), date="2026-01-01"))
    assert [each["field"] for each in warned["warnings"]] == ["date", "items[0].unitprice"]


def test_contacts_that_cannot_be_used(trade):
    with trade.books.acting():
        org = trade.books.organization
        gone = Contact.objects.create(organization=org, name="Gone", enabled=False)
        customer = Contact.objects.get(pk=ids.decode("CON", trade.customer))
        old = Contact.objects.create(organization=org, name="Old", merged_into=customer, enabled=False)
    for number, status, code in (
        ("CON_0000000000000001", 400, "contact_not_found"),
        (gone.public_id, 422, "contact_disabled"),
        (old.public_id, 422, "contact_merged"),
    ):
        assert trade.refused("/invoices", wish(trade, contact_id=number), status=status)["code"] == code


def test_taxes_count_on_their_days(trade):
    with trade.books.acting():
        tax = Tax.objects.create(
            organization=trade.books.organization,
            name="Old VAT",
            rate=Decimal(19),
            effective_to=datetime.date(2025, 12, 31),
        )
    draft = trade.post("/invoices", wish(trade, line(tax_ids=[tax.public_id]), issued_at="2026-01-01"))
    error = trade.refused(f"/invoices/{draft['id']}/issue")
    assert (error["code"], list(error["details"]["fields"])) == ("tax_not_effective", ["items[0].tax_ids"])
    trade.api.put(f"/invoices/{draft['id']}", {"issued_at": "2025-12-31"})
    assert trade.post(f"/invoices/{draft['id']}/issue", status=200)["invoice_number"] == "INV-2025-0001"


def test_drafts_change_and_what_is_issued_does_not(trade):
    draft = trade.post("/invoices", wish(trade, line(quantity="2.5", unit_price="0.333", discount_percent="10")))
    assert draft["items"][0]["amount"] == Decimal("0.75")
    changed = trade.api.put(f"/invoices/{draft['id']}", {"items": [line(), line()], "order_number": "PO 1"})
    assert (changed["total"], changed["order_number"], changed["version"]) == (20, "PO 1", 2)
    again = trade.api.put(f"/invoices/{draft['id']}", changed.body)  # as it was shown
    assert (again["total"], again["warnings"]) == (20, [])
    invoice = trade.post(f"/invoices/{draft['id']}/issue", status=200)
    assert trade.api.put(f"/invoices/{draft['id']}", {"notes": "x"}).error["code"] == "document_is_issued"
    assert trade.api.delete(f"/invoices/{draft['id']}").error["code"] == "document_is_issued"
    assert trade.refused(f"/invoices/{draft['id']}/issue", status=409)["code"] == "document_is_issued"
    own = {"invoice_number": invoice["invoice_number"]}
    error = trade.refused("/invoices", wish(trade, **own), status=409)
    assert (error["code"], *error["details"]["fields"]) == ("document_number_taken", "invoice_number")
    other = trade.post("/invoices", wish(trade, invoice_number="A-77", issue=True))
    assert other["invoice_number"] == "A-77"
    assert trade.invoice()["invoice_number"] == "INV-2026-0002"  # the series goes on without it
    gone = trade.post("/invoices", wish(trade))
    assert trade.api.delete(f"/invoices/{gone['id']}").status == 204
    cancelled = trade.post("/invoices", wish(trade))
    trade.post(f"/invoices/{cancelled['id']}/cancel", status=200)
    assert trade.refused(f"/invoices/{cancelled['id']}/send")["code"] == "document_not_issued"
    types = [row["event_type"] for row in trade.api.get("/events?sort=seq&limit=100&entity_type=invoice").data]
    assert types == [
        *("invoice.created", "invoice.updated", "invoice.issued", "invoice.issued", "invoice.issued"),
        *("invoice.created", "invoice.deleted", "invoice.created", "invoice.cancelled"),
    ]


def test_an_account_that_the_chart_lacks_is_asked_for(trade):
    with trade.books.acting():
        account = trade.books.accounts["1101"]
        update_account(actor=trade.books.actor, account=account, changes={"status": "suspended"})
    error = trade.refused("/invoices", wish(trade, issue=True))
    assert (error["code"], error["details"]["role"]) == ("account_of_role_missing", "receivable")


def test_the_trail_of_bills_and_credits(trade):
    bill = trade.bill()
    credit = trade.post(f"/bills/{bill['id']}/credit", {"items": [line(account_id=trade.books.account("5601"))]})
    assert (credit["object"], credit["total"], credit["original_id"]) == ("vendor_credit", 10, bill["id"])
    draft = trade.bill(issue=False)
    trade.api.put(f"/bills/{draft['id']}", {"notes": "x"})
    trade.api.delete(f"/bills/{draft['id']}")
    trade.post(f"/bills/{trade.bill()['id']}/cancel", status=200)
    invoice = trade.invoice()
    note = trade.post(f"/invoices/{invoice['id']}/credit", {"amount": 1})
    assert trade.refused(f"/credit-notes/{note['id']}/cancel")["code"] == "document_not_issued"
    for path, kind in (("credit-notes", "credit_note"), ("vendor-credits", "vendor_credit")):
        account = trade.books.account("5601" if kind == "vendor_credit" else "4001")
        draft = trade.post(f"/{path}", wish(trade, line(account_id=account)))
        trade.api.put(f"/{path}/{draft['id']}", {"notes": "x"})
        trade.post(f"/{path}/{draft['id']}/cancel", status=200)
        trade.api.delete(f"/{path}/{trade.post(f'/{path}', wish(trade, line(account_id=account)))['id']}")
    trade.post(f"/invoices/{invoice['id']}/send", {"to": ["a@example.com"], "subject": "Hi"}, status=200)
    with trade.books.acting():
        from ledger.invoicing.issuing import held_document
        from ledger.invoicing.sending import mark_viewed

        document = held_document(trade.books.organization, "invoice", ids.decode("INV", invoice["id"]))
        mark_viewed(actor=trade.books.actor, organization=trade.books.organization, document=document)
    assert trade.api.get("/invoices?status=overdue").data[0]["viewed_at"]
    found = {row["event_type"] for row in trade.api.get("/events?limit=100").data}
    assert found >= {
        *("bill.received", "bill.credited", "bill.created", "bill.updated", "bill.deleted", "bill.cancelled"),
        *("vendor_credit.received", "vendor_credit.created", "vendor_credit.updated", "vendor_credit.cancelled"),
        *("vendor_credit.deleted", "credit_note.deleted", "credit_note.created", "credit_note.updated"),
        *("credit_note.cancelled", "credit_note.issued", "invoice.credited", "document.sent", "document.viewed"),
    }


def test_lists_are_filtered_by_where_documents_stand(trade):
    paid, part, late = trade.invoice("1.00"), trade.invoice("2.00"), trade.invoice("3.00")
    due = trade.invoice("4.00", due_at="2199-01-01")
    draft = trade.invoice("5.00", issue=False)
    trade.pay(paid)
    trade.pay(part, "1.00")
    trade.api.put(f"/invoices/{part['id']}", {})
    for status, wanted in (
        ("paid", [paid]),
        ("overdue", [part, late]),
        ("sent", [due]),
        ("draft", [draft]),
        ("partial", []),
        ("viewed", []),
        ("cancelled", []),
    ):
        found = trade.api.get(f"/invoices?status={status}&sort=created_at").data
        assert [each["id"] for each in found] == [each["id"] for each in wanted], status
        assert {each["status"] for each in found} <= {status}
    assert len(trade.api.get("/invoices?filters[amount_due][gte]=3&filters[status][ne]=draft").data) == 2
    assert len(trade.api.get(f"/invoices?contact_id={trade.customer}&filters[invoice_number][contains]=0002").data) == 1
