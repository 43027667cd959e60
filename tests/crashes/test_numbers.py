"""kill -9 while invoices are issued: no number twice and none left out, and each invoice that somebody was told of."""

import re
from dataclasses import dataclass

import pytest

from ledger.accounts.opening import NewAccount, open_accounts
from ledger.contacts.models import Contact
from ledger.health.examining import examine
from ledger.invoicing.models import Document
from organizations import ids, scoping
from tests.concurrency.books import ACTOR, open_books
from tests.concurrency.http import Client
from tests.crashes.selling import Shop

pytestmark = pytest.mark.slow


@dataclass(slots=True)
class Office(Shop):
    """A shop that writes invoices: created and issued in one request."""

    customer: str = ""

    def send(self, client: Client, key: str):
        """Issue the invoice that a key stands for."""
        revenue = ids.encode("ACT", self.books.accounts["4001"])
        body = {
            "contact_id": self.customer,
            "issued_at": "2025-03-01",
            "order_number": key,
            "items": [{"description": "Coffee", "unit_price": "2.50", "account_id": revenue}],
            "issue": True,
        }
        path = f"/organizations/{self.books.organization.public_id}/invoices"
        return client.post(path, body, idempotency_key=key)


def test_a_worker_is_killed_while_it_numbers_invoices(web_process, monkeypatch):
    monkeypatch.setenv("RATE_LIMIT_LIVE", "1000000")
    books = open_books("Numbered Ltd")
    claims = NewAccount(code="1101", name="Receivable", type="asset", currency="USD", role="receivable")
    with scoping.acting_in(books.id):
        open_accounts(actor=ACTOR, organization=books.organization, accounts=[claims])
        customer = Contact.objects.create(organization_id=books.id, name="Carla").public_id
    office = Office(web_process.base_url, books, customer=customer)
    office.open()
    try:
        for _ in range(3):
            office.wait_for(15)
            web_process.kill_a_worker()
        office.wait_for(15)
    finally:
        office.close()
    assert office.unanswered, "Nothing was under way when the worker died."
    told = office.answered | office.retry()
    with scoping.acting_in(books.id):
        issued = list(Document.objects.of(books.id).order_by("series_no"))
        assert {each.order_number: each.public_id for each in issued} == told
        assert [each.series_no for each in issued] == list(range(1, len(told) + 1))
        assert len({re.sub(r"\D", "", each.number) for each in issued}) == len(told)
        assert [one.name for one in examine(books.id) if one.broken] == []
