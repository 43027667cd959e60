"""An id of another organization in the address of a page is as good as one that nobody has."""

import html
import json
import re

import pytest

from ledger.accounts.models import Account
from ledger.assertions.models import BalanceAssertion
from ledger.contacts.models import Contact
from ledger.invoicing.models import Bill, Invoice
from ledger.journal.models import Entry, Transaction
from ledger.payments.models import Payment
from ledger.recurring.models import Recurring
from organizations.backoffice.site import site
from organizations.jobs.models import Job
from reconciliation.statements.models import Statement, StatementLine
from reports.budgets.models import Budget
from tests.backoffice.bank import suggested
from tests.backoffice.desks import Person, Seen, address, recorded
from tests.backoffice.trading import traded
from tests.cast import Cast

pytestmark = pytest.mark.django_db

#: Parameters that are public ids; the others are keys.
PUBLIC = ("repeat",)
NOWHERE = 77_777_777_777_777_777


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


@pytest.fixture
def theirs(cast: Cast) -> dict[type, int]:
    """Rows of Charlie's, by model."""
    books = cast.charlies
    posted = recorded(books, "321.09", description="Charlie's secret")
    line, _ = suggested(books, "12.34", description="Charlie's deposit")
    with books.acting():
        Account.objects.of(books.organization).filter(code="1001").update(name="Charlie's till")
        job = Job.objects.create(organization=books.organization, kind="import_statement")
    found = {Transaction: posted.pk, StatementLine: line.pk, Statement: line.statement_id, Job: job.pk}
    return found | {Account: books.accounts["1001"].pk, **traded(books, "Charlie's customer")}


#: Every parameter of a page that names a row, and the model that it names.
NAMING = [
    (address(Entry), "account", Account),
    (address(Transaction), "account", Account),
    (address(Account, "add"), "parent", Account),
    (address(BalanceAssertion, "add"), "account", Account),
    (address(Invoice, "add"), "contact", Contact),
    (address(Bill, "add"), "contact", Contact),
    (address(Payment, "add"), "document", Invoice),
    (address(Payment, "add"), "contact", Contact),
    (address(Recurring, "add"), "repeat", Transaction),
    (address(StatementLine), "account", Account),
    (address(StatementLine), "statement", Statement),
    ("/admin/workbench/", "account", Account),
    ("/admin/import_statement/", "account", Account),
    ("/admin/import_statement/", "job", Job),
    ("/admin/budget_vs_actual/", "budget", Budget),
]


def test_a_foreign_id_in_an_address_is_no_id_at_all(alice, theirs):
    for page, name, model in NAMING:
        written = "{}" if name not in PUBLIC else f"{model._meta.pk.prefix}_{{:016x}}"
        foreign, nowhere = (written.format(number) for number in (theirs[model], NOWHERE))
        seen, other = (alice.get(f"{page}?{name}={number}") for number in (foreign, nowhere))
        assert (seen.status, shown(seen, foreign)) == (other.status, shown(other, nowhere)), (page, name)
        assert seen.status in (200, 404) and "Charlie" not in seen.text, (page, name)


def shown(seen: Seen, number: str) -> str:
    return seen.said.replace(number, "…")


def downloads(alice: Person) -> set[str]:
    """Every file that a page offers, once, as CSV where it can be had so."""
    lists = [address(model) for model in (Account, Entry, Transaction)]
    pages = [*lists, *(f"/admin/{page.name}/" for page in site.pages if not page.superusers)]
    texts = [alice.get(page).text for page in pages]
    links = {html.unescape(link) for text in texts for link in re.findall(r'href="(/organizations/[^"]+)"', text)}
    return {link for link in links if "format=csv" in link or "format=" not in link}


def test_files_that_pages_offer_are_ones_own_only(alice, cast, theirs):
    links = downloads(alice)
    assert len(links) >= 13
    mine, other = (books.organization.public_id for books in (cast.alices, cast.charlies))
    for link in sorted(links):
        assert f"/{mine}/" in link and "Charlie" not in link
        answer = alice.client.get(link)
        content = answer.getvalue()
        assert answer.status_code == 200 and b"Charlie" not in content, link
        assert alice.client.get(link.replace(mine, other)).status_code == 404, link


def test_every_picker_offers_ones_own_only(alice, theirs):
    """Of every desk that another one refers to, whether or not a form of today has a picker for it."""
    references = {}
    for model in site._registry:
        for each in model._meta.concrete_fields:
            if each.remote_field is not None and each.remote_field.model in site._registry:
                references[each.remote_field.model] = (model._meta, each.name)
    shows = set()
    for model, (meta, name) in references.items():
        where = f"app_label={meta.app_label}&model_name={meta.model_name}&field_name={name}"
        seen = alice.get(f"/admin/autocomplete/?{where}&term=harlie")
        assert seen.status in (200, 403, 404), where
        if seen.status == 200:
            shows.add(model)
            assert json.loads(seen.text)["results"] == [], where
    assert {Account, Contact} <= shows
