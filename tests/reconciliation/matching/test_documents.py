"""A line of the bank pays documents: suggested, accepted where it is beyond doubt, booked as a payment, and undone."""

from decimal import Decimal

import pytest

from reconciliation.matching import documents
from tests.ledger.trading import Trade, open_trade
from tests.reconciliation.matching.test_runs import file, line_said, run
from tests.reconciliation.uploading import take


@pytest.fixture
def trade(db, monkeypatch) -> Trade:
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *ids: None)
    return open_trade()


def told(trade: Trade, *rows: tuple[str, str, str]) -> list[dict]:
    """Lines as the bank tells them, after a run of matching."""
    take(trade.books, file(*rows))
    run(trade.books)
    return [line_said(trade.books, said) for _, said, _ in rows]


def match(trade: Trade, line: dict, *document_ids: str, status=200, **more):
    answer = trade.api.post(f"/statement-lines/{line['id']}/match", {"document_ids": list(document_ids), **more})
    assert answer.status == status, answer.body
    return answer


def test_a_line_that_names_an_invoice_and_pays_it_is_booked_by_itself(trade):
    invoice, other = trade.invoice("120.00"), trade.invoice("120.00")
    (line,) = told(trade, ("2026-03-02", f"CARLA {invoice['invoice_number']}", "120.00"))
    assert (line["status"], line["match"]["origin"], line["match"]["reason"]) == ("matched", "document", "pays")
    assert line["match"]["document_ids"] == [invoice["id"]]
    assert (trade.again(invoice)["status"], trade.again(other)["status"]) == ("paid", "overdue")
    payment = trade.api.get(f"/payments/{line['match']['payment_id']}").body
    assert (payment["payment_date"], payment["amount"], payment["payment_method"]) == ("2026-03-02", 120, "bank")
    assert [(code, side) for code, side, *_ in trade.entries(payment["transaction_id"])] == [
        ("1001", "debit"),
        ("1101", "credit"),
    ]
    why = trade.api.get(f"/matches/{line['match']['id']}/explain").body
    assert why["sums"]["difference"] == 0 and why["reason"].startswith("It names the document by its number")
    kinds = [row["event_type"] for row in trade.api.get(f"/events?entity_id={line['id']}").data]
    assert "statement_line.payment_booked" in kinds


def test_undoing_the_line_reverses_the_payment_and_the_invoice_is_open_again(trade):
    invoice = trade.invoice("120.00")
    (line,) = told(trade, ("2026-03-02", f"CARLA {invoice['invoice_number']}", "120.00"))
    open_again = trade.post(f"/statement-lines/{line['id']}/unmatch", status=200)
    assert (open_again["status"], open_again["match"]) == ("unmatched", None)
    payment = trade.api.get(f"/payments/{line['match']['payment_id']}").body
    assert (payment["status"], payment["reversed_on"]) == ("reversed", "2026-03-02")
    assert trade.again(invoice)["amount_due"] == 120 and trade.balance("1001") == 0
    run(trade.books)  # what was undone is not done again
    assert line_said(trade.books, "CARLA")["status"] == "unmatched"
    again = match(trade, line, invoice["id"]).body  # but a person may
    assert again["match"]["status"] == "accepted" and trade.again(invoice)["status"] == "paid"


def test_who_names_no_number_is_suggested_and_accepted_by_a_person(trade):
    first, second = trade.invoice("80.00"), trade.invoice("45.50")
    bill = trade.bill("33.00")
    lines = told(trade, ("2026-03-02", "CARLA thanks", "125.50"), ("2026-03-03", "ROASTERY", "-33.00"))
    assert [line["status"] for line in lines] == ["suggested", "suggested"]
    assert lines[0]["match"]["document_ids"] == [first["id"], second["id"]]
    assert lines[1]["match"]["document_ids"] == [bill["id"]] and lines[1]["match"]["reason"] == "pays_unnamed"
    wish = {"account_id": trade.books.account("1001"), "min_score": 0}
    assert trade.post("/matches/batch-accept", wish | {"dry_run": True}, 200)["summary"]["succeeded"] == 2
    assert trade.again(first)["amount_due"] == 80
    assert trade.post("/matches/batch-accept", wish, 200)["summary"]["succeeded"] == 2
    assert {trade.again(one)["status"] for one in (first, second, bill)} == {"paid"}
    assert trade.balances()["1001"] == Decimal("92.50")


