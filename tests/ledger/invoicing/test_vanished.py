"""Drafts whose account or tax was deleted since: they are read, shown and mended, and issued only then."""

import pytest

from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


@pytest.fixture
def drafts(trade) -> dict[str, dict]:
    """A draft for each field that names what is deleted now."""
    account = trade.post("/accounts", {"code": "4999", "name": "Fairs", "type": "revenue"})["id"]
    tax = trade.post("/taxes", {"name": "City tax", "rate": "5"})["id"]
    line = {"description": "Coffee", "unit_price": "10.00", "account_id": account}
    found = {"account_id": trade.invoice(issue=False, items=[line]), "tax_ids": trade.invoice(taxes=[tax], issue=False)}
    assert trade.api.delete(f"/accounts/{account}").status == trade.api.delete(f"/taxes/{tax}").status == 204
    return found


def test_the_field_at_fault_is_named_until_it_is_mended(trade, drafts):
    reasons = {"account_id": "There is no such account.", "tax_ids": "There is no such tax."}
    for field, draft in drafts.items():
        where = f"/invoices/{draft['id']}"
        error = trade.refused(f"{where}/issue", status=400)
        assert error["details"]["fields"] == {f"items[0].{field}": [reasons[field]]}
        assert trade.api.put(where, {"notes": "x"}).error["details"]["fields"] == error["details"]["fields"]
        assert trade.api.get(where)["items"][0][field] == draft["items"][0][field]
        assert trade.api.get(f"{where}/pdf").status == 200
    assert trade.api.get("/invoices").status == 200
    for draft in drafts.values():
        trade.api.put(f"/invoices/{draft['id']}", {"items": [{"description": "Coffee", "unit_price": "10.00"}]})
        assert trade.post(f"/invoices/{draft['id']}/issue", status=200)["total"] == 10


def test_a_batch_fails_for_these_alone(trade, drafts):
    numbers = [trade.invoice(issue=False)["id"], *(draft["id"] for draft in drafts.values())]
    done = trade.post("/invoices/batch-issue", {"invoice_ids": numbers, "mode": "independent"}, status=200)
    assert done["summary"] == {"succeeded": 1, "failed": 2, "skipped": 0}
    fields = [list(one["error"]["details"]["fields"]) for one in done["results"][1:]]
    assert fields == [["invoice_ids[1].items[0].account_id"], ["invoice_ids[2].items[0].tax_ids"]]
