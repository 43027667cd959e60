"""Documents as a bookkeeper writes them in the back office."""

import datetime

import pytest

from ledger.contacts.models import Contact
from ledger.invoicing.models import Bill, Document
from tests.backoffice.desks import Person, address, number_in
from tests.cast import Books

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 1, 15)


@pytest.fixture
def alice(cast) -> Person:
    return Person(cast.alice, cast.alices)


def contact(books: Books, name: str = "Carla") -> int:
    """A contact's key."""
    with books.acting():
        return Contact.objects.create(organization=books.organization, name=name).pk


def written(books: Books, who: int, number: str = "D-1", price: str = "77.00", **more) -> dict:
    """A bill as typed."""
    line = {"description": "Flour", "quantity": "1", "price": price, "account": books.accounts["5601"].pk}
    fields = {f"lines-0-{name}": value for name, value in line.items()}
    return {"contact": who, "date": "2026-01-15", "number": number, "order_number": "", "notes": ""} | fields | more


def bills(books: Books) -> list[tuple[str, str]]:
    """Number and state of each bill."""
    with books.acting():
        rows = Document.objects.of(books.organization).filter(kind="bill").order_by("pk")
        return list(rows.values_list("number", "status"))


def test_the_same_bill_twice_is_asked_about_before_it_is_posted(cast, alice):
    who = contact(cast.alices)
    typed = written(cast.alices, who)
    first = alice.post(address(Bill, "add"), **typed, _issue="1")
    assert "already" not in alice.follow(first)
    asked = alice.post(address(Bill, "add"), **typed, _issue="1")
    assert asked.status == 200 and "There is a bill with this number and amount already: D-1 of Carla" in asked
    assert f'href="{first.goes_to}"' in asked.text and 'name="anyway"' in asked.text
    assert bills(cast.alices) == [("D-1", "issued")]
    other = alice.follow(alice.post(address(Bill, "add"), **written(cast.alices, who, price="78.00"), _issue="1"))
    assert "already" not in other
    again = alice.post(address(Bill, "add"), **typed, _issue="1", anyway="1")
    assert f'href="{first.goes_to}"' in alice.follow(again).text
    assert len(bills(cast.alices)) == 3


def test_a_draft_of_a_bill_that_is_there_says_so_and_asks_where_it_is_received(cast, alice):
    who = contact(cast.alices)
    typed = written(cast.alices, who)
    first = alice.post(address(Bill, "add"), **typed, _issue="1")
    saved = alice.post(address(Bill, "add"), **typed, _save="1")
    assert alice.follow(saved).text.count("with this number and amount already") == 2  # as a message, and to be ticked
    draft = number_in(saved.goes_to)
    seen = alice.get(saved.goes_to)
    assert f'href="{first.goes_to}"' in seen.text and 'name="anyway"' in seen.text
    assert alice.post(saved.goes_to, **typed, _issue="1").status == 200
    back = alice.post(address(Bill, "issue", draft))
    assert "with this number and amount already" in alice.follow(back)
    assert bills(cast.alices) == [("D-1", "issued"), ("D-1", "draft")]
    alice.follow(alice.post(saved.goes_to, **typed, _issue="1", anyway="1"))
    assert bills(cast.alices) == [("D-1", "issued"), ("D-1", "issued")]
