"""The books that the documentation's examples are about."""

import pytest


@pytest.fixture
def books(db):
    """A small business with the standard chart, and the further accounts that the examples name."""
    from tests.cast import open_books

    books = open_books("Crane & Co", email="crane@example.com")
    further = [
        {"code": "1002", "name": "Savings", "type": "asset"},
        {"code": "5105", "name": "Currency Loss", "type": "expense"},
        {"code": "5602", "name": "Postage", "type": "expense"},
    ]
    assert books.api.post("/accounts/batch", {"accounts": further}).status == 200
    return books.refresh()


@pytest.fixture
def bare_books(db):
    """A new organization without a chart."""
    from tests.cast import open_books

    return open_books("Crane & Co", email="crane@example.com", chart=None)
