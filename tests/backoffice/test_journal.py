"""Drafts are typed, posted, reversed, copied and deleted in the back office; the verbs decide."""

import datetime
from decimal import Decimal

import pytest

from ledger.accounts.opening import NewAccount, open_account
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import create_transaction
from organizations.directory.updating import update_organization
from organizations.events.models import Event
from tests.backoffice.desks import Person, address, balance, number_in, recorded, stored, typed
from tests.cast import Cast, number_of

pytestmark = pytest.mark.django_db

BALANCED = (("1001", "debit", "40.00"), ("4001", "credit", "40.00"))
UNBALANCED = (("1001", "debit", "40.00"), ("4001", "credit", "39.99"))


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


def add(person: Person, fields: dict, **buttons):
    """Type a new transaction and press a button."""
    return person.post(address(Transaction, "add"), **fields, **buttons)


def test_a_draft_may_be_saved_unbalanced_and_cannot_be_posted(cast, alice):
    page = add(alice, typed(cast.alices, *UNBALANCED), _save="1")
    number = number_in(page.goes_to)
    assert stored(cast.alices, number).status == "pending"
    assert "This draft cannot be posted yet" in alice.follow(page)

    page = alice.follow(alice.post(address(Transaction, "post", number)))
    assert "Transaction debits and credits do not balance. The difference is 0.01." in page
    assert stored(cast.alices, number).status == "pending"
    assert balance(cast.alices, "1001") == 0


def test_save_and_post_keeps_the_draft_when_posting_is_refused(cast, alice):
    page = add(alice, typed(cast.alices, *UNBALANCED), _post="1")
    assert "Saved as a draft, but not posted." in alice.follow(page)
    assert stored(cast.alices, number_in(page.goes_to)).status == "pending"


def test_a_draft_is_changed_and_posted(cast, alice):
    number = number_in(add(alice, typed(cast.alices, *UNBALANCED), _save="1").goes_to)
    fields = typed(cast.alices, *BALANCED, description="Put right", reference_number="R-1", external_id="x-1")
    page = alice.follow(alice.post(address(Transaction, "change", number), **fields, version=1, _post="1"))
    assert "Posted." in page
    done = stored(cast.alices, number)
    assert (done.status, done.description, done.reference_number, done.external_id) == (
        "posted",
        "Put right",
        "R-1",
        "x-1",
    )
    assert done.transaction_date == datetime.date(2026, 5, 4)
    assert balance(cast.alices, "1001") == Decimal(40)
    with cast.alices.acting():
        event = Event.objects.of(cast.alices.organization).filter(event_type="transaction.posted").latest("seq")
    assert (event.entity_id, event.user_id) == (done.public_id, cast.alice.pk)


def test_a_posted_transaction_cannot_be_typed_over(cast, alice):
    posted = recorded(cast.alices)
    page = alice.get(address(Transaction, "change", posted.pk))
    assert '<input name="lines-' not in page.text
    answer = alice.post(address(Transaction, "change", posted.pk), **typed(cast.alices, *BALANCED), version=1)
    assert answer.status == 200  # the page again, to read
    assert stored(cast.alices, posted.pk).description == "Cash sale"
    assert balance(cast.alices, "1001") == Decimal(100)


def test_what_somebody_else_changed_is_not_overwritten(cast, alice):
    draft = recorded(cast.alices, post=False)
    where = address(Transaction, "change", draft.pk)
    alice.post(where, **typed(cast.alices, *BALANCED, description="First"), version=1)
    page = alice.post(where, **typed(cast.alices, *BALANCED, description="Second"), version=1)
    assert "Somebody changed this draft since you opened it" in page
    assert stored(cast.alices, draft.pk).description == "First"


def test_saving_without_a_change_records_nothing(cast, alice):
    number = number_in(add(alice, typed(cast.alices, *BALANCED), _save="1").goes_to)
    alice.post(address(Transaction, "change", number), **typed(cast.alices, *BALANCED), version=1)
    assert stored(cast.alices, number).version == 1


