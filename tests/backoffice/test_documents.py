"""Documents as a bookkeeper writes them in the back office."""

import json
import re

import pytest

from ledger.accounts.models import Account
from ledger.contacts.models import Contact
from ledger.invoicing.models import Bill, CreditNote, Document, Invoice, VendorCredit
from ledger.payments.models import Payment
from tests.backoffice.desks import Person, address, number_in
from tests.backoffice.trading import traded
from tests.cast import Books

pytestmark = pytest.mark.django_db


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


def test_a_document_shows_the_account_of_each_line(cast, alice):
    rows = traded(cast.alices)
    for model, code in ((Invoice, "4001"), (Bill, "5601")):
        seen = alice.get(address(model, "change", rows[model]))
        account = cast.alices.accounts[code]
        assert f"Bread {account} 1 50.00" in seen
        assert f'href="{address(Account, "change", account.pk)}"' in seen.text


def test_payments_are_called_by_amount_direction_and_contact(cast, alice):
    rows = traded(cast.alices)
    seen = alice.get(address(Payment, "change", rows[Payment]))
    assert "Payment of 2026-01-15 20.00 USD from Carla" in seen
    assert "History of 2026-01-15 20.00 USD from Carla" in alice.get(address(Payment, "history", rows[Payment]))
    before = alice.get(address(Payment)).queries
    traded(cast.alices, name="Dora")
    assert alice.get(address(Payment)).queries == before


def test_a_payment_is_offered_the_documents_of_its_direction(cast, alice):
    rows = traded(cast.alices)
    where = address(Payment, "add")
    seen = alice.get(f"{where}?contact={rows[Contact]}").text
    groups = dict(re.findall(r'(?s)<optgroup label="([^"]*)">(.*?)</optgroup>', seen))
    assert set(groups) == {"money in", "money out"} and "ledger/payment.js" in seen
    for model, title in (
        (Invoice, "money in"),
        (VendorCredit, "money in"),
        (Bill, "money out"),
        (CreditNote, "money out"),
    ):
        assert [name for name, group in groups.items() if f'value="{rows[model]}"' in group] == [title]
    typed = {"contact": rows[Contact], "direction": "out", "amount": "5.00", "payment_date": "2026-01-20"}
    refused = alice.post(where, **typed, documents=[rows[Invoice]])
    assert refused.status == 200 and "These are paid in the other direction." in refused
    assert "money out" in alice.follow(alice.post(where, **typed, documents=[rows[Bill]])).said.lower()
    allocated = alice.get(address(Payment, "allocate", rows[Payment])).text
    assert f'value="{rows[Invoice]}"' in allocated and f'value="{rows[Bill]}"' not in allocated


def test_the_editor_says_in_words_which_line_cannot_be_counted(cast, alice):
    who = contact(cast.alices)
    fields = written(cast.alices, who, price="ten")
    (problem,) = json.loads(alice.post(address(Bill, "figures"), **fields).text)["problems"]
    assert problem.startswith("Line 1, price: ") and "items[" not in problem
    fields = written(cast.alices, who) | {"due_date": "2025-01-01"}
    (problem,) = json.loads(alice.post(address(Bill, "figures"), **fields).text)["problems"]
    assert problem == "Due: Not before the date of the document."
    assert json.loads(alice.post(address(Bill, "figures"), **written(cast.alices, who)).text)["total"] == "$77.00"
    line = written(cast.alices, who) | {"lines-0-account": cast.charlies.accounts["5601"].pk}
    (problem,) = json.loads(alice.post(address(Bill, "figures"), **line).text)["problems"]
    assert problem.startswith("Line 1, account: ")
