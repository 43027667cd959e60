"""What someone else deleted while we waited is not found; it is deleted once, and the trail says so once."""

from functools import partial
from itertools import pairwise

import pytest

from ledger.accounts.changing import delete_account, update_account
from ledger.accounts.models import Account
from ledger.journal.drafting import delete_draft
from ledger.journal.posting import create_transaction, post_transaction
from organizations import scoping
from organizations.errors import NotFound
from organizations.events.models import Event
from organizations.tenants.models import Organization
from tests.concurrency.books import ACTOR, FIRST_DAY, Books, open_books
from tests.concurrency.together import together

pytestmark = pytest.mark.slow


def on_draft(verb, books: Books, number: int) -> None:
    with scoping.acting_in(books.id):
        verb(actor=ACTOR, organization=Organization.objects.get(pk=books.id), transaction_id=number)


def on_account(verb, books: Books, account: Account, **wish) -> None:
    with scoping.acting_in(books.id):
        verb(actor=ACTOR, account=account, **wish)


def events(books: Books, event_type: str) -> int:
    with scoping.acting_in(books.id):
        return Event.objects.of(books.id).filter(event_type=event_type).count()


def assert_done_once(outcomes: list) -> None:
    assert [type(each) for each in outcomes if each is not None] == [NotFound] * (len(outcomes) - 1)


def test_a_draft_is_deleted_once_and_then_not_found(committed_db):
    books = open_books()
    with scoping.acting_in(books.id):
        organization = Organization.objects.get(pk=books.id)
        draft = books.draft("1001", "4001", "10.00", FIRST_DAY)
        number = create_transaction(actor=ACTOR, organization=organization, draft=draft).transaction.pk
    assert_done_once(together([partial(on_draft, delete_draft, books, number)] * 6, threads=6))
    with pytest.raises(NotFound):
        on_draft(post_transaction, books, number)
    assert events(books, "transaction.deleted") == 1


def test_an_account_is_deleted_once_and_then_not_found(committed_db):
    books = open_books()
    with scoping.acting_in(books.id):
        account = Account.objects.of(books.id).get(code="5002")
    assert_done_once(together([partial(on_account, delete_account, books, account)] * 6, threads=6))
    with pytest.raises(NotFound):
        on_account(update_account, books, account, changes={"name": "Gone"})
    assert events(books, "account.deleted") == 1


def test_the_trail_of_an_account_joins_up_however_many_change_it(committed_db):
    books = open_books()
    with scoping.acting_in(books.id):
        account = Account.objects.of(books.id).get(code="5002")
    together(
        [partial(on_account, update_account, books, account, changes={"name": f"N{n}"}) for n in range(6)], threads=6
    )
    with scoping.acting_in(books.id):
        trail = list(Event.objects.of(books.id).filter(event_type="account.updated").order_by("seq"))
    assert len(trail) == 6
    for one, next_one in pairwise(trail):
        assert one.after_state["name"] == next_one.before_state["name"]
