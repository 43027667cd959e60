"""The firm's page: hundreds of clients in one load, those where something waits first, and no way into linked books."""

import pytest

from tests.backoffice.desks import Person
from tests.cast import Books, open_books, open_child

#: Beside the two of the savepoint that a test has instead of a transaction.
MOST_QUERIES = 12 + 2


@pytest.fixture
def firm(db) -> Books:
    return open_books("Firm LLP")


def test_clients_with_something_waiting_come_first(firm):
    quiet, busy = open_child(firm, "A quiet one", relationship="linked"), open_child(firm, "Busy", relationship="owned")
    draft = {"entries": [busy.entry("1001", "debit", "1.00"), busy.entry("4001", "credit", "1.00")]}
    assert busy.api.post("/transactions", draft).status == 201
    page = Person(firm.owner, firm).get("/admin/firm/")
    assert page.status == 200 and page.text.index("Busy") < page.text.index("A quiet one")
    assert "1 drafts" in page.text
    assert f'value="{busy.organization.pk}"' in page.text and f'value="{quiet.organization.pk}"' not in page.text
    assert "Busy" not in Person(firm.owner, firm).get("/admin/firm/?q=quiet").text.partition("<tbody>")[2]


def test_five_hundred_clients_take_twelve_queries(firm):
    for number in range(3):
        open_child(firm, f"Client {number}", relationship="linked" if number % 2 else "owned")
    few = Person(firm.owner, firm).get("/admin/firm/")
    assert few.status == 200 and few.queries <= MOST_QUERIES, few.queries
    open_child(firm, "One more", relationship="linked")
    assert Person(firm.owner, firm).get("/admin/firm/").queries == few.queries
