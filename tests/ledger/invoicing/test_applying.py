"""What is left of a credit, on other documents of the contact, and out of them again."""

import pytest

from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def credit(trade: Trade, amount="30.00", kind="credit-notes", **more) -> dict:
    """A credit of its own, not of a document."""
    sells = kind == "credit-notes"
    line = {
        "description": "Coffee",
        "unit_price": amount,
        "account_id": trade.books.account("4001" if sells else "5601"),
    }
    body = {"contact_id": trade.customer if sells else trade.vendor, "items": [line], "issue": True}
    return trade.post(f"/{kind}", body | {"issued_at" if sells else "billed_at": "2026-01-12"} | more)


def allocate(trade: Trade, one: dict, document: dict, kind="credit-notes", **more) -> dict:
    wanted = {"document_id": document["id"]} | {name: more.pop(name) for name in ("amount",) if name in more}
    return trade.post(f"/{kind}/{one['id']}/allocate", {"allocations": [wanted], **more}, status=200)


def kinds(trade: Trade, prefix: str) -> list[str]:
    rows = trade.api.get("/events?sort=seq&limit=100").data
    return [row["event_type"] for row in rows if row["event_type"].startswith(prefix)]


def test_what_a_payment_left_of_a_credit_pays_the_next_invoice(trade):
    first = trade.invoice()
    trade.pay(first, "40.00")
    note = trade.post(f"/invoices/{first['id']}/credit", {"amount": "80.00", "date": "2026-02-01"})
    assert note["amount_due"] == 20
    second = trade.invoice("50.00", issued_at="2026-02-10")
    before = trade.balances()
    note = allocate(trade, note, second, date="2026-02-11", amout=5)
    assert [(each["counterpart_id"], each["amount"], each["date"]) for each in note["credits"]] == [
        (first["id"], 60, "2026-02-01"),
        (second["id"], 20, "2026-02-11"),
    ]
    assert ([each["field"] for each in note["warnings"]], note["status"]) == (["amout"], "paid")
    assert (trade.again(second)["amount_due"], trade.again(second)["amount_credited"]) == (30, 20)
    assert trade.balances() == before
    contact = trade.api.get(f"/contacts/{trade.customer}").body
    assert (contact["balance"], contact["available_credit"]) == (30, 0)
    assert kinds(trade, "credit_note.")[-1] == "credit_note.allocated"


def test_a_credit_is_taken_out_again(trade):
    one, two = trade.invoice("20.00"), trade.invoice("50.00")
    note = credit(trade)
    wanted = [{"document_id": one["id"]}, {"document_id": two["id"], "amount": "10.00"}]
    trade.post(f"/credit-notes/{note['id']}/allocate", {"allocations": wanted}, status=200)
    path = f"/credit-notes/{note['id']}/unallocate"
    error = trade.refused(path, {"date": "2099-01-01"}, status=400)
    assert "Not after" in error["details"]["fields"]["date"][0]
    freed = trade.post(path, {"document_ids": [one["id"]]}, status=200)
    assert (freed["amount_due"], trade.again(one)["amount_due"], trade.again(two)["amount_due"]) == (20, 20, 40)
    error = trade.refused(path, {"document_ids": [one["id"]]}, status=400)
    assert error["details"]["fields"] == {"document_ids[0]": ["The credit is not allocated to this document."]}
    assert trade.post(path, status=200)["amount_due"] == 30
    assert kinds(trade, "credit_note.") [-2:] == ["credit_note.unallocated"] * 2  # fmt: skip


def test_what_a_vendor_gave_back_pays_the_next_bill(trade):
    bill, given = trade.bill("50.00"), credit(trade, kind="vendor-credits")
    given = allocate(trade, given, bill, "vendor-credits", amount="30.00")
    assert (given["amount_due"], given["credits"][0]["counterpart_id"]) == (0, bill["id"])
    assert trade.api.get(f"/bills/{bill['id']}").body["amount_due"] == 20
    freed = trade.post(f"/vendor-credits/{given['id']}/unallocate", {"document_ids": [bill["id"]]}, status=200)
    assert freed["amount_due"] == 30
    assert kinds(trade, "vendor_credit.")[-2:] == ["vendor_credit.allocated", "vendor_credit.unallocated"]


