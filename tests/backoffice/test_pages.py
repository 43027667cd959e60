"""Every page answers its owner, shows a viewer no button, and asks the database a bounded number of questions."""

import datetime
import re

import psycopg
import pytest
from django.contrib.admin.models import LogEntry
from django.db import OperationalError
from django.test import Client

from ledger.accounts.models import Account
from ledger.assertions.models import BalanceAssertion
from ledger.attachments.models import Attachment
from ledger.categories.models import Category
from ledger.closing.closing import close_year
from ledger.closing.models import YearClosing
from ledger.contacts.models import Contact
from ledger.currencies.models import ExchangeRate
from ledger.health.examining import examine_and_keep
from ledger.health.models import Examination
from ledger.intake.models import Connection
from ledger.invoicing.models import Bill, CreditNote, Invoice, VendorCredit
from ledger.items.models import Item
from ledger.journal import draft_desks
from ledger.journal.models import Entry, Transaction
from ledger.locks.lifting import lift_lock
from ledger.locks.models import LockLift
from ledger.payments.models import Payment
from ledger.proof.models import Checkpoint
from ledger.recurring.models import Recurring
from ledger.revaluations.models import Revaluation
from ledger.stationery.models import Stationery
from ledger.taxes.models import Tax
from ledger.transfers.models import Transfer
from organizations.backoffice.site import site
from organizations.currencies.models import Currency
from organizations.drafts.models import Draft
from organizations.events.models import Event
from organizations.invitations.models import Invitation
from organizations.jobs.models import Job
from organizations.keys.models import ApiKey
from organizations.letters.models import Letter
from organizations.members.models import Membership
from organizations.tenants.models import Organization
from organizations.users.models import User
from organizations.webhooks.models import Webhook
from reconciliation.matching.models import Match
from reconciliation.rules.models import BankRule, LearnedToken
from reconciliation.sessions.models import Reconciliation
from reconciliation.statements.models import Statement, StatementLine
from reports.budgets.models import Budget
from reports.investors.models import Investor
from reports.packages.models import ClosePackage
from reports.saved.models import SavedReport
from tests.backoffice.bank import suggested
from tests.backoffice.desks import (
    Person,
    address,
    asserted,
    attached,
    balance,
    categorized,
    designed,
    learned,
    offered,
    quoted,
    reconciling,
    recorded,
    ruled,
    sealed,
    stored,
    taxed,
    typed,
    written,
)
from tests.backoffice.trading import traded
from tests.cast import Cast

pytestmark = pytest.mark.django_db

MOST_QUERIES = 19
#: Pages of an object that show and change nothing.
READING = ("report", "candidates")


@pytest.fixture
def rows(cast: Cast) -> dict[type, int | str]:
    """One row of each kind in Alice's books."""
    books = cast.alices
    posted = recorded(books)
    with books.acting():
        job = Job.objects.create(organization=books.organization, kind="import_journal", status="running")
        found = {
            model: model.objects.of(books.organization).order_by("pk").first().pk
            for model in (Account, Entry, Event, ApiKey, Membership)
        }
        who = {"actor": books.actor, "organization": books.organization}
        found[YearClosing] = close_year(**who, year=2020).pk
        end = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
        lift = {"area": "sales", "reason": "A late invoice", "expires_at": end, "api_key_id": found[ApiKey]}
        found[LockLift] = lift_lock(**who, **lift).pk
    kept = examine_and_keep(actor=books.actor, organization_id=books.organization.pk, occasion="doctor")
    line, match = suggested(books)
    return {
        **found,
        Examination: kept.pk,
        Attachment: attached(books, posted).pk,
        Category: categorized(books).pk,
        ExchangeRate: quoted(books).pk,
        BankRule: ruled(books).pk,
        LearnedToken: learned(books).pk,
        Statement: line.statement_id,
        StatementLine: line.pk,
        Match: match.pk,
        Job: job.pk,
        Checkpoint: sealed(books).pk,
        Transaction: posted.pk,
        BalanceAssertion: asserted(books).pk,
        Reconciliation: reconciling(books).pk,
        Organization: books.organization.pk,
        Currency: "USD",
        User: cast.alice.pk,
        Letter: written(books).pk,
        Tax: taxed(books).pk,
        Item: offered(books).pk,
        Stationery: designed(books).pk,
        **traded(books),
    }


