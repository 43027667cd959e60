"""Many at the same document: paid once, credited no more than there is, numbered without a gap."""

from decimal import Decimal
from functools import partial

import pytest

from ledger.errors import CreditExceedsDocument, DocumentAlreadyPaid, DocumentNumberTaken, PaymentExceedsOpen
from ledger.health.examining import examine
from ledger.invoicing.crediting import Wish, credit_document
from ledger.invoicing.drafting import create_document, new_document
from ledger.invoicing.issuing import held_document, issue_new
from ledger.invoicing.models import Document
from ledger.invoicing.reading import LineDraft
from ledger.payments.paying import Allocation, NewPayment, record_payment
from organizations import clock, ids
from tests.concurrency.together import failures, together
from tests.ledger.trading import Trade, open_trade

pytestmark = pytest.mark.slow
DAY = clock.today()


@pytest.fixture
def trade(committed_db) -> Trade:
    return open_trade()


def who(trade: Trade) -> dict:
    return {"actor": trade.books.actor, "organization": trade.books.organization}


def issue(trade: Trade, amount: str = "100.00") -> Document:
    with trade.books.acting():
        line = LineDraft("Coffee", 1, amount)
        fields = {"contact_id": ids.decode("CON", trade.customer), "lines": [line], "date": DAY}
        document = new_document(trade.books.organization, "invoice", fields)
        issue_new(**who(trade), documents=[document])
        if amount == "13.00":
            raise RuntimeError("lost after the number was given")
        return document


def pay(trade: Trade, document: Document, amount: str):
    with trade.books.acting():
        return record_payment(**who(trade), new=NewPayment(amount, date=DAY, allocations=[Allocation(document.pk)]))


def credit(trade: Trade, document: Document, amount: str):
    from django.db import transaction

    with trade.books.acting(), transaction.atomic():
        held = held_document(trade.books.organization, "invoice", document.pk)
        return credit_document(**who(trade), document=held, wish=Wish(amount=amount, date=DAY))


def assert_healthy(trade: Trade) -> None:
    with trade.books.acting():
        assert [one.name for one in examine(trade.books.organization.pk) if one.broken] == []


def test_fifty_payments_of_the_whole_sum(trade):
    document = issue(trade)
    outcomes = together([partial(pay, trade, document, "100.00") for _ in range(50)], threads=16)
    refused = failures(outcomes)
    assert len(refused) == 49
    assert {type(problem) for problem in refused} <= {DocumentAlreadyPaid, PaymentExceedsOpen}
    assert trade.balances() == {"1001": 100, "4001": -100}
    assert_healthy(trade)


def test_twenty_credits_of_a_tenth_beside_payments_of_a_tenth(trade):
    document = issue(trade)
    jobs = [partial(credit, trade, document, "10.00"), partial(pay, trade, document, "10.00")] * 20
    outcomes = together(jobs, threads=12)
    allowed = (CreditExceedsDocument, DocumentAlreadyPaid, PaymentExceedsOpen)
    assert all(isinstance(problem, allowed) for problem in failures(outcomes))
    credited = sum(Decimal(10) for one in outcomes if isinstance(one, Document))
    assert credited <= 100
    found = trade.balances()
    assert found.get("1101", 0) <= 0  # what was credited after it was paid is the customer's
    assert_healthy(trade)


def test_numbers_have_no_gap_whatever_fails(trade):
    amounts = ["13.00" if place % 10 == 3 else "10.00" for place in range(96)]
    outcomes = together([partial(issue, trade, amount) for amount in amounts], threads=32)
    lost = failures(outcomes)
    assert len(lost) == 10 and {type(problem) for problem in lost} == {RuntimeError}
    with trade.books.acting():
        numbers = (
            Document.objects.of(trade.books.organization).order_by("series_no").values_list("series_no", flat=True)
        )
        assert list(numbers) == list(range(1, 87))
    assert_healthy(trade)


def test_numbers_given_by_hand_beside_the_series_leave_no_gap(trade):
    def draft(number: int) -> None:
        with trade.books.acting():
            fields = {"contact_id": ids.decode("CON", trade.customer), "lines": [LineDraft("Coffee", 1, "10.00")]}
            fields |= {"date": DAY, "number": f"INV-{DAY.year}-{number:04}"}
            create_document(**who(trade), kind="invoice", fields=fields)

    issue(trade)  # there is a counter to wait for
    jobs = [job for number in range(2, 26) for job in (partial(issue, trade, "10.00"), partial(draft, number))]
    refused = failures(together(jobs, threads=16))
    assert {type(problem) for problem in refused} <= {DocumentNumberTaken}  # who came too late for the number
    with trade.books.acting():
        rows = Document.objects.of(trade.books.organization)
        assert rows.exclude(series_no=None).count() == 25  # whoever left the number to the series
        names = set(rows.values_list("number", flat=True))
        last = max(rows.exclude(series_no=None).values_list("series_no", flat=True))
        assert names >= {f"INV-{DAY.year}-{number:04}" for number in range(1, last + 1)}
    assert_healthy(trade)