def test_what_the_rates_differ_by_is_realised(trade):
    for day, rate in (("2026-01-10", "1.10"), ("2026-01-12", "1.20")):
        body = {"from_currency": "EUR", "to_currency": "USD", "rate": rate, "effective_date": day}
        trade.post("/exchange-rates", body)
    euros = {"currency_id": "EUR"}
    invoice, note = trade.invoice("30.00", **euros), credit(trade, **euros)
    error = trade.refused(
        f"/credit-notes/{note['id']}/allocate", {"allocations": [{"document_id": trade.invoice()["id"]}]}
    )
    assert error["code"] == "allocation_mismatch"
    found = allocate(trade, note, invoice, date="2026-01-12")
    assert found["credits"][0]["realised"] == 3
    trade.post(f"/credit-notes/{note['id']}/unallocate", {}, status=200)
    assert trade.again(invoice)["amount_due"] == 30


def test_sales_that_are_locked_are_not_credited(trade):
    note, invoice = credit(trade), trade.invoice()
    assert trade.api.put("/lock-dates", {"sales": "2026-01-31"}).status == 200
    wish = {"allocations": [{"document_id": invoice["id"]}]}
    error = trade.refused(f"/credit-notes/{note['id']}/allocate", wish | {"date": "2026-01-31"})
    assert (error["code"], error["details"]["area"]) == ("period_locked", "sales")
    trade.post(f"/credit-notes/{note['id']}/allocate", wish | {"date": "2026-02-01"}, status=200)


@pytest.mark.parametrize(
    ("note", "allocation", "status", "code"),
    [
        ("{note}", {"document_id": "INV_0000000000000001"}, 400, "document_not_found"),
        ("{note}", {"document_id": "{bill}"}, 400, "invalid_request"),
        ("{note}", {"document_id": "{draft}"}, 422, "document_not_issued"),
        ("{note}", {"document_id": "{cancelled}"}, 422, "document_not_issued"),
        ("{note}", {"document_id": "{paid}"}, 422, "document_already_paid"),
        ("{note}", {"document_id": "{strange}"}, 422, "allocation_mismatch"),
        ("{note}", {"document_id": "{invoice}", "amount": 31}, 422, "payment_exceeds_open"),
        ("{note}", {"document_id": "{invoice}", "amount": "0.001"}, 400, "invalid_request"),
        ("{note}", {"document_id": "{invoice}", "date": "2026-01-11"}, 400, "invalid_request"),
        ("{used}", {"document_id": "{invoice}"}, 422, "payment_exceeds_open"),
        ("{draft note}", {"document_id": "{invoice}"}, 422, "document_not_issued"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(trade, note, allocation, status, code):
    other = trade.post("/contacts", {"name": "Dora"})["id"]
    paid, cancelled, used = trade.invoice("30.00"), trade.invoice(), credit(trade)
    allocate(trade, used, paid)
    trade.post(f"/invoices/{cancelled['id']}/cancel", {}, status=200)
    names = {
        "note": credit(trade)["id"],
        "draft note": credit(trade, issue=False)["id"],
        "used": used["id"],
        "invoice": trade.invoice()["id"],
        "bill": trade.bill()["id"],
        "draft": trade.invoice(issue=False)["id"],
        "cancelled": cancelled["id"],
        "paid": paid["id"],
        "strange": trade.invoice(contact_id=other)["id"],
    }
    wish = {name: value.format(**names) if isinstance(value, str) else value for name, value in allocation.items()}
    day = {"date": wish.pop("date")} if "date" in wish else {}
    found = trade.refused(
        f"/credit-notes/{note}/allocate".format(**names), {"allocations": [wish], **day}, status=status
    )
    assert found["code"] == code
    assert trade.api.get(f"/contacts/{trade.customer}").body["available_credit"] == 30


def test_nothing_stays_open_of_what_is_cancelled(trade):
    invoice, note = trade.invoice(), credit(trade)
    allocate(trade, note, invoice)
    error = trade.refused(f"/invoices/{invoice['id']}/cancel")
    assert (error["code"], "something else" in error["details"]["reason"]) == ("document_has_payments", True)
    trade.post(f"/credit-notes/{note['id']}/unallocate", {}, status=200)
    own = trade.post(f"/invoices/{invoice['id']}/credit", {})
    trade.post(f"/credit-notes/{own['id']}/unallocate", {}, status=200)
    error = trade.refused(f"/invoices/{invoice['id']}/cancel")
    assert (error["code"], "allocate them" in error["details"]["reason"]) == ("document_has_payments", True)
    allocate(trade, own, invoice)
    trade.post(f"/invoices/{invoice['id']}/cancel", {}, status=200)
    assert trade.refused(f"/credit-notes/{own['id']}/unallocate")["code"] == "document_cancelled"