def pages_of(rows: dict) -> list[str]:
    """The addresses of every page that can be looked at."""
    found = ["/admin/"]
    for model, number in rows.items():
        found += [address(model), address(model, "change", number), address(model, "history", number)]
    found += [address(YearClosing, "year", 2020), address(YearClosing, "year", 2021)]
    tenants = (Account, BalanceAssertion, BankRule, Category, Examination, Transaction, ApiKey, LockLift, Membership)
    tenants += (Tax, Item, Contact, Invoice, CreditNote, Bill, VendorCredit, Payment, Revaluation, Transfer)
    found += [address(Invoice, page, rows[Invoice]) for page in ("send", "credit", "cancel")]
    found += [address(Payment, page, rows[Payment]) for page in ("allocate", "refund", "reverse")]
    found += [address(model, "allocate", rows[model]) for model in (CreditNote, VendorCredit)]
    found += [address(Recurring, page, rows[Recurring]) for page in ("pause", "resume", "cancel")]
    found += [address(Connection, "add"), address(Draft, "add"), address(Draft, "reject", rows[Draft])]
    found += [address(Webhook, "add"), address(Webhook, "rotate", rows[Webhook])]
    found += [address(Recurring, "add"), "/admin/coming/", "/admin/overdue/"]
    reports = ("cash_flow/", "aged_receivables/", "aged_payables/", "tax_summary/?basis=cash")
    found += [f"/admin/{each}" for each in reports]
    found += ["/admin/balance_sheet/?compare=3", "/admin/income_statement/?compare=previous_year&depth=1"]
    found += ["/admin/consolidated/", "/admin/budget_vs_actual/", "/admin/investor_statements/", "/admin/post_capital/"]
    found += ["/admin/firm/", "/admin/firm/?q=x", "/admin/general_ledger/", "/admin/unposted/"]
    found += [
        "/admin/usage/",
        "/admin/usage/?group_by=key&period=2026-01",
        "/admin/usage/?group_by=child",
        "/admin/credits/",
    ]
    found += ["/admin/unreconciled/", "/admin/income_statement/?compare=11&basis=cash", "/admin/cash_flow/?compare=3"]
    found += [address(model, "add") for model in (Budget, Investor, ClosePackage, SavedReport)]
    found += [address(Budget, "import_lines", rows[Budget]), address(Investor, "holding", rows[Investor])]
    found += [address(Organization, "status", rows[Organization]), "/admin/clone/"]
    found += [address(Invitation, "add"), "/admin/second_factor/", "/admin/password_change/"]
    found += ["/admin/notifications/", address(Job, "result", rows[Job])]
    found += [f"{address(Payment, 'add')}?document={rows[Invoice]}", address(Transfer, "reverse", rows[Transfer])]
    session = rows[Reconciliation]
    found += [address(Reconciliation, page, session) for page in ("adjust", "correct", "report", "candidates")]
    for model in (*tenants, Reconciliation, Organization, User):
        found.append(address(model, "add"))
    found.append(address(Account, "explain", rows[Account]))
    found += [address(Transaction, page, rows[Transaction]) for page in ("reverse", "reverse_part", "adjust")]
    found += [address(Attachment, "attach", rows[Transaction]), "/admin/import_journal/", "/admin/trial_balance/"]
    found += ["/admin/import_statement/", "/admin/workbench/", f"/admin/workbench/?account={rows[Account]}"]
    found += ["/admin/opening_balances/", "/admin/exchange_rates/", address(ExchangeRate, "add")]
    found += [address(ApiKey, "rotate", rows[ApiKey])]
    return [*found, f"{address(Entry)}?account={rows[Account]}", f"{address(Transaction)}?account={rows[Account]}"]


def test_every_admin_has_its_row_here(rows):
    assert set(rows) == set(site._registry)


def test_every_page_answers_with_few_queries(cast, rows):
    User.objects.filter(pk=cast.alice.pk).update(is_superuser=True)
    alice = Person(cast.alice, cast.alices)
    for where in pages_of(rows):
        page = alice.get(where)
        if page.status == 302:  # an entry is shown with its transaction
            page = alice.get(page.goes_to)
        assert page.status == 200, where
        assert page.queries <= MOST_QUERIES, (where, page.queries)


