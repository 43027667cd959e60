"""A chart template opens only what is not there yet, so that asking again does nothing."""

from tests.cast import open_books


def test_a_template_that_is_there_already_opens_nothing(db):
    books = open_books("Dora's Dairy")
    again = books.api.post("/accounts/from-template", {"template": "small_business"})
    assert (again.status, again.data) == (201, [])
    assert books.api.get("/accounts?include=total_count&limit=1")["total_count"] == len(books.accounts)
