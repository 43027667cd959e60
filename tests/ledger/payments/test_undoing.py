"""Money that goes back: what was refunded stays refunded, and documents are open by no more than that."""

from decimal import Decimal

import pytest

from ledger.health.examining import examine
from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def refund(trade: Trade, payment: dict, **body) -> dict:
    return trade.post(f"/payments/{payment['id']}/refund", {"refund_date": "2026-02-01", **body})


def allocate(trade: Trade, payment: dict, *wishes: dict) -> dict:
    return trade.post(f"/payments/{payment['id']}/allocate", {"allocations": list(wishes)}, status=200)


def healthy(trade: Trade) -> bool:
    with trade.books.acting():
        return not [one.name for one in examine(trade.books.organization.pk) if one.broken]


def test_what_was_refunded_is_not_there_to_be_allocated_again(trade):
    invoice = trade.invoice()
    payment = trade.pay(invoice)
    back = refund(trade, payment, amount="30.00")
    free = trade.post(f"/payments/{payment['id']}/unallocate", {}, status=200)
    assert (free["unallocated"], trade.again(back)["unallocated"]) == (70, 0)
    assert trade.again(invoice)["amount_due"] == 100
    allocate(trade, payment, {"document_id": invoice["id"]})
    assert (trade.again(invoice)["amount_due"], trade.again(payment)["unallocated"]) == (30, 0)
    assert trade.balances() == {"1001": 70, "1101": 30, "4001": -100}


def test_a_refund_is_not_taken_out_of_what_it_pays_back(trade):
    payment = trade.pay(trade.invoice())
    back = refund(trade, payment, amount="30.00")
    kept = trade.post(f"/payments/{back['id']}/unallocate", {}, status=200)
    assert (kept["unallocated"], len(kept["allocations"])) == (0, 1)


@pytest.mark.parametrize(("paid", "fee"), [("100.00", None), ("1234.56", "3.00"), ("1000", None)])
def test_a_refund_of_no_amount_pays_all_of_it_back(trade, paid, fee):
    body = {"amount": paid, "contact_id": trade.customer, "direction": "in", "payment_date": "2026-01-20"}
    payment = trade.post("/payments", body if fee is None else {**body, "fee_amount": fee})
    assert refund(trade, payment, amount="40.00")["amount"] == 40
    assert refund(trade, payment)["amount"] == Decimal(paid) - 40
    refused = trade.refused(f"/payments/{payment['id']}/refund", {})
    assert refused["code"] == "refund_exceeds_payment"


@pytest.mark.parametrize(
    ("paid", "back", "due", "result"),
    [
        ("110.00", "11.00", "10.00", None),
        ("112.00", "56.00", "50.00", "-1.00"),  # half of what was gained is taken back
        ("112.00", "112.00", "100.00", None),
    ],
)
def test_a_refund_opens_a_document_in_another_currency_by_as_much(trade, paid, back, due, result):
    invoice = trade.invoice(currency_id="EUR", currency_rate="1.10")
    wish = {"document_id": invoice["id"], "amount": "100.00"}
    payment = trade.post("/payments", {"amount": paid, "currency_id": "USD", "payment_date": "2026-01-20",
                                       "allocations": [wish]})  # fmt: skip
    refund(trade, payment, amount=back)
    assert trade.again(invoice)["amount_due"] == Decimal(due)
    assert trade.again(payment)["unallocated"] == 0
    found = trade.balances()
    assert found.get("1101-EUR", 0) == Decimal(due) * Decimal("1.10")
    assert found.get("5105") == (None if result is None else Decimal(result))
    assert healthy(trade)