#: Parts of the addresses of pages that a viewer does not have.
NOT_FOR_VIEWERS = (
    "/add/",
    "/user/",
    "/apikey/",
    "/reverse",
    "/adjust/",
    "/attachment/on/",
    "/import_",
    "/opening_",
    "/correct/",
    "/send/",
    "/credit/",
    "/cancel/",
    "/allocate/",
    "/refund/",
    "/reject/",
    "/pause/",
    "/resume/",
    "/rotate/",
    "/post_capital/",
    "/holding/",
    "/clone/",
    "/status/",
)


def test_a_viewer_sees_pages_without_any_form_that_writes(cast, rows):
    bob = Person(cast.bob, cast.alices)
    for where in pages_of(rows):
        page = bob.get(where)
        if page.status == 302:
            page = bob.get(page.goes_to)
        if any(part in where for part in NOT_FOR_VIEWERS):
            assert page.status == 403, where
            continue
        assert page.status == 200, where
        if where in ("/admin/notifications/", "/admin/second_factor/", "/admin/password_change/"):
            continue  # one's own, whatever one's role
        targets = re.findall(r'<form[^>]*method="post"[^>]*?(?:action="([^"]*)")?[^>]*>', page.text)
        harmless = {"/admin/choose/", "/admin/logout/", ""}
        assert set(targets) <= harmless, where
        for word in (
            "Save",
            "Post",
            "Reverse",
            "Duplicate",
            "Delete",
            "Suspend",
            "Archive",
            "New account",
            "Remove",
            "Adjust",
            "Attach",
            "Import",
            "Accept",
            "Undo",
            "Run matching",
        ):
            assert not re.search(rf"<(button|a)[^>]*co-button[^>]*>(<span[^>]*>[^<]*</span>)?{word}", page.text), (
                where,
                word,
            )


def test_a_viewers_posts_are_refused(cast, rows):
    bob = Person(cast.bob, cast.alices)
    draft, before = recorded(cast.alices, post=False), balance(cast.alices, "1001")
    acting = (
        Account,
        BalanceAssertion,
        BankRule,
        Invitation,
        Match,
        Membership,
        Reconciliation,
        Statement,
        StatementLine,
    )
    acted_on = {model: rows[model] for model in acting} | {Transaction: draft.pk}
    for model, number in acted_on.items():
        for name, _ in site._registry[model].page_urls():
            if name in READING:
                continue
            assert bob.post(address(model, name, number) + "?to=suspend").status == 403, name
    tenants = (Account, BalanceAssertion, BankRule, Reconciliation, Transaction, Membership, ApiKey, Organization)
    for model in tenants:
        assert bob.post(address(model, "add"), name="x").status == 403
    assert bob.post(address(Account), act="suspend", account=rows[Account]).status == 403
    bob.post(address(Transaction), action="post_selected", _selected_action=draft.pk)
    bob.post(address(Transaction, "change", draft.pk), **typed(cast.alices, ("1001", "debit", "1.00")), _post="1")
    assert stored(cast.alices, draft.pk).status == "pending"
    assert stored(cast.alices, draft.pk).version == draft.version
    assert balance(cast.alices, "1001") == before


def test_forms_need_their_csrf_token(cast):
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.force_login(cast.alice)
    draft = recorded(cast.alices, post=False)
    for where in ("/admin/choose/", address(Transaction, "post", draft.pk), address(Transaction, "add")):
        assert client.post(where, {"organization": cast.alices.organization.pk}).status_code == 403
    assert stored(cast.alices, draft.pk).status == "pending"


