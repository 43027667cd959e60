"""The books that the documentation's examples are about."""

import pytest

from organizations import ids

#: The contact that the examples name.
CONTACT = "CON_1234567890abcdef"


@pytest.fixture
def books(db):
    """A small business with the standard chart, and the further accounts and the contact that the examples name."""
    from ledger.contacts.models import Contact
    from tests.cast import open_books

    books = open_books("Crane & Co", email="crane@example.com")
    further = [
        {"code": "1002", "name": "Savings", "type": "asset"},
        {"code": "5105", "name": "Currency Loss", "type": "expense"},
        {"code": "5602", "name": "Postage", "type": "expense"},
    ]
    assert books.api.post("/accounts/batch", {"accounts": further}).status == 200
    with books.acting():
        Contact.objects.create(pk=ids.decode("CON", CONTACT), organization=books.organization, name="Customer")
    return books.refresh()


@pytest.fixture
def bare_books(db):
    """A new organization without a chart."""
    from tests.cast import open_books

    return open_books("Crane & Co", email="crane@example.com", chart=None)
