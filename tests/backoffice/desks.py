"""The back office as a person uses it: pages by their names, forms by their fields."""

import datetime
import html
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.accounts.models import Account
from ledger.assertions.asserting import assert_balance
from ledger.assertions.models import BalanceAssertion
from ledger.attachments import storing
from ledger.attachments.attaching import attach_file
from ledger.attachments.contents import examine
from ledger.attachments.models import Attachment
from ledger.balances.totals import NOTHING, totals
from ledger.categories.models import Category
from ledger.categories.naming import create_category
from ledger.currencies.models import ExchangeRate
from ledger.currencies.quoting import record_rate
from ledger.items.models import Item
from ledger.items.offering import create_item
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Transaction
from ledger.journal.posting import create_transaction
from ledger.proof.models import Checkpoint
from ledger.proof.orders import Span, keys_in
from ledger.proof.sealing import append
from ledger.stationery.designing import update_stationery
from ledger.stationery.models import Stationery
from ledger.taxes.enacting import create_tax
from ledger.taxes.models import Tax
from organizations.letters.models import Letter
from organizations.letters.posting import post_letter
from organizations.tenants.models import Organization
from organizations.users.models import User
from reconciliation.rules.learning import learn
from reconciliation.rules.models import BankRule, LearnedToken
from reconciliation.rules.ruling import create_rule
from reconciliation.sessions.models import Reconciliation
from reconciliation.sessions.starting import start_reconciliation
from tests.cast import Books


