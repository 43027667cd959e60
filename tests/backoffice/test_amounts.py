"""Lists are searched by an amount as it is typed, or copied from a page."""

import datetime
import html
import re
from decimal import Decimal

import pytest

from ledger.invoicing.models import Bill, Invoice
from ledger.journal.models import Entry, Transaction
from ledger.payments.models import Payment
from ledger.transfers.models import Transfer
from organizations.wire.figures import figure_in
from reconciliation.statements.models import StatementLine
from tests.backoffice.desks import Person, address, recorded
from tests.backoffice.trading import traded
from tests.reconciliation import banks

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast) -> Person:
    return Person(cast.alice, cast.alices)


def test_documents_payments_and_transfers_are_found_by_their_amount(cast, alice):
    rows = traded(cast.alices)
    traded(cast.charlies, name="Stranger")
    for model, amount in ((Invoice, "50.00"), (Bill, "50"), (Payment, "20"), (Transfer, "3.0")):
        found = alice.get(f"{address(model)}?q={amount}")
        assert address(model, "change", rows[model]) in found.text and "Stranger" not in found
        assert address(model, "change", rows[model]) not in alice.get(f"{address(model)}?q=51.00").text
        assert found.queries <= alice.get(f"{address(model)}?q=carla").queries
    assert address(Invoice, "change", rows[Invoice]) in alice.get(f"{address(Invoice)}?q=carla").text


def test_the_journal_and_its_file_are_found_by_an_amount(cast, alice):
    wanted = recorded(cast.alices, "1270.00", description="The one")
    recorded(cast.alices, "127.00", description="Another")
    for typed in ("1270", "1,270.00"):
        for model in (Transaction, Entry):
            seen = alice.get(f"{address(model)}?q={typed}")
            assert "The one" in seen and "Another" not in seen
            assert address(Transaction, "change", wanted.pk) in seen.text or model is Entry
        assert [one["description"] for one in cast.alices.api.get(f"/transactions?search={typed}").data] == ["The one"]
        assert len(cast.alices.api.get(f"/entries?search={typed}").data) == 2
    assert len(cast.alices.api.get("/entries?search=-1,270.00").data) == 1
    assert "The one" not in alice.get(f"{address(Transaction)}?q=12,70")


def test_lines_of_the_bank_are_found_by_an_amount_of_either_sign(cast, alice):
    banks.line(cast.alices, "-96.00", description="Paid", date=datetime.date(2026, 2, 3))
    banks.line(cast.alices, "96.00", description="Received")
    banks.line(cast.alices, "960.00", description="Large")
    for typed, found in (("96", ["Paid", "Received"]), ("-96.00", ["Paid"]), ("+96.0", ["Received"])):
        seen = alice.get(f"{address(StatementLine)}?q={typed.replace('+', '%2B')}")
        assert [word for word in ("Paid", "Received", "Large") if word in seen] == found


def test_lists_are_narrowed_from_one_amount_to_another(cast, alice):
    rows = traded(cast.alices)
    banks.line(cast.alices, "-96.00", description="Paid")
    wanted = recorded(cast.alices, "1270.00", description="The one")
    shown = ((Invoice, "total", "50.00", rows[Invoice]), (Payment, "amount", "20", rows[Payment]))
    for model, name, figure, number in (*shown, (Transaction, "amount", "1,270.00", wanted.pk)):
        link = address(model, "change", number)
        assert link in alice.get(f"{address(model)}?{name}_from={figure}&{name}_to={figure}").text, model
        assert link in alice.get(f"{address(model)}?{name}_from=nothing").text
        assert link not in alice.get(f"{address(model)}?{name}_from=1,270.01").text
        assert link not in alice.get(f"{address(model)}?{name}_to=19.99").text
    lines = address(StatementLine)
    assert "Paid" in alice.get(f"{lines}?amount_from=96") and "Paid" not in alice.get(f"{lines}?amount_to=95.99")
    assert "Export CSV" in alice.get(lines) and "Export CSV" not in alice.get(f"{lines}?amount_from=96")
    seen = alice.get(f"{address(Transaction)}?amount_from=1,000&amount_to=1,270.00").text
    file = html.unescape(re.search(r'href="(/organizations/[^"]*format=csv[^"]*)"', seen)[1])
    content = alice.client.get(file).getvalue().decode()
    assert "The one" in content and len(content.splitlines()) == 2


@pytest.mark.parametrize("text", ["", "x", "1,5", "1.2.3", "1e5", "٣", "NaN", "1" * 20, "1.123456789", "--1", "1,2345"])
def test_what_is_no_figure(text):
    assert figure_in(text) is None


def test_what_is_a_figure():
    assert figure_in(" -1,250.50 ") == ("-", Decimal("1250.50"))
