"""That a document is overdue is told once, the day after it was due, in an event."""

import datetime
import threading

import pytest
from django.db import connection

from ledger.invoicing import overdue
from ledger.invoicing.tasks import tell_overdue
from organizations import clock
from organizations.notices.kinds import KINDS
from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(committed_db) -> Trade:
    return open_trade()


def told(trade: Trade, kind: str = "invoice") -> list[dict]:
    return trade.books.api.get(f"/events?event_type={kind}.overdue&sort=seq").data


def test_each_document_is_told_once_and_only_while_something_is_open(trade, monkeypatch):
    invoice, paid, bill = trade.invoice(), trade.invoice("30.00"), trade.bill(bill_number="R-1")
    trade.pay(paid, "30.00")
    due = datetime.date.fromisoformat(invoice["due_at"])
    on_the_day = datetime.datetime.combine(due, datetime.time(23, 59), datetime.UTC)
    monkeypatch.setattr(clock, "now", lambda: on_the_day)
    assert tell_overdue() == 0
    monkeypatch.setattr(clock, "now", lambda: on_the_day + datetime.timedelta(minutes=2))
    assert (tell_overdue(), tell_overdue()) == (2, 0)
    (event,) = told(trade)
    assert event["entity_id"] == invoice["id"]
    after = event["after_state"]
    assert (after["number"], after["open_amount"], after["days_overdue"]) == (invoice["invoice_number"], 100, 1)
    (event,) = told(trade, "bill")
    assert event["entity_id"] == bill["id"]
    assert KINDS["overdue"].events == ("invoice.overdue", "bill.overdue")
    said = KINDS["overdue"].line(after)
    assert said.startswith(f"Invoice {invoice['invoice_number']} of ") and "100.00 USD were due on" in said


def test_workers_beside_each_other_tell_once(trade):
    invoice = trade.invoice()
    assert invoice["status"] == "overdue"
    counts = []

    def work() -> None:
        counts.append(overdue.tell(trade.books.organization.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 1 and len(told(trade)) == 1