def test_each_problem_stands_at_its_line(cast, alice):
    page = add(alice, typed(cast.alices, ("1001", "debit", "1,00.00"), ("4001", "credit", "1.001")), _save="1")
    assert page.status == 200
    assert "must be a plain decimal number" in page
    assert "The currency has 2 decimals; the amount has more." in page
    assert page.text.count("co-line co-wrong") == 2
    assert 'value="1,00.00"' in page.text  # what was typed is still there
    assert "At least two entries" in add(alice, typed(cast.alices, BALANCED[0]), _save="1")
    with cast.alices.acting():
        assert not Transaction.objects.of(cast.alices.organization).exists()


def test_an_amount_may_be_copied_from_a_page_with_its_thousands_apart(cast, alice):
    lines = (("1001", "debit", "1,234,567.50"), ("4001", "credit", "1234567.5"))
    add(alice, typed(cast.alices, *lines), _post="1")
    assert balance(cast.alices, "1001") == Decimal("1234567.50")
    for unclear in ("1,5", "12,34.00", "1.234,50", ",500"):
        lines = (("1001", "debit", unclear), ("4001", "credit", "1.00"))
        assert "plain decimal number" in add(alice, typed(cast.alices, *lines), _save="1")


def test_blank_lines_do_not_count_and_both_sides_on_a_line_are_refused(cast, alice):
    fields = typed(cast.alices, *BALANCED) | {"lines-7-account": "", "lines-7-debit": "", "lines-7-credit": ""}
    number = number_in(add(alice, fields, _post="1").goes_to)
    assert stored(cast.alices, number).entry_count == 2
    fields = typed(cast.alices, *BALANCED) | {"lines-0-credit": "40.00"}
    assert "Either a debit or a credit." in add(alice, fields, _save="1")


def test_what_the_page_does_not_show_of_a_line_is_kept(cast, alice):
    entry = {"reference": "L-1", "metadata": {"job": "7"}}
    books = cast.alices
    body = books.sale(auto_post=False)
    body["entries"][0] |= entry
    answer = books.api.post("/transactions", body)
    number = number_of("TXN", answer["id"])
    fields = typed(books, ("1001", "debit", "90.00"), ("4001", "credit", "90.00"), type="income")
    alice.post(
        address(Transaction, "change", number), **fields | {"lines-0-place": "0", "lines-1-place": "1"}, version=1
    )
    kept = books.api.get(f"/transactions/{answer['id']}")["entries"][0]
    assert (kept["amount"], kept["reference"], kept["metadata"]) == (90, "L-1", {"job": "7"})


def test_a_foreign_line_takes_its_rate(cast, alice):
    books = cast.alices
    with books.acting():
        new = NewAccount(code="1002", name="Euro cash", type="asset", currency="EUR")
        open_account(actor=books.actor, organization=books.organization, new=new)
    books.refresh()
    fields = typed(books, ("1002", "debit", "100.00"), ("4001", "credit", "110.00"))
    page = alice.follow(add(alice, fields, _post="1"))
    assert "Line 1: A rate from EUR is needed." in page
    number = number_in(add(alice, fields | {"lines-0-rate": "1.1"}, _post="1").goes_to)
    assert stored(books, number).status == "posted"
    page = alice.get(address(Transaction, "change", number))
    assert "100.00 EUR" in page
    assert "1.1" in page


def test_reversing_asks_why_and_when(cast, alice):
    posted = recorded(cast.alices)
    where = address(Transaction, "reverse", posted.pk)
    assert "This field is required" in alice.post(where, reversal_date="2100-06-01", auto_post="on")
    page = alice.post(where, reason="Wrong customer", reversal_date="2100-06-01", auto_post="on")
    reversal = stored(cast.alices, number_in(page.goes_to))
    assert (reversal.status, reversal.original_id) == ("posted", posted.pk)
    assert (reversal.reversal_reason, reversal.transaction_date) == ("Wrong customer", datetime.date(2100, 6, 1))
    assert balance(cast.alices, "1001") == 0
    original = alice.get(address(Transaction, "change", posted.pk))
    assert "reversed" in original
    assert address(Transaction, "change", reversal.pk) in original.text
    assert "Wrong customer" in original
    assert "already reversed" in alice.post(where, reason="Again", reversal_date="2100-06-02")