def test_part_too_much_and_a_fee(trade):
    invoice, bill = trade.invoice("100.00"), trade.bill("50.00")
    number = invoice["invoice_number"]
    part, much, fee = told(
        trade,
        ("2026-03-02", f"{number} first", "40.00"),
        ("2026-03-09", f"{number} rest", "65.00"),
        ("2026-03-10", "wire abroad", "-51.20"),
    )
    assert (part["match"] or much["match"])["reason"] in ("pays_part", "pays_too_much")
    match(trade, part, invoice["id"])
    assert trade.again(invoice)["amount_due"] == 60
    paid = match(trade, much, invoice["id"]).body["match"]
    assert trade.api.get(f"/payments/{paid['payment_id']}").body["unallocated"] == 5
    kept = match(trade, fee, bill["id"], fee_account_id=trade.books.account("5501")).body["match"]
    assert trade.api.get(f"/payments/{kept['payment_id']}").body["fee_amount"] == Decimal("1.20")
    assert trade.again(bill)["status"] == "paid" and trade.balances()["1001"] == Decimal("53.80")


def test_a_foreign_invoice_is_paid_in_full_by_what_the_bank_got(trade):
    invoice = trade.invoice("100.00", currency_id="CUR_EUR", currency_rate="1.10")
    (line,) = told(trade, ("2026-03-02", "SEPA credit", "105.00"))
    match(trade, line, invoice["id"])
    assert trade.again(invoice)["status"] == "paid"
    assert trade.balances()["5105"] == 5  # realised: 110 less 105


def test_what_cannot_be_paid_is_refused_at_its_place(trade):
    paid, draft, bill = trade.invoice("10.00"), trade.invoice("10.00", issue=False), trade.bill("10.00")
    trade.pay(paid)
    (line,) = told(trade, ("2026-03-02", "somebody", "10.00"))
    for wish, status, path in (
        ({"document_ids": [paid["id"]]}, 422, "document_ids[0]"),
        ({"document_ids": [draft["id"]]}, 422, "document_ids[0]"),
        ({"document_ids": [bill["id"]]}, 422, "document_ids"),
        ({"document_ids": ["INV_00000000000000ff"]}, 400, "document_ids[0]"),
        ({"document_ids": [paid["id"]], "transaction_id": paid["transaction_id"]}, 400, "document_ids"),
        ({"document_ids": ["TXN_00000000000000ff"]}, 400, "document_ids[0]"),
    ):
        answer = trade.api.post(f"/statement-lines/{line['id']}/match", wish)
        assert answer.status == status, answer.body
        assert list(answer.error["details"]["fields"]) == [path], answer.body
    assert line_said(trade.books, "somebody")["status"] == "unmatched"


def test_candidates_offer_documents_beside_entries(trade):
    invoice = trade.invoice("70.00")
    trade.invoice("71.00")
    (line,) = told(trade, ("2026-03-02", "unknown", "70.00"))
    assert line["status"] == "unmatched"  # an equal amount alone suggests nothing
    found = trade.api.get(f"/statement-lines/{line['id']}/candidates").data
    assert [(each["document_ids"], each["amount"]) for each in found if each["document_ids"]] == [
        ([invoice["id"]], Decimal("70.00"))
    ]


def test_a_payment_that_the_books_refuse_stays_a_suggestion_with_the_reason(trade):
    invoice = trade.invoice("120.00")
    take(trade.books, file(("2026-03-02", f"CARLA {invoice['invoice_number']}", "120.00")))
    suspended = trade.api.put(f"/accounts/{trade.books.account('1001')}", {"status": "suspended"})
    assert suspended.status == 200
    run(trade.books)
    line = line_said(trade.books, "CARLA")
    assert line["status"] == "suggested" and line["match"]["reason"].startswith("The payment could not be booked")
    assert trade.again(invoice)["amount_due"] == 120


def test_a_long_list_is_cut(trade, monkeypatch):
    monkeypatch.setattr(documents, "MOST", 1)
    trade.invoice("1.00", due_at="2026-02-01")
    late = trade.invoice("2.00", due_at="2026-02-02")
    (line,) = told(trade, ("2026-03-02", f"CARLA {late['invoice_number']}", "2.00"))
    assert line["status"] == "unmatched"
