"""What staff see of trade: what a contact owes, what is overdue, and where a posting is undone."""

import pytest
from django.urls import reverse

from ledger.contacts.models import Contact
from ledger.invoicing.models import CreditNote, Invoice
from ledger.journal.models import Transaction
from ledger.openitems.models import OpenItem
from ledger.payments.models import Payment
from ledger.settlements.models import Settlement
from organizations import ids
from tests.backoffice.desks import Person, address
from tests.backoffice.trading import traded

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast) -> Person:
    return Person(cast.alice, cast.alices)


@pytest.fixture
def rows(cast) -> dict[type, int]:
    return traded(cast.alices)


def test_a_contact_shows_what_is_open_and_leads_to_new_documents(cast, alice, rows):
    where = address(Contact, "change", rows[Contact])
    seen = alice.get(where)
    assert "Open items" in seen and "INV-2026-0001" in seen and "Latest documents and payments" in seen
    for name in ("ledger_invoice_add", "ledger_payment_add"):
        new = f"{reverse(f'admin:{name}')}?contact={rows[Contact]}"
        assert new in seen.text
        assert "Carla" in alice.get(new)
    bob = Person(cast.bob, cast.alices).get(where)
    assert "INV-2026-0001" in bob and "New invoice" not in bob
    before = alice.get(where).queries
    traded(cast.alices, name="Dora")
    assert alice.get(where).queries == before


def test_what_is_overdue_is_listed_and_sorted(cast, alice, rows):
    seen = alice.get(reverse("admin:overdue"))
    assert "INV-2026-0001" in seen and "40.00 USD" in seen and "Days late ↓" in seen
    assert f"?document={rows[Invoice]}" in seen.text
    before = seen.queries
    traded(cast.alices, name="Dora")
    for sort in ("due", "contact", "open", "nonsense"):
        assert alice.get(f"{reverse('admin:overdue')}?sort={sort}&page=0").queries == before
    bills = alice.get(f"{reverse('admin:overdue')}?kind=bill&page=x")
    assert "Overdue bills" in bills and "50.00 USD" in bills
    assert "Nothing is overdue." in alice.get(f"{reverse('admin:overdue')}?page=7")
    bob = Person(cast.bob, cast.alices).get(reverse("admin:overdue"))
    assert "INV-2026-0001" in bob and f"?document={rows[Invoice]}" not in bob.text


def test_a_transaction_says_what_it_was_posted_for_and_is_undone_there(cast, alice, rows):
    with cast.alices.acting():
        posted = Payment.objects.of(cast.alices.organization).get(pk=rows[Payment]).transaction_id
    seen = alice.get(address(Transaction, "change", posted))
    assert "Posted for Payment 2026-01-15 20.00 USD from Carla" in seen
    assert address(Payment, "change", rows[Payment]) in seen.text
    payment = alice.get(address(Payment, "change", rows[Payment]))
    assert "Invoice INV-2026-0001" in payment and ids.encode("INV", rows[Invoice]) not in payment
    assert "is undone there" in seen and address(Transaction, "reverse", posted) not in seen.text


def test_a_document_offers_its_pdf_to_look_at(alice, rows):
    seen = alice.get(address(Invoice, "change", rows[Invoice]))
    pdf = address(Invoice, "pdf", rows[Invoice])
    assert f'<iframe src="{pdf}" loading="lazy"' in seen.text
    assert alice.client.get(pdf)["X-Frame-Options"] == "SAMEORIGIN"


def test_a_draft_whose_account_and_tax_are_gone_is_shown_and_says_so(cast, alice):
    api = cast.alices.api
    account = api.post("/accounts", {"code": "4999", "name": "Fairs", "type": "revenue"})["id"]
    tax = api.post("/taxes", {"name": "City tax", "rate": "5"})["id"]
    contact = api.post("/contacts", {"name": "Carla"})["id"]
    line = {"description": "Coffee", "unit_price": "10.00", "account_id": account, "tax_ids": [tax]}
    number = api.post("/invoices", {"contact_id": contact, "items": [line]})["id"]
    assert api.delete(f"/accounts/{account}").status == api.delete(f"/taxes/{tax}").status == 204
    row = ids.decode("INV", number)
    assert "Coffee" in alice.get(address(Invoice, "change", row)).text
    assert "There is no such tax." in alice.follow(alice.post(address(Invoice, "issue", row))).text
    assert alice.client.get(address(Invoice, "pdf", row)).status_code == 200
    api.post(f"/invoices/{number}/cancel", {})
    assert tax in alice.get(address(Invoice, "change", row)).text


def test_a_credit_is_allocated_and_taken_out_again(cast, alice, rows):
    where = address(CreditNote, "allocate", rows[CreditNote])
    assert where in alice.get(address(CreditNote, "change", rows[CreditNote])).text
    page = alice.get(where)
    assert "INV-2026-0001 of 2026-01-15: 40.00 USD open" in page and "BIL-" not in page
    assert "Not after" in alice.post(where, documents=[rows[Invoice]], date="2099-01-01")
    done = alice.follow(alice.post(where, documents=[rows[Invoice]], date="2026-01-16"))
    assert "It is allocated." in done and "invoice 40.00" in done
    assert still_open(cast, rows) == [0, -10]
    out = address(CreditNote, "unallocate", rows[CreditNote])
    assert out in done.text and alice.get(out).status == 302
    alice.post(out)
    assert still_open(cast, rows) == [40, -50]
    bob = Person(cast.bob, cast.alices)
    assert bob.post(out).status == 403 and where not in bob.get(address(CreditNote, "change", rows[CreditNote])).text


def still_open(cast, rows) -> list:
    with cast.alices.acting():
        found = OpenItem.objects.of(cast.alices.organization)
        return [found.get(object_id=rows[model]).open_amount for model in (Invoice, CreditNote)]


def test_a_payment_is_allocated_on_a_day(cast, alice, rows):
    where = address(Payment, "allocate", rows[Payment])
    assert "Not before 2026-01-15" in alice.post(where, documents=[rows[Invoice]], date="2026-01-14")
    alice.post(where, documents=[rows[Invoice]], date="2026-01-16")
    with cast.alices.acting():
        days = Settlement.objects.of(cast.alices.organization).order_by("pk").values_list("date", flat=True)
        assert [f"{day}" for day in days] == ["2026-01-15", "2026-01-16"]
