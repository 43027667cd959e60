"""Many writers of charts: every tree stays true, and no one touches another organization's rows."""

from functools import partial

import pytest
from django.db import OperationalError

from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_account
from ledger.accounts.placing import wrong_places
from organizations import scoping
from organizations.errors import Busy
from organizations.tenants.models import Organization
from organizations.wire.database_rules import refusal_of
from tests.concurrency.books import ACTOR, CHART, Books, accounts_of, chart_rows, open_books
from tests.concurrency.together import failures, together

pytestmark = pytest.mark.slow


def open_below(books: Books, code: str) -> int:
    """Open an account; who waited too long for the others is told to come again, and does."""
    for _ in range(5):
        try:
            return open_once(books, code)
        except OperationalError as problem:
            if not isinstance(refusal_of(problem), Busy):
                raise
    raise Busy()


def open_once(books: Books, code: str) -> int:
    with scoping.acting_in(books.id):
        organization = Organization.objects.get(pk=books.id)
        new = NewAccount(
            code=code, name=f"Customer {code}", type="asset", currency="USD", parent_id=books.accounts["1001"]
        )
        return open_account(actor=ACTOR, organization=organization, new=new).pk


def assert_true_tree(books: Books, children: int) -> None:
    """What our own check says, and what django-mptt's readers expect of the numbers."""
    with scoping.acting_in(books.id):
        assert wrong_places(books.id) == {}
        parent = Account.objects.get(pk=books.accounts["1001"])
        assert parent.get_descendant_count() == children
        assert parent.get_children().count() == children
    for tree in {account.tree_id for account in accounts_of(books.id)}:
        rows = [account for account in accounts_of(books.id) if account.tree_id == tree]
        numbers = sorted(number for account in rows for number in (account.lft, account.rght))
        assert numbers == list(range(1, 2 * len(rows) + 1)), "every number of a tree is used exactly once"
        assert all(account.lft < account.rght for account in rows)


def test_two_hundred_accounts_under_one_parent(committed_db):
    books, bystander = open_books(), open_books("Charlie's shop")
    before = chart_rows(bystander.id)
    outcomes = together([partial(open_below, books, f"11{place:03}") for place in range(200)], threads=40)

    assert failures(outcomes) == []
    assert len(set(outcomes)) == 200
    assert_true_tree(books, children=200)
    assert chart_rows(bystander.id) == before
    assert len(before) == len(CHART)


def test_two_hundred_accounts_across_twenty_organizations(committed_db):
    """The jobs take turns among the organizations, so that each moment sees writers of many of them."""
    shops = [open_books(f"Shop {place}") for place in range(20)]
    bystander = open_books("Charlie's shop")
    before = chart_rows(bystander.id)
    roots = {shop.id: next(row for row in chart_rows(shop.id) if row[0] == shop.accounts["4001"]) for shop in shops}
    jobs = [partial(open_below, shop, f"11{place:03}") for place in range(10) for shop in shops]
    outcomes = together(jobs, threads=40)

    assert failures(outcomes) == []
    trees = set()
    for shop in shops:
        assert_true_tree(shop, children=10)
        own = {account.tree_id for account in accounts_of(shop.id)}
        assert not trees & own, "no tree belongs to two organizations"
        trees |= own
        # A tree of the same organization that nobody wrote to has kept its row versions, too.
        assert next(row for row in chart_rows(shop.id) if row[0] == shop.accounts["4001"]) == roots[shop.id]
    assert chart_rows(bystander.id) == before


def test_one_code_is_opened_once(committed_db):
    books = open_books()
    outcomes = together([partial(open_below, books, "1199")] * 20, threads=20)
    assert len(failures(outcomes)) == 19
    assert_true_tree(books, children=1)
