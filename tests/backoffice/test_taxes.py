"""Taxes and items in the back office: made, changed, deleted by forms and buttons."""

import pytest

from ledger.items.models import Item
from ledger.taxes.models import Tax
from tests.backoffice.desks import Person, address, offered, taxed

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(cast):
    return cast.alices


@pytest.fixture
def alice(cast, books) -> Person:
    return Person(cast.alice, books)


def test_taxes_are_made_changed_and_deleted(cast, books, alice):
    fields = {"name": "VAT", "rate": "20", "tax_type": "vat", "treatment": "standard", "is_recoverable": "on"}
    assert "A percentage from 0 to 1000" in alice.post(address(Tax, "add"), **fields | {"rate": "20 %"})
    made = alice.post(address(Tax, "add"), **fields, is_active="on", is_inclusive="on", effective_to="2026-12-31")
    assert "The tax was made." in alice.follow(made)
    listed = alice.get(f"{address(Tax)}?tax_type=vat&treatment=standard&is_active=active&q=va")
    assert all(words in listed for words in ("20 %", "VAT", "contained in prices", "2026-12-31", "active"))
    with books.acting():
        number = Tax.objects.of(books.organization).get(name="VAT").pk
    where = address(Tax, "change", number)
    control = books.accounts["2001"].pk
    assert "A control account" in alice.post(where, name="VAT", account_id=control)
    account = books.accounts["2101"].pk
    assert "Saved." in alice.follow(alice.post(where, name="VAT 20 %", account_id=account))
    shown = alice.get(where)
    assert all(words in shown for words in ("VAT 20 %", "inactive", "always", "2101"))
    assert "tax.updated" in alice.get(address(Tax, "history", number))
    offered(books, sales_tax_ids=[])
    assert "VAT 20 % was deleted." in alice.follow(alice.post(address(Tax, "delete_tax", number)))
    assert alice.get(where).status == 404
    item = offered(books)
    with books.acting():
        used = Item.objects.of(books.organization).get(pk=item.pk).taxes.get().tax_id
    assert "The tax is in use" in alice.follow(alice.post(address(Tax, "delete_tax", used)))
    bob = Person(cast.bob, books)
    assert bob.post(address(Tax, "delete_tax", used)).status == 403
    assert "by default" in bob.get(address(Tax, "change", used))


def test_items_are_made_changed_and_deleted(cast, books, alice):
    gst, old = taxed(books, "GST", rate=5).pk, taxed(books, "QST", rate="9.5", is_compound=True).pk
    sales = books.accounts["4001"].pk
    fields = {"name": "Bread", "code": "B-1", "currency_id": "USD", "is_active": "on", "revenue_account_id": sales}
    made = alice.post(address(Item, "add"), **fields, sale_price="1,004.5", sales_tax_ids=[old, gst])
    assert "The item was made." in alice.follow(made)
    assert "Another item has this code" in alice.post(address(Item, "add"), **fields)
    listed = alice.get(f"{address(Item)}?is_active=active&tax={gst}&q=b-1")
    assert all(words in listed for words in ("Bread", "1,004.50 USD", "GST, QST"))
    assert "Bread" not in alice.get(f"{address(Item)}?is_active=inactive").text.partition("<main")[2]
    with books.acting():
        number = Item.objects.of(books.organization).get(code="B-1").pk
    where = address(Item, "change", number)
    assert "1004.50" in alice.get(where).text
    fields |= {"name": "Rye", "sale_price": "0.0375", "purchase_price": ""}
    again = alice.post(where, **fields, purchase_tax_ids=[gst])
    assert "Saved." in alice.follow(again)
    with books.acting():
        item = Item.objects.of(books.organization).get(pk=number)
        brought = [(row.tax_id, row.is_sale) for row in item.taxes.all()]
    assert (item.name, str(item.sale_price), item.purchase_price) == ("Rye", "0.03750000", None)
    assert brought == [(gst, False)]
    assert "item.updated" in alice.get(address(Item, "history", number))
    bob = Person(cast.bob, books)
    assert bob.post(address(Item, "delete_item", number)).status == 403
    assert "0.0375 USD" in bob.get(where)
    assert "Rye was deleted." in alice.follow(alice.post(address(Item, "delete_item", number)))
    assert alice.get(where).status == 404