def test_a_reversal_kept_as_a_draft_shows_its_lines_and_keeps_them(cast, alice):
    posted = recorded(cast.alices)
    page = alice.post(address(Transaction, "reverse", posted.pk), reason="Later", reversal_date="2100-06-01")
    number = number_in(page.goes_to)
    assert "follow from the transaction that this one reverses" in alice.follow(page)
    fields = typed(cast.alices, ("1001", "debit", "1.00"), ("4001", "credit", "1.00"), description="Undo")
    fields |= {"transaction_date": "2100-06-02"}
    alice.follow(alice.post(address(Transaction, "change", number), **fields, version=1, _post="1"))
    assert stored(cast.alices, number).description == "Undo"
    assert balance(cast.alices, "1001") == 0


def test_duplicating_makes_a_draft_of_today(cast, alice):
    posted = recorded(cast.alices, "12.34", external_id="once")
    page = alice.post(address(Transaction, "duplicate", posted.pk))
    copy = stored(cast.alices, number_in(page.goes_to))
    assert (copy.status, copy.amount, copy.external_id) == ("pending", Decimal("12.34"), None)
    assert copy.description == posted.description
    alice.post(address(Transaction, "post", copy.pk))
    assert balance(cast.alices, "1001") == Decimal("24.68")
    again = alice.post(address(Transaction, "duplicate", number_in(page.goes_to)))
    assert stored(cast.alices, number_in(again.goes_to)).status == "pending"


def test_a_draft_is_deleted_and_a_posted_one_is_not(cast, alice):
    draft, posted = recorded(cast.alices, post=False), recorded(cast.alices)
    assert alice.get(address(Transaction, "delete_draft", draft.pk)).status == 302  # looking deletes nothing
    assert stored(cast.alices, draft.pk) is not None
    assert "The draft was deleted." in alice.follow(alice.post(address(Transaction, "delete_draft", draft.pk)))
    assert stored(cast.alices, draft.pk) is None
    page = alice.follow(alice.post(address(Transaction, "delete_draft", posted.pk)))
    assert "cannot be changed" in page
    assert stored(cast.alices, posted.pk) is not None


def test_posting_several_says_what_came_of_each(cast, alice):
    good = [recorded(cast.alices, post=False) for _ in range(2)]
    bad = recorded(cast.alices, "5.00", other="4.00", post=False, description="Out of balance")
    ticked = [each.pk for each in (*good, bad)]
    page = alice.follow(alice.post(address(Transaction), action="post_selected", _selected_action=ticked))
    assert "2 transactions were posted." in page
    assert "Out of balance: Transaction debits and credits do not balance." in page
    assert [stored(cast.alices, number).status for number in ticked] == ["posted", "posted", "pending"]


def test_closed_books_refuse_with_the_reason(cast, alice):
    books = cast.alices
    with books.acting():
        update_organization(
            actor=books.actor,
            organization=books.organization,
            changes={"books_closed_through": datetime.date(2026, 5, 31)},
        )
    page = alice.follow(add(alice, typed(books, *BALANCED), _post="1"))
    assert "The books are closed through 2026-05-31." in page


