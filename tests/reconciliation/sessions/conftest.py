import pytest


@pytest.fixture
def books(db):
    """A bakery whose cash stood at 1,000.00 when 2023 ended."""
    from tests.cast import open_books
    from tests.reconciliation.sessions.books import move

    books = open_books("Alice's Bakery", email="alice@example.com")
    move(books, "1000.00", "2023-12-20")
    return books
