"""Pages ask the database as often for 700 accounts and 1,400 entries as for a handful."""

import datetime

import pytest

from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from ledger.attachments.models import Attachment
from ledger.categories.models import Category
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import create_transactions
from organizations.events.models import Event
from organizations.keys.models import ApiKey
from organizations.members.joining import add_member
from organizations.members.models import Membership
from organizations.tenants.models import Organization
from reconciliation.matching.models import Match
from reconciliation.statements.models import Statement, StatementLine
from tests.backoffice.bank import suggested
from tests.backoffice.desks import Person, address, recorded
from tests.cast import Books, Cast, open_child
from tests.reconciliation import banks

pytestmark = pytest.mark.django_db

MOST_QUERIES = 19
MANY_ACCOUNTS, MANY_SALES, MANY_LINES = 700, 700, 250


def watched(books: Books, posted: int, draft: int) -> list[str]:
    """The pages whose cost might grow."""
    cash = books.accounts["1001"].pk
    lists = [
        address(model)
        for model in (Account, Category, Attachment, Transaction, Entry, Event, ApiKey, Membership, Organization)
    ]
    lists += [address(model) for model in (Statement, StatementLine, Match)]
    objects = [address(Transaction, page, number) for number in (posted, draft) for page in ("change", "history")]
    return [
        "/admin/",
        *lists,
        *objects,
        address(Account, "change", cash),
        f"{address(Account)}?q=cash",
        f"{address(Account)}?p=2",
        f"{address(Entry)}?account={cash}",
        f"{address(Entry)}?account={cash}&p=2",
        f"{address(Transaction)}?account={cash}&status=posted&q=sale",
        f"{address(Transaction)}?status=reversed",
        f"{address(Transaction)}?p=2",
        f"{address(Entry)}?p=2",
        f"{address(Entry)}?q=sale&transaction_date_from=2026-02-01",
        f"{address(StatementLine)}?account={cash}&status=unmatched&q=movement",
        f"{address(StatementLine)}?p=2",
        "/admin/import_statement/",
        "/admin/workbench/",
        f"/admin/workbench/?account={cash}",
        f"/admin/workbench/?account={cash}&part=lines",
        f"/admin/workbench/?account={cash}&part=figures",
        "/admin/trial_balance/",
        "/admin/autocomplete/?app_label=ledger&model_name=entry&field_name=account&term=a",
        "/admin/search/?s=cash",
    ]


def fill(cast: Cast) -> None:
    """Many of everything."""
    books = cast.alices
    accounts = [
        NewAccount(code=f"5{n:05}", name=f"Cost {n}", type="expense", currency="USD", parent_code="5001")
        for n in range(MANY_ACCOUNTS)
    ]
    day = datetime.date(2026, 1, 1)
    with books.acting():
        open_accounts(actor=books.actor, organization=books.organization, accounts=accounts)
        costs = list(Account.objects.of(books.organization).filter(code__startswith="50").values_list("pk", flat=True))
        drafts = [
            Draft(
                lines=[
                    Line(account_id=costs[place % len(costs)], entry_type="debit", amount="1.00"),
                    Line(account_id=books.accounts["1001"].pk, entry_type="credit", amount="1.00"),
                ],
                date=day + datetime.timedelta(days=place % 300),
                description=f"Sale or not {place}",
            )
            for place in range(MANY_SALES)
        ]
        create_transactions(actor=books.actor, organization=books.organization, drafts=drafts, auto_post=True)
        for place in range(30):
            add_member(
                actor=books.actor, organization_id=books.organization.pk, email=f"m{place}@x.example", role="viewer"
            )
    for place in range(MANY_LINES):
        banks.line(books, f"-{place + 1}.00", date=day + datetime.timedelta(days=place % 300))
    for place in range(25):
        books.key_for(["read"])
        open_child(books, f"Branch {place}", chart=None)


def test_pages_cost_the_same_however_long_the_books(cast):
    alice = Person(cast.alice)
    suggested(cast.alices)
    posted, draft = recorded(cast.alices).pk, recorded(cast.alices, post=False).pk
    pages = watched(cast.alices, posted, draft)
    before = {where: alice.get(where).queries for where in pages}
    fill(cast)
    for where in pages:
        page = alice.get(where)
        assert page.status == 200, where
        assert page.queries <= min(before[where] + 3, MOST_QUERIES), (where, before[where], page.queries)
