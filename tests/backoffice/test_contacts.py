"""Contacts in the back office: found, made, changed, merged, imported, deleted."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ledger.contacts.models import Contact
from ledger.journal.models import Transaction
from tests.backoffice.desks import Person, address
from tests.ledger.trading import open_trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(cast):
    return cast.alices


@pytest.fixture
def alice(cast, books) -> Person:
    return Person(cast.alice, books)


def kept(books, name: str) -> Contact:
    with books.acting():
        return Contact.objects.of(books.organization).get(name=name)


def test_contacts_are_made_changed_and_deleted(cast, books, alice):
    fields = {"name": "Carla", "contact_type": "vendor", "country": "DE", "email": "carla@example.com", "enabled": "on"}
    wrong = alice.post(
        address(Contact, "add"), **fields, language="klingon", expense_account_id=books.accounts["2001"].pk
    )
    assert "A locale such as de" in wrong
    wrong = alice.post(address(Contact, "add"), **fields, expense_account_id=books.accounts["2001"].pk)
    assert "no control account" in wrong
    rent = books.accounts["5201"].pk
    made = alice.post(address(Contact, "add"), **fields, tax_number="DE1", expense_account_id=rent, currency_id="EUR")
    shown = alice.follow(made)
    assert "The contact was made." in shown and "DE1 is no valid tax number in DE." in shown and "We owe" in shown
    listed = alice.get(f"{address(Contact)}?contact_type=vendor&enabled=enabled&q=carla@")
    assert "Carla" in listed and "enabled" in listed
    contact = kept(books, "Carla")
    where = address(Contact, "change", contact.pk)
    assert "Saved." in alice.follow(alice.post(where, **fields | {"city": "Berlin", "enabled": ""}))
    assert "contact.updated" in alice.get(address(Contact, "history", contact.pk))
    assert "disabled" in alice.get(where)
    bob = Person(cast.bob, books)
    assert "carla@example.com" in bob.get(where)
    for page in ("merge", "delete_contact"):
        assert bob.post(address(Contact, page, contact.pk)).status == 403
    assert "Carla was deleted." in alice.follow(alice.post(address(Contact, "delete_contact", contact.pk)))
    assert alice.get(where).status == 404


def test_one_that_was_kept_twice_is_merged(cast, books, alice):
    for name in ("Ann", "Anne"):
        books.api.post("/contacts", {"name": name})
    ann, anne = kept(books, "Ann"), kept(books, "Anne")
    sale = books.api.post("/transactions", books.sale(contact_id=anne.public_id, description="Of Anne")).body
    merge = address(Contact, "merge", anne.pk)
    assert "Nothing that was posted is rewritten" in alice.get(merge)
    assert "This field is required" in alice.post(merge, survivor=ann.pk, reason="Twice")
    assert "Select a valid choice" in alice.post(merge, survivor=anne.pk, reason="Twice", confirm="on")
    shown = alice.follow(alice.post(merge, survivor=ann.pk, reason="Twice", confirm="on"))
    assert "Anne was merged." in shown and anne.public_id in shown
    assert "contact.merged" in alice.get(address(Contact, "history", anne.pk))
    assert "Anne" in alice.get(f"{address(Contact)}?enabled=merged")
    assert ann.public_id in alice.get(address(Contact, "change", anne.pk))
    assert "Of Anne" in alice.get(f"{address(Transaction)}?contact_id={ann.pk}")
    assert "The contact is in use" in alice.follow(alice.post(address(Contact, "delete_contact", ann.pk)))
    assert sale["contact_id"] == anne.public_id


def test_what_is_open_is_shown(db):
    trade = open_trade()
    trade.invoice("1,100.00".replace(",", ""))
    person = Person(trade.books.owner, trade.books)
    shown = person.get(address(Contact, "change", kept(trade.books, "Carla").pk))
    assert "Owes us 1,100.00 USD" in shown and "Receivable 1,100.00 1,100.00" in shown


def test_a_file_is_checked_then_imported(books, alice, monkeypatch):
    page = reverse("admin:import_contacts")

    def upload(data: bytes, button: str):
        return alice.post(page, file=SimpleUploadedFile("contacts.csv", data), **{button: "1"})

    data = b"Name;Land\nAnn;DE\nBen;XX\n"
    assert "1 would be made, 0 there already, 1 with problems." in upload(data, "_check")
    assert "1 made" in upload(data, "_import")
    assert kept(books, "Ann").country == "DE"
    assert "No column is a name" in upload(b"a;b\n1;2\n", "_import")
    monkeypatch.setattr("ledger.contacts.import_pages.MOST_AT_ONCE", 2)
    assert "in the background" in upload(data, "_import")
