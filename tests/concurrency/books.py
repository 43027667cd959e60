"""Books to write in from many sides at once, and the look that tells whether they are still true."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from ledger.balances.totals import totals
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import Plan, create_transaction
from organizations import scoping
from organizations.actors import system
from organizations.currencies.models import Currency
from organizations.directory.creating import sign_up
from organizations.tenants.models import Organization

ACTOR = system("concurrency")
FIRST_DAY = datetime.date(2024, 1, 1)
CHART = (("1001", "asset"), ("1002", "asset"), ("2001", "liability"), ("3001", "equity"), ("4001", "revenue"),
         ("4002", "revenue"), ("5001", "expense"), ("5002", "expense"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Books:
    """An organization in US dollars with a small chart; ``accounts`` are ids by code."""

    organization: Organization
    secret: str
    accounts: dict[str, int]

    @property
    def id(self) -> int:
        return self.organization.pk

    def draft(self, debit: str, credit: str, amount: str, day: datetime.date, **fields) -> Draft:
        """Two lines of the same amount."""
        lines = [Line(self.accounts[debit], "debit", amount), Line(self.accounts[credit], "credit", amount)]
        return Draft(lines=lines, date=day, **fields)

    def post(self, *what, **fields) -> Plan:
        """Post ``draft(…)`` in a database transaction of its own."""
        with scoping.acting_in(self.id):
            organization = Organization.objects.get(pk=self.id)
            draft = self.draft(*what, **fields)
            return create_transaction(actor=ACTOR, organization=organization, draft=draft, auto_post=True)


def open_books(name: str = "Alice's shop") -> Books:
    """A new organization with its chart and a live key."""
    email = f"{name.lower().replace(' ', '-').replace(chr(39), '')}@example.com"
    signed = sign_up(actor=ACTOR, email=email, name=name, base_currency=Currency(pk="USD"), mode="live")
    with scoping.acting_in(signed.organization.pk):
        opened = open_accounts(
            actor=ACTOR,
            organization=signed.organization,
            accounts=[NewAccount(code=code, name=f"{kind} {code}", type=kind, currency="USD") for code, kind in CHART],
        )
    return Books(signed.organization, signed.secret, {account.code: account.pk for account in opened})


def wrong_totals(organization_id: int) -> dict:
    """Where totals by day or month differ from the entries, added up here and not in SQL.

    Gives ``{(account, grain, start): (what the entries say, what the totals say)}``.
    """
    nothing = (Decimal(0), Decimal(0), Decimal(0), Decimal(0), 0)
    expected: dict[tuple, tuple] = defaultdict(lambda: nothing)
    found: dict[tuple, tuple] = defaultdict(lambda: nothing)

    def add(sums: dict, key: tuple, *parts) -> None:
        sums[key] = tuple(a + b for a, b in zip(sums[key], parts, strict=True))

    with scoping.acting_in(organization_id), connection.cursor() as cursor:
        columns = ("account_id", "transaction_date", "amount", "base_amount")
        for account, day, amount, base in Entry.objects.of(organization_id).values_list(*columns):
            sides = (max(amount, 0), max(-amount, 0), max(base, 0), max(-base, 0), 1)
            add(expected, (account, "D", day), *sides)
            add(expected, (account, "M", day.replace(day=1)), *sides)
        cursor.execute(
            "select account_id, grain, starts, debit, credit, base_debit, base_credit, entries"
            " from ledger_accounttotal where organization_id = %s",
            [organization_id],
        )
        for account, grain, starts, *sides in cursor.fetchall():
            add(found, (account, grain, starts), *sides)
    keys = expected.keys() | found.keys()
    return {key: (expected[key], found[key]) for key in keys if expected[key] != found[key]}


def assert_true_books(organization_id: int) -> None:
    """Totals equal entries, every transaction balances and has its entries and its event, the trial balance is zero."""
    assert wrong_totals(organization_id) == {}
    with scoping.acting_in(organization_id), connection.cursor() as cursor:
        cursor.execute("select * from ledger_drift")
        assert cursor.fetchall() == []
        cursor.execute(
            """
            select t.id, t.entry_count, count(e.id), sum(e.base_amount) from ledger_transaction t
              left join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
             where t.status = 'posted' group by t.organization_id, t.id
            having count(e.id) <> t.entry_count or sum(e.base_amount) <> 0
            """
        )
        assert cursor.fetchall() == []
        cursor.execute("select entity_id from organizations_event where event_type = 'transaction.posted'")
        told = sorted(entity for (entity,) in cursor.fetchall())
        posted = Transaction.objects.of(organization_id).filter(status="posted")
        assert told == sorted(each.public_id for each in posted)
        sums = totals(organization_id).values()
        assert sum(each.base_balance for each in sums) == 0
        assert sum(each.entries for each in sums) == Entry.objects.of(organization_id).count()


def chart_rows(organization_id: int) -> list[tuple]:
    """The row versions of an organization's chart: any write at all, even an equal one, makes new ones."""
    with scoping.acting_in(organization_id), connection.cursor() as cursor:
        cursor.execute("select id, ctid::text, xmin::text, lft, rght, tree_id from ledger_account order by id")
        return cursor.fetchall()


def accounts_of(organization_id: int) -> list[Account]:
    """The chart, in the order of the tree."""
    with scoping.acting_in(organization_id):
        return list(Account.objects.of(organization_id).order_by("tree_id", "lft"))