def test_what_people_typed_is_escaped_everywhere(cast):
    evil = '<script>alert("x")</script>'
    books = cast.alices
    alice = Person(cast.alice)
    alice.post(address(Organization, "change", books.organization.pk), **organization_fields(evil))
    alice.post(address(Account, "change", books.accounts["1001"].pk), name=evil, description=evil)
    posted = recorded(books, description=evil, reference_number=evil)
    draft = recorded(books, description=evil, post=False)
    where = [
        "/admin/",
        address(Account),
        address(Account, "change", books.accounts["1001"].pk),
        address(Transaction),
        address(Transaction, "change", posted.pk),
        address(Transaction, "change", draft.pk),
        address(Transaction, "history", posted.pk),
        address(Entry),
        f"{address(Entry)}?account={books.accounts['1001'].pk}",
        address(Organization),
        address(Event),
        "/admin/search/?s=script",
    ]
    with books.acting():
        events = Event.objects.of(books.organization).order_by("-seq").values_list("pk", flat=True)[:4]
    for page_address in [*where, *[address(Event, "change", number) for number in events]]:
        page = alice.get(page_address)
        assert page.status == 200
        assert "<script>alert" not in page.text, page_address
    assert evil in alice.get(address(Transaction, "change", posted.pk)).said


def organization_fields(name: str) -> dict:
    """The organization's form, filled in."""
    return {"name": name, "fiscal_year_start": 1, "time_zone": "UTC", "status": "active"}


def test_djangos_own_log_stays_empty(cast):
    alice = Person(cast.alice)
    fields = typed(cast.alices, ("1001", "debit", "5.00"), ("4001", "credit", "5.00"))
    alice.post(address(Transaction, "add"), **fields, _post="1")
    alice.post(address(Account, "change", cast.alices.accounts["1001"].pk), name="Till")
    assert LogEntry.objects.count() == 0


def test_a_fault_rolls_the_whole_page_back(cast, monkeypatch):
    alice = Person(cast.alice)
    alice.client.raise_request_exception = False

    def broken(**arguments):
        raise RuntimeError("after the draft was written")

    monkeypatch.setattr(draft_desks, "post_transaction", broken)
    fields = typed(cast.alices, ("1001", "debit", "5.00"), ("4001", "credit", "5.00"), description="Half done")
    assert alice.post(address(Transaction, "add"), **fields, _post="1").status == 500
    with cast.alices.acting():
        assert not Transaction.objects.of(cast.alices.organization).filter(description="Half done").exists()


def test_a_deadlock_is_tried_again(cast, monkeypatch):
    post, tries = draft_desks.post_transaction, []

    def unlucky_at_first(**arguments):
        tries.append(arguments)
        if len(tries) == 1:
            raise OperationalError("deadlock detected") from psycopg.errors.DeadlockDetected()
        return post(**arguments)

    monkeypatch.setattr(draft_desks, "post_transaction", unlucky_at_first)
    alice = Person(cast.alice)
    fields = typed(cast.alices, ("1001", "debit", "5.00"), ("4001", "credit", "5.00"))
    page = alice.follow(alice.post(address(Transaction, "add"), **fields, _post="1"))
    assert len(tries) == 2
    assert page.said.count("Posted.") == 1
    with cast.alices.acting():
        assert Transaction.objects.of(cast.alices.organization).count() == 1  # the first try left nothing


def test_pages_that_are_not_there_look_like_the_house(cast):
    alice = Person(cast.alice)
    assert "There is nothing here" in alice.get("/admin/ledger/transaction/1/change/")
    assert "Your role does not show this" in alice.get(address(User))


def test_odd_addresses_are_refused_in_words(cast):
    alice = Person(cast.alice)
    picker = "/admin/autocomplete/?app_label=ledger&model_name=entry&field_name=account&term=%00"
    for where in ("/admin/search/?s=%00", "/admin/choices/?q=%00", picker):
        page = alice.get(where)
        assert (page.status, "cannot be read" in page) == (400, True), where
    for query in ("q=%00", "p=abc", "p=99999999", "o=1.2", "status=zzz", "account=", "transaction_date_from=soon"):
        assert alice.get(f"{address(Transaction)}?{query}").status == 200, query
    assert "Alice's Bakery" in alice.get("/admin")
    assert alice.get(f"{address(Transaction)}99999999999999999999/change/").status == 404


@pytest.mark.parametrize(
    ("model", "title"),
    [(Entry, "General journal"), (Attachment, "Files"), (LockLift, "Lifted locks"), (LearnedToken, "Learned words")],
)
def test_a_list_is_titled_as_the_menu_names_it(cast, model, title):
    heading = Person(cast.alice).get(address(model)).text.partition("<h1")[2].partition("</h1>")[0]
    assert heading.endswith(f">{title}")