def test_the_list_searches_and_filters(cast, alice):
    books = cast.alices
    wanted = recorded(books, description="Wedding cake", reference_number="INV-77", date=datetime.date(2026, 3, 1))
    other = recorded(books, description="Bread", date=datetime.date(2026, 4, 1))
    draft = recorded(books, description="Waiting", post=False, date=datetime.date(2026, 5, 1))
    alice.post(address(Transaction, "reverse", other.pk), reason="No", reversal_date="2026-04-02", auto_post="on")
    where = address(Transaction)
    cases = {
        "q=wedding": {wanted.pk},
        "q=inv-77": {wanted.pk},
        "status=pending": {draft.pk},
        "status=reversed": {other.pk},
        "transaction_date_from=2026-03-01&transaction_date_to=2026-03-31": {wanted.pk},
        f"account={books.accounts['5001'].pk}": set(),
        f"account={books.accounts['1001'].pk}&status=pending": {draft.pk},
        "type=expense": set(),
    }
    for query, expected in cases.items():
        page = alice.get(f"{where}?{query}")
        shown = {each.pk for each in (wanted, other, draft) if address(Transaction, "change", each.pk) in page.text}
        assert (page.status, shown) == (200, expected), query


def test_a_register_runs_the_balance_down(cast, alice):
    books = cast.alices
    for day, amount in ((3, "30.00"), (1, "10.00"), (2, "20.00")):
        recorded(books, amount, date=datetime.date(2026, 1, day))
    page = alice.get(f"{address(Entry)}?account={books.accounts['1001'].pk}")
    figures = [part for part in page.said.split() if part in ("60.00", "30.00", "10.00", "20.00")]
    assert figures == ["60.00", "30.00", "60.00", "20.00", "30.00", "10.00", "10.00"]
    narrow = alice.get(f"{address(Entry)}?account={books.accounts['1001'].pk}&transaction_date_to=2026-01-02")
    assert "20.00 30.00" in narrow  # the balance counts what the filter hides
    assert alice.get(f"{address(Entry)}?account=nonsense").status == 404


def test_a_transaction_says_what_it_does_to_another(cast, alice):
    books = cast.alices
    sale = recorded(books)
    lines = [books.entry("1001", "credit", "40.00"), books.entry("4001", "debit", "40.00")]
    part = books.api.post(f"/transactions/{sale.public_id}/reverse-partial", {"reason": "One loaf", "entries": lines})
    correction = books.sale("5.00") | {"description": "Forgotten loaf"}
    more = books.api.post(f"/transactions/{sale.public_id}/adjust", correction)
    assert (part.status, more.status) == (201, 201)
    for answer, word in ((part, "Reverses in part"), (more, "Adjusts")):
        page = alice.get(address(Transaction, "change", number_of("TXN", answer["id"])))
        assert f"{word} {sale.transaction_date} Cash sale" in page
        assert address(Transaction, "change", sale.pk) in page.text
    original = alice.get(address(Transaction, "change", sale.pk))
    assert f"Reversed in part by {part['transaction_date']} {part['description']}" in original
    assert address(Transaction, "change", number_of("TXN", part["id"])) in original.text
    assert "Reverse" in original.said  # what is left may still be reversed


def test_a_long_transaction_shows_its_entries_in_pages(cast, alice):
    books = cast.alices
    lines = [Line(account_id=books.accounts["1001"].pk, entry_type="debit", amount=f"{n}.00") for n in range(1, 701)]
    total = sum(range(1, 701))
    lines.append(Line(account_id=books.accounts["4001"].pk, entry_type="credit", amount=f"{total}.00"))
    with books.acting():
        draft = Draft(lines=lines, description="Long")
        plan = create_transaction(actor=books.actor, organization=books.organization, draft=draft)
    number = plan.transaction.pk
    assert "lines-0" not in alice.get(address(Transaction, "change", number)).text  # too long to be typed over
    alice.follow(alice.post(address(Transaction, "post", number)))
    first, second = (alice.get(address(Transaction, "change", number) + f"?p={page}") for page in (1, 2))
    assert "701 entries, page 1 of 1 2" in first
    assert "500.00" in first
    assert "501.00" not in first
    assert "501.00" in second
    assert first.queries < 20


def test_events_name_the_api_key_that_did_it(cast, alice):
    books = cast.alices
    made = books.key_for(["read", "write"]).post("/transactions", books.sale())
    for where in (address(Event), address(Transaction, "change", number_of("TXN", made["id"]))):
        seen = alice.get(where)
        assert "API key Narrow key" in seen and "API key KEY_" not in seen
