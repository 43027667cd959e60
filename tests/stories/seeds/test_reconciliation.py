"""The documentation's bank reconciliation, its three calls as they stand, through HTTP."""

import json

import pytest

from tests.stories.seeds.examples import example, shows

START = """{
  "account_id": "ACT_1001", // Checking account
  "start_date": "2024-01-01",
  "end_date": "2024-01-31",
  "closing_balance": 15750.00
}"""

STATUS = """{
  "transaction_id": "%s",
  "reconciled": true,
  "reconciled_at": "2024-01-20T10:00:00Z",
  "reconciliation_id": "%s"
}"""


@pytest.fixture
def told(books) -> list[str]:
    """Three transactions of January, 15,750.00 together, and one that the bank has not cleared."""
    amounts = {"2024-01-05": "15000.00", "2024-01-15": "500.00", "2024-01-22": "250.00", "2024-01-31": "99.00"}
    bodies = [books.sale(amount, transaction_date=day) for day, amount in amounts.items()]
    return [books.api.post("/transactions", body)["id"] for body in bodies]


def test_start_reconcile_complete(books, told):
    # 1. Start reconciliation
    started = books.api.post("/reconciliations", example(START, books))
    assert started.status == 201, started.body
    shows(started.body, START, books)
    assert started["status"] == "in_progress"
    assert str(started["difference"]) == "15750.00"

    # 2. Mark transactions as reconciled
    path = f"/reconciliations/{started['id']}"
    body = {"reconciliation_id": started["id"], "transaction_ids": told[:3]}
    marked = books.api.post(f"{path}/reconcile", body)
    assert marked.status == 200, marked.body
    assert str(marked["difference"]) == "0.00"
    for number, standing in zip(told, marked["transactions"], strict=False):
        shows(standing, STATUS % (number, started["id"]), books)
        assert standing.keys() == json.loads(STATUS).keys()
        assert (standing["transaction_id"], standing["reconciliation_id"]) == (number, started["id"])

    # 3. Complete reconciliation
    completed = books.api.post(f"{path}/complete")
    assert (completed.status, completed["status"]) == (200, "completed")
    assert str(completed["ledger_balance"]) == "15849.00"

    # Not reconciled, reconciled, outstanding
    later = books.api.post("/transactions", books.sale("1.00", transaction_date="2024-02-01"))["id"]
    listed = books.api.get(f"/accounts/{books.account('1001')}/reconciliation-status?sort=transaction_date").data
    assert [(entry["transaction_id"], entry["status"]) for entry in listed] == [
        *((number, "reconciled") for number in told[:3]),
        (told[3], "outstanding"),
        (later, "not_reconciled"),
    ]
    shows(listed[0], STATUS % (told[0], started["id"]), books)
    assert listed[3]["reconciled"] is False
    assert listed[3]["reconciled_at"] is None
