"""What nobody reads of a request about payments is said in its answer, never passed over in silence."""

import pytest

from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def said(answer: dict) -> list[tuple[str, str]]:
    return [(one["code"], one["field"]) for one in answer["warnings"]]


def test_actions_say_what_they_did_not_read(trade):
    invoice = trade.invoice()
    payment = trade.pay(invoice, "80.00")
    path = f"/payments/{payment['id']}"
    back = trade.post(f"{path}/refund", {"amount": "10.00", "date": "2026-02-01", "payment_date": "2026-02-01"})
    assert said(back) == [("unknown_field", "date"), ("unknown_field", "payment_date")]
    assert "did you mean refund_date?" in back["warnings"][0]["message"]
    freed = trade.post(f"{path}/unallocate", {"documents": [invoice["id"]]}, status=200)
    assert said(freed) == [("unknown_field", "documents")]
    wish = {"document_id": invoice["id"], "amont": "5.00"}
    placed = trade.post(f"{path}/allocate", {"allocations": [wish], "dated": "2026-02-01"}, status=200)
    assert said(placed) == [("unknown_field", "dated"), ("unknown_field", "allocations[0].amont")]
    undone = trade.post(f"{path}/reverse", {"reversal_date": "2026-02-02"}, status=200)
    assert said(undone) == [("unknown_field", "reversal_date")]


def test_a_new_payment_says_what_it_did_not_read(trade):
    wishes = [{"document_id": trade.invoice()["id"], "amount": "5.00", "payment_amont": "5.00"}]
    payment = trade.post("/payments", {"amount": "5.00", "date": "2026-01-20", "allocations": wishes})
    assert said(payment) == [("unknown_field", "date"), ("unknown_field", "allocations[0].payment_amont")]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"account_amount": "110.00", "currency_rate": "1.20"}, ["currency_rate"]),
        ({"account_amount": "110.00", "currency_rate": "1.1"}, []),
        ({"account_amount": "110.00"}, []),
        ({"currency_rate": "1.20"}, []),
        ({"currency_id": "USD", "currency_rate": "1.20"}, ["currency_rate"]),
        ({"currency_id": "USD", "currency_rate": "x"}, ["currency_rate"]),
        ({"currency_rate": "1.20", "fee_account_id": "{fees}"}, ["fee_account_id"]),
        ({"currency_rate": "1.20", "fee_account_id": "{fees}", "fee_amount": "1.00"}, []),
    ],
)
def test_a_figure_that_others_overrule_is_said(trade, more, expected):
    more = {name: value.format(fees=trade.books.account("5601")) for name, value in more.items()}
    body = {"amount": "100.00", "currency_id": "EUR", "contact_id": trade.customer, "direction": "in"}
    payment = trade.post("/payments", {**body, "payment_date": "2026-01-20", **more})
    assert said(payment) == [("field_ignored", name) for name in expected]
    back = {"amount": "100.00", "refund_date": "2026-01-21", "currency_rate": "1.30"}
    if payment["currency_id"] == "CUR_USD":
        assert said(trade.post(f"/payments/{payment['id']}/refund", back)) == [("field_ignored", "currency_rate")]