@dataclass(slots=True)
class Seen:
    """A page as it came back."""

    status: int
    text: str
    goes_to: str
    queries: int

    @property
    def said(self) -> str:
        """The page as a reader sees it: no tags, one space."""
        return " ".join(html.unescape(re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", self.text)).split())

    def __contains__(self, text: str) -> bool:
        return text in self.said


class Person:
    """Somebody who is logged in to the back office, and in an organization as after any login."""

    def __init__(self, user: User, at: Books | Organization | None = None):
        self.client = Client(HTTP_HOST="localhost")
        self.client.force_login(user)
        self.get("/admin/choices/")
        if at is not None:
            organization = at.organization if isinstance(at, Books) else at
            assert self.post("/admin/choose/", organization=organization.pk).status == 302

    def _seen(self, ask) -> Seen:
        with CaptureQueriesContext(connection) as queries:
            answer = ask()
        text = answer.content.decode()
        return Seen(answer.status_code, text, answer.headers.get("Location", ""), len(queries))

    def get(self, address: str) -> Seen:
        return self._seen(lambda: self.client.get(address))

    def post(self, address: str, **fields: Any) -> Seen:
        return self._seen(lambda: self.client.post(address, fields))

    def follow(self, seen: Seen) -> Seen:
        """The page that a form went on to."""
        assert seen.status == 302, seen.said
        return self.get(seen.goes_to)


def address(model: type, page: str = "changelist", *parts: Any) -> str:
    """The address of a page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=parts)


def typed(books: Books, *lines: tuple[str, str, str], **header: Any) -> dict[str, Any]:
    """A draft as typed: ``typed(books, ("1001", "debit", "100.00"), …)``."""
    fields = {"transaction_date": "2026-05-04", "type": "journal", "description": "Typed"}
    fields |= {"reference_number": "", "external_id": ""} | header
    for place, (code, side, amount) in enumerate(lines):
        row = {
            "account": books.accounts[code].pk,
            "description": "",
            "debit": "",
            "credit": "",
            "rate": "",
            "place": "",
        }
        fields |= {f"lines-{place}-{name}": value for name, value in (row | {side: amount}).items()}
    return fields


def recorded(
    books: Books, amount: str = "100.00", *, other: str | None = None, post: bool = True, **more
) -> Transaction:
    """A cash sale through the verb, posted or as a draft."""

    lines = [
        Line(account_id=books.accounts["1001"].pk, entry_type="debit", amount=amount),
        Line(account_id=books.accounts["4001"].pk, entry_type="credit", amount=other or amount),
    ]
    draft = Draft(lines=lines, type="income", **{"description": "Cash sale", **more})
    with books.acting():
        plan = create_transaction(actor=books.actor, organization=books.organization, draft=draft, auto_post=post)
        return Transaction.objects.of(books.organization).get(pk=plan.transaction.pk)


def asserted(books: Books, expected: str = "0.00") -> BalanceAssertion:
    """What cash was at the end of 2025, asserted through the verb."""
    what = {"account_id": books.accounts["1001"].pk, "date": datetime.date(2025, 12, 31), "expected": expected}
    with books.acting():
        return assert_balance(actor=books.actor, organization=books.organization, **what)


def quoted(books: Books) -> ExchangeRate:
    """A rate of the euro, through the verb."""
    what = {"from_currency": "EUR", "to_currency": "USD", "rate": "1.1", "effective_date": datetime.date(2026, 1, 15)}
    with books.acting():
        return record_rate(actor=books.actor, organization=books.organization, **what)


def reconciling(books: Books, closing: str = "0.00", *, month: int = 1, **more) -> Reconciliation:
    """A session of cash for a month of 2026, through the verb."""
    first = datetime.date(2026, month, 1)
    what = {"account_id": books.accounts["1001"].pk, "start_date": first, "closing_balance": closing, **more}
    last = datetime.date(2026, month + 1, 1) - datetime.timedelta(days=1)
    with books.acting():
        return start_reconciliation(actor=books.actor, organization=books.organization, end_date=last, **what)


def sealed(books: Books) -> Checkpoint:
    """A checkpoint over what the books have so far, although the test's own transaction is still open."""
    with books.acting():
        keys = [key for key, _ in keys_in(books.organization.pk, Span(), limit=50)]
        return append(books.actor, books.organization.pk, None, keys)


def stored(books: Books, number: int) -> Transaction | None:
    """A transaction as it is in the database."""
    with books.acting():
        return Transaction.objects.of(books.organization).filter(pk=number).first()


def balance(books: Books, code: str):
    """An account's balance, debit positive."""
    number = books.accounts[code].pk
    with books.acting():
        return totals(books.organization.pk, account_ids=[number]).get(number, NOTHING).balance


def number_in(address_: str) -> int:
    """The key in the address of an object's page."""
    return int(re.search(r"/([0-9]+)/", address_)[1])


def account(books: Books, code: str) -> Account:
    """An account as it is in the database."""
    with books.acting():
        return Account.objects.of(books.organization).get(code=code)


def attached(books: Books, transaction: Transaction, content: bytes = b"%PDF-1.7 receipt") -> Attachment:
    """A receipt on a transaction, through the verb, with its file."""
    path = storing.new_path(books.organization.pk)
    storing.keep(path, content)
    with books.acting():
        return attach_file(
            actor=books.actor,
            organization=books.organization,
            transaction_id=transaction.pk,
            content=examine("receipt.pdf", content),
            path=path,
        )


def ruled(books: Books, name: str = "Fees") -> BankRule:
    """A bank rule through the verb."""
    with books.acting():
        return create_rule(
            actor=books.actor,
            organization=books.organization,
            name=name,
            conditions=[{"field": "text", "operator": "contains", "value": "fee"}],
            actions={"account_id": books.account("5201")},
        )


def learned(books: Books, text: str = "fee") -> LearnedToken:
    """A word that led from cash to rent."""
    cash, rent = books.accounts["1001"].pk, books.accounts["5201"].pk
    with books.acting():
        learn(organization_id=books.organization.pk, account_id=cash, text=text, counter_account_ids=[rent])
        return LearnedToken.objects.of(books.organization).get(token=text)


def categorized(books: Books, name: str = "Travel", type: str = "expense") -> Category:
    """A category through the verb."""
    with books.acting():
        return create_category(actor=books.actor, organization=books.organization, name=name, type=type)


def taxed(books: Books, name: str = "Sales tax", **more: Any) -> Tax:
    """A tax through the verb."""
    with books.acting():
        return create_tax(actor=books.actor, organization=books.organization, **{"name": name, "rate": "8.25", **more})


def offered(books: Books, name: str = "Bread", **more: Any) -> Item:
    """An item with a tax, through the verb."""
    tax = taxed(books).pk
    with books.acting():
        what = {"name": name, "sale_price": "4.50", "sales_tax_ids": [tax], **more}
        return create_item(actor=books.actor, organization=books.organization, **what)


def written(books: Books, **more: Any) -> Letter:
    """A letter through the verb."""
    what = {"to": ["ann@example.com"], "subject": "Invoice INV-1", "body": "Dear Ann", **more}
    with books.acting():
        return post_letter(actor=books.actor, organization=books.organization, **what)


def designed(books: Books, **changes: Any) -> Stationery:
    """Stationery through the verb."""
    with books.acting():
        return update_stationery(
            actor=books.actor, organization=books.organization, changes={"legal_name": "Bakery LLC", **changes}
        )
