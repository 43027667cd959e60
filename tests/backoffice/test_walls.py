"""Nobody sees or touches another organization in the back office, on any kind of page."""

import datetime

import pytest
from django.test import Client

from ledger.accounts.models import Account
from ledger.assertions.models import BalanceAssertion
from ledger.attachments.models import Attachment
from ledger.categories.models import Category
from ledger.closing.closing import close_year
from ledger.closing.models import YearClosing
from ledger.currencies.models import ExchangeRate
from ledger.health.examining import examine_and_keep
from ledger.health.models import Examination
from ledger.items.models import Item
from ledger.journal.models import Entry, Transaction
from ledger.locks.lifting import lift_lock
from ledger.locks.models import LockLift
from ledger.proof.models import Anchor, Checkpoint
from ledger.stationery.models import Stationery
from ledger.taxes.models import Tax
from organizations.backoffice.site import site
from organizations.events.models import Event
from organizations.jobs.models import Job
from organizations.keys.models import ApiKey
from organizations.letters.models import Letter
from organizations.members.models import Membership
from organizations.tenants.models import Organization
from organizations.users.models import User
from reconciliation.matching.models import Match
from reconciliation.rules.models import BankRule, LearnedToken
from reconciliation.sessions.models import Reconciliation
from reconciliation.statements.models import Statement, StatementLine
from tests.backoffice.bank import suggested
from tests.backoffice.desks import (
    Person,
    account,
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
from tests.cast import Cast, open_child

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


@pytest.fixture
def theirs(cast: Cast) -> dict[type, int]:
    """One row of each kind in Charlie's books, by model."""
    books = cast.charlies
    posted = recorded(books, "321.09", description="Charlie's secret")
    with books.acting():
        rows = {
            model: model.objects.of(books.organization).order_by("pk").first().pk
            for model in (Account, Entry, Event, ApiKey, Membership)
        }
        job = Job.objects.create(organization=books.organization, kind="import_journal")
        who = {"actor": books.actor, "organization": books.organization}
        rows[YearClosing] = close_year(**who, year=2020).pk
        end = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
        lift = {"area": "sales", "reason": "Charlie's invoice", "expires_at": end, "api_key_id": rows[ApiKey]}
        rows[LockLift] = lift_lock(**who, **lift).pk
    kept = examine_and_keep(actor=books.actor, organization_id=books.organization.pk, occasion="doctor")
    more = {Job: job.pk, Transaction: posted.pk, BalanceAssertion: asserted(books).pk, Examination: kept.pk}
    more |= {Attachment: attached(books, posted).pk, Category: categorized(books, "Charlie's trips").pk}
    more[ExchangeRate] = quoted(books).pk
    more |= {Item: offered(books, "Charlie's bread").pk, Tax: taxed(books, "Charlie's tax").pk}
    more |= {BankRule: ruled(books, "Charlie's fees").pk, LearnedToken: learned(books).pk}
    more |= {Letter: written(books).pk, Stationery: designed(books).pk, **traded(books, "Charlie's customer")}
    more[Checkpoint] = sealed(books).pk
    more[Reconciliation] = reconciling(books).pk
    line, match = suggested(books, "12.34", description="Charlie's deposit")
    more |= {Statement: line.statement_id, StatementLine: line.pk, Match: match.pk}
    return {**rows, **more, Organization: books.organization.pk}


def test_every_admin_on_tenants_rows_is_tried_here(theirs):
    """A new admin must take its place in ``theirs``."""
    shared = {"currency", "user"}
    assert {model for model in site._registry if model._meta.model_name not in shared} == set(theirs)


def test_no_list_shows_anothers_rows(alice, theirs):
    for model, number in theirs.items():
        page = alice.get(address(model))
        assert page.status == 200
        assert f"/{number}/" not in page.text
        assert "Charlie" not in page.text


def test_no_page_of_anothers_row_exists(alice, theirs):
    for model, number in theirs.items():
        for page in ("change", "history", "delete"):
            assert alice.get(address(model, page, number)).status == 404, (model, page)
        for name, _ in site._registry[model].page_urls():
            where = address(model, name, number)
            assert alice.get(where).status == 404, where
            assert alice.post(where).status == 404, where


def test_an_action_leaves_anothers_rows_alone(alice, cast, theirs):
    draft = recorded(cast.charlies, post=False)
    alice.post(address(Transaction), action="post_selected", _selected_action=draft.pk)
    assert stored(cast.charlies, draft.pk).status == "pending"
    alice.post(address(Account), act="suspend", account=cast.charlies.accounts["1001"].pk)
    assert account(cast.charlies, "1001").status == "active"


def test_the_buttons_of_checkpoints_work_on_ones_own(alice, cast, theirs):
    for word in ("seal", "verify", "anchor"):
        alice.post(address(Checkpoint, word), url="https://anchor.example.com/")
    with cast.charlies.acting():
        assert Checkpoint.objects.of(cast.charlies.organization).count() == 1
        assert Job.objects.of(cast.charlies.organization).count() == 1
        assert not Anchor.objects.of(cast.charlies.organization).exists()


def test_the_buttons_of_the_bank_leave_anothers_rows_alone(alice, cast, theirs):
    for model, names in ((Statement, ("undo",)), (StatementLine, ("undo",)), (Match, ("accept", "reject", "undo"))):
        for name in names:
            assert alice.post(address(model, name, theirs[model])).status == 404
    with cast.charlies.acting():
        assert Match.objects.of(cast.charlies.organization).get().status == "suggested"
        assert StatementLine.objects.of(cast.charlies.organization).get().status == "suggested"


def test_filters_do_not_reach_over(alice, cast, theirs):
    number = cast.charlies.accounts["1001"].pk
    assert alice.get(f"{address(Entry)}?account={number}").status == 404
    assert "Charlie" not in alice.get(f"{address(Transaction)}?account={number}").text
    assert "Charlie" not in alice.get(f"{address(Transaction)}?q=secret").text
    assert "TXN" not in alice.get(f"{address(Event)}?user={cast.charlie.pk}").said
    assert "Charlie" not in alice.get(f"{address(StatementLine)}?statement={theirs[Statement]}").text
    assert "Charlie" not in alice.get(f"{address(StatementLine)}?account={number}").text


def test_pickers_and_the_search_stay_inside(alice, cast, theirs):
    with cast.charlies.acting():
        Account.objects.of(cast.charlies.organization).filter(code="1001").update(name="Charlie's till")
    picker = "/admin/autocomplete/?app_label=ledger&model_name=entry&field_name=account&term="
    assert "Charlie" not in alice.get(f"{picker}till").text
    assert "Cash - Operating" in alice.get(f"{picker}cash").text
    people = "/admin/autocomplete/?app_label=organizations&model_name=membership&field_name=user&term=charlie"
    assert alice.get(people).status == 403
    assert "Charlie" not in alice.get("/admin/search/?s=till").text
    assert "Charlie" not in alice.get("/admin/choices/?q=garage").text


def test_a_search_is_not_kept_for_the_next_organization(cast):
    """unfold keeps results by user and words; with two organizations that would show one's rows in the other."""
    child = open_child(cast.alices, "Alice's Café")
    with child.acting():
        Account.objects.of(child.organization).filter(code="1001").update(name="Café till")
    person = Person(cast.alice, child)
    assert "Café till" in person.get("/admin/search/?s=till").text
    person.post("/admin/choose/", organization=cast.alices.organization.pk)
    assert "Café till" not in person.get("/admin/search/?s=till").text


def test_a_line_on_anothers_account_is_refused(alice, cast):
    fields = typed(cast.alices, ("1001", "debit", "5.00"), ("4001", "credit", "5.00"))
    fields["lines-1-account"] = cast.charlies.accounts["4001"].pk
    page = alice.post(address(Transaction, "add"), **fields)
    assert page.status == 200
    assert "does not exist" in page
    assert "Charlie" not in page.text


def test_one_can_only_choose_what_one_belongs_to(alice, cast):
    assert alice.post("/admin/choose/", organization=cast.charlies.organization.pk).status == 404
    assert "Alice's Bakery" in alice.get("/admin/")
    assert alice.get("/admin/choose/").status == 404
    assert alice.post("/admin/choose/", organization="9" * 40).status == 404


def test_a_choice_is_believed_only_while_the_membership_lasts(cast):
    bob = Person(cast.bob, cast.alices)
    assert "Alice's Bakery" in bob.get("/admin/")
    with cast.alices.acting():
        Membership.objects.of(cast.alices.organization).filter(user=cast.bob).delete()
    page = bob.get("/admin/")
    assert "Alice's Bakery" not in page
    assert "member of no organization" in page
    assert bob.get(address(Transaction)).status == 403


def test_owned_children_may_be_entered_and_linked_ones_may_not(cast):
    owned = open_child(cast.alices, "Owned Café")
    linked = open_child(cast.alices, "Linked Client", relationship="linked")
    person = Person(cast.alice)
    assert person.post("/admin/choose/", organization=owned.organization.pk).status == 302
    assert "Owned Café" in person.get("/admin/")
    assert person.post("/admin/choose/", organization=linked.organization.pk).status == 404
    assert "Linked Client" not in person.get(address(Organization))


def test_a_superuser_enters_all_and_staff_sees_no_users(alice, cast):
    root = Person(User.objects.create_superuser("root@example.com", "a-long-password"))
    assert root.post("/admin/choose/", organization=cast.charlies.organization.pk).status == 302
    assert "Charlie's Garage" in root.get("/admin/")
    assert root.get(address(User)).status == 200
    assert root.get(address(User, "change", cast.alice.pk)).status == 200
    for page in ("changelist", "add"):
        assert alice.get(address(User, page)).status == 403
    assert alice.get(address(User, "change", cast.alice.pk)).status == 403
    assert alice.post(address(User, "change", cast.alice.pk), is_superuser="on").status == 403


def test_strangers_and_people_without_the_back_office_are_sent_to_the_login(cast):
    User.objects.filter(pk=cast.bob.pk).update(is_staff=False)
    for client in (Client(HTTP_HOST="localhost"), Person(cast.bob).client):
        for where in ("/admin/", address(Transaction), "/admin/choices/", "/admin/search/?s=a"):
            answer = client.get(where)
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith("/admin/login/")


def test_the_books_do_not_change_by_looking(alice, cast):
    recorded(cast.alices)
    before = balance(cast.alices, "1001")
    for model in site._registry:
        alice.get(address(model))
    assert balance(cast.alices, "1001") == before


def test_logging_in_leads_to_the_first_organization_in_reach(cast):
    cast.alice.set_password("a long password")
    cast.alice.save()
    client = Client(HTTP_HOST="localhost")
    wrong = client.post("/admin/login/", {"username": "alice@example.com", "password": "no"})
    assert "correct" in wrong.content.decode()
    fields = {"username": "Alice@example.com", "password": "a long password", "next": "/admin/"}
    assert client.post("/admin/login/", fields).headers["Location"] == "/admin/"
    assert client.session["organization"] == cast.alices.organization.pk
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302
