import pytest


@pytest.fixture
def books(cast):
    """A bakery whose cash stood at 1,000.00 when 2023 ended."""
    from tests.reconciliation.sessions.books import move

    books = cast.alices
    move(books, "1000.00", "2023-12-20")
    return books
