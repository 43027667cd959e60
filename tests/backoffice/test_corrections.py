"""Reversing a part and adjusting in the back office: the verbs decide, the page says what is left."""

import datetime
from decimal import Decimal

import pytest

from ledger.accounts.opening import NewAccount, open_account
from ledger.journal.models import Transaction
from tests.backoffice.desks import Person, address, balance, categorized, number_in, recorded, stored, typed
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


def part(person: Person, number: int, *amounts: str, **more):
    """Type amounts to take back, side by side, and press the button."""
    fields = {"reason": "One loaf", "reversal_date": "2100-06-01", "auto_post": "on"} | more
    fields |= {f"amount_{place}": amount for place, amount in enumerate(amounts)}
    return person.post(address(Transaction, "reverse_part", number), **fields)


def test_a_part_is_reversed_until_nothing_is_left(cast, alice):
    books, sale = cast.alices, recorded(cast.alices)
    page = alice.get(address(Transaction, "reverse_part", sale.pk))
    assert page.said.count("100.00 USD 100.00 USD") == 2
    done = part(alice, sale.pk, "40.00", "40.00")
    reversal = stored(books, number_in(done.goes_to))
    assert (reversal.reversal_scope, reversal.reversal_reason) == ("partial", "One loaf")
    assert balance(books, "1001") == 60
    assert alice.get(address(Transaction, "reverse_part", sale.pk)).said.count("100.00 USD 60.00 USD") == 2
    too_much = part(alice, sale.pk, "60.01", "60.01")
    assert (too_much.status, too_much.said.count("Only 60.00 is left.")) == (200, 2)
    assert stored(books, number_in(part(alice, sale.pk, "60", "60.00").goes_to)).reversal_scope == "full"
    assert balance(books, "1001") == 0
    assert "already reversed" in part(alice, sale.pk, "1.00", "1.00")


def test_a_date_before_the_original_is_refused_at_its_field(cast, alice):
    sale = recorded(cast.alices)
    early = str(sale.transaction_date - datetime.timedelta(days=1))
    for page in (
        part(alice, sale.pk, "1.00", "1.00", reversal_date=early),
        alice.post(address(Transaction, "reverse", sale.pk), reason="No", reversal_date=early, auto_post="on"),
    ):
        assert (page.status, f"The original transaction is of {sale.transaction_date}." in page) == (200, True)
    assert balance(cast.alices, "1001") == 100


def test_a_part_may_be_copied_with_its_thousands_apart(cast, alice):
    sale = recorded(cast.alices, "1500.00")
    part(alice, sale.pk, "1,250.50", "1,250.50")
    assert balance(cast.alices, "1001") == Decimal("249.50")


def test_what_cannot_be_reversed_is_said_where_it_was_typed(cast, alice):
    sale = recorded(cast.alices)
    assert "at least one debit and one credit" in part(alice, sale.pk, "", " ")
    assert "do not balance" in part(alice, sale.pk, "10.00", "9.00")
    page = part(alice, sale.pk, "ten", "10.00")
    assert (page.status, 'value="ten"' in page.text) == (200, True)
    assert "This field is required" in part(alice, sale.pk, "1.00", "1.00", reason="")
    assert balance(cast.alices, "1001") == 100


def test_a_part_kept_as_a_draft_takes_nothing_yet(cast, alice):
    sale = recorded(cast.alices)
    number = number_in(part(alice, sale.pk, "40.00", "40.00", auto_post="").goes_to)
    assert stored(cast.alices, number).status == "pending"
    assert balance(cast.alices, "1001") == 100


def test_sides_of_one_account_and_of_foreign_ones(cast, alice):
    books = cast.alices
    with books.acting():
        euro = NewAccount(code="1002", name="Euro cash", type="asset", currency="EUR")
        open_account(actor=books.actor, organization=books.organization, new=euro)
    books.refresh()
    entries = [
        books.entry("1002", "debit", "100.00", currency_rate="1.10"),
        books.entry("1001", "credit", "60.00"),
        books.entry("1001", "credit", "50.00"),
    ]
    answer = books.api.post("/transactions", {"entries": entries, "auto_post": True, "description": "Exchange"})
    number = int(answer["id"][4:], 16)
    page = alice.get(address(Transaction, "reverse_part", number))
    assert "100.00 EUR 100.00 EUR" in page
    assert "110.00 USD 110.00 USD" in page
    done = part(alice, number, "50.00", "55.00")
    assert stored(books, number_in(done.goes_to)).total_debits == Decimal("55.00")


def test_drafts_and_strangers_have_no_parts(cast, alice):
    draft, theirs = recorded(cast.alices, post=False), recorded(cast.charlies)
    assert alice.get(address(Transaction, "reverse_part", draft.pk)).status == 302
    for page in ("reverse_part", "adjust"):
        assert alice.get(address(Transaction, page, theirs.pk)).status == 404
        assert Person(cast.bob).get(address(Transaction, page, draft.pk)).status == 403
    assert alice.get(address(Transaction, "adjust", draft.pk)).status == 302


def test_an_adjustment_is_typed_like_a_draft_and_names_what_it_corrects(cast, alice):
    books, sale = cast.alices, recorded(cast.alices)
    where = address(Transaction, "adjust", sale.pk)
    page = alice.get(where)
    assert "Both stay in the books" in page
    assert "Adjustment: Cash sale" in page.text
    lines = (("1001", "debit", "5.00"), ("4001", "credit", "5.00"))
    done = alice.post(where, **typed(books, *lines, description="Forgotten loaf"), _post="1")
    adjustment = stored(books, number_in(done.goes_to))
    assert (adjustment.status, adjustment.original_id, adjustment.reversal_scope) == ("posted", sale.pk, None)
    assert balance(books, "1001") == 105
    said = alice.follow(done)
    assert f"Adjusts {sale}" in said and f'href="{address(Transaction, "change", sale.pk)}' in said.text
    kept = alice.post(where, **typed(books, *lines), _save="1")
    assert stored(books, number_in(kept.goes_to)).status == "pending"
    wrong = alice.post(where, **typed(books, ("1001", "debit", "five"), ("4001", "credit", "5.00")), _post="1")
    assert wrong.status == 200


def test_a_draft_takes_a_category_and_the_list_finds_it(cast, alice):
    books, travel = cast.alices, categorized(cast.alices)
    lines = (("5001", "debit", "5.00"), ("1001", "credit", "5.00"))
    fields = typed(books, *lines, description="Train")
    number = number_in(
        alice.post(address(Transaction, "add"), **fields, category_id=travel.public_id, _post="1").goes_to
    )
    other = recorded(books)
    assert stored(books, number).category_id == travel.pk
    assert "Category Travel" in alice.get(address(Transaction, "change", number))
    page = alice.get(f"{address(Transaction)}?category_id={travel.pk}")
    assert address(Transaction, "change", number) in page.text
    assert address(Transaction, "change", other.pk) not in page.text
    assert f"category_id={travel.public_id}" in page.text  # the file is of the same rows
    assert alice.get(f"{address(Transaction)}?category_id=nonsense").status == 200
    page = alice.post(address(Transaction, "add"), **fields, category_id="CAT_0190a1b2c3d4e5f6", _save="1")
    assert (page.status, "valid choice" in page) == (200, True)
