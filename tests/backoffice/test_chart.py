"""The chart of accounts in the back office: a tree with balances, and buttons that call verbs."""

import pytest

from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from tests.backoffice.desks import Person, account, address, recorded
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


@pytest.fixture
def tills(cast: Cast):
    """Two tills below cash, one with money in it."""
    books = cast.alices
    new = [
        NewAccount(code=code, name=name, type="asset", currency="USD", parent_code="1001")
        for code, name in (("1010", "Front till"), ("1011", "Back till"))
    ]
    with books.acting():
        open_accounts(actor=books.actor, organization=books.organization, accounts=new)
    books.refresh()
    recorded(books, "100.00")
    books.accounts["1001"], cash = books.accounts["1010"], books.accounts["1001"]
    recorded(books, "25.00")
    books.accounts["1001"] = cash
    return books


def test_children_stand_below_their_parent_with_both_balances(tills, alice):
    said = alice.get(address(Account)).said
    assert "1001 Cash - Operating 100.00 125.00" in said
    assert said.index("1001 Cash") < said.index("1010 Front till 25.00") < said.index("1101 Accounts Receivable")
    assert "Assets 125.00" in said
    assert "Revenue 125.00" in said


def test_search_keeps_the_parents_of_what_it_finds(tills, alice):
    said = alice.get(f"{address(Account)}?q=front").said
    assert "1 of 19 accounts" in said
    assert "1001 Cash - Operating" in said
    assert "Front till" in said
    assert "Back till" not in said
    assert "Rent Expense" in alice.get(f"{address(Account)}?type=expense")
    assert "Cash - Operating" not in alice.get(f"{address(Account)}?type=expense")
    assert "No account matches." in alice.get(f"{address(Account)}?status=archived")


def test_a_long_chart_comes_in_pages(cast, alice):
    books = cast.alices
    new = [NewAccount(code=f"5{n:04}", name=f"Cost {n}", type="expense", currency="USD") for n in range(2, 602)]
    with books.acting():
        open_accounts(actor=books.actor, organization=books.organization, accounts=new)
    first, last = alice.get(address(Account)), alice.get(f"{address(Account)}?p=3")
    assert "Page 1 of 3" in first
    assert "50601 Cost 601" not in first
    assert "50601 Cost 601" in last
    assert first.queries == last.queries < 12
    assert alice.get(f"{address(Account)}?p=99").status == 200


def test_an_account_is_opened_through_the_verb(cast, alice):
    fields = {"code": "1002", "name": "Petty cash", "type": "asset", "currency": "USD", "role": ""}
    page = alice.follow(alice.post(address(Account, "add"), **fields))
    assert "The account was opened." in page
    assert account(cast.alices, "1002").name == "Petty cash"
    assert "The code 1002 is taken." in alice.post(address(Account, "add"), **fields)
    wrong = alice.post(address(Account, "add"), **fields | {"code": "1 0", "balance_floor": "1e3"})
    assert "without spaces" in wrong
    assert "plain decimal number" in wrong
    child = fields | {"code": "2002", "type": "liability", "parent": cast.alices.accounts["1001"].pk}
    assert "is of type asset" in alice.post(address(Account, "add"), **child)


def test_an_account_is_renamed_moved_and_bounded(cast, alice):
    where = address(Account, "change", cast.alices.accounts["1201"].pk)
    fields = {"name": "Stock", "role": "inventory", "parent": cast.alices.accounts["1001"].pk, "balance_floor": "0"}
    assert "Saved." in alice.follow(alice.post(where, **fields))
    found = account(cast.alices, "1201")
    assert (found.name, found.parent_id, found.level, found.balance_floor) == (
        "Stock",
        cast.alices.accounts["1001"].pk,
        1,
        0,
    )
    loop = address(Account, "change", cast.alices.accounts["1001"].pk)
    assert "below itself" in alice.post(loop, name="Cash", parent=cast.alices.accounts["1201"].pk)
    assert "account.updated" in alice.get(address(Account, "history", found.pk))


def test_accounts_are_suspended_archived_and_activated(cast, alice):
    number = cast.alices.accounts["1301"].pk
    for verb, status in (("suspend", "suspended"), ("archive", "archived"), ("activate", "active")):
        alice.follow(alice.post(f"{address(Account, 'status', number)}?to={verb}"))
        assert account(cast.alices, "1301").status == status
    alice.get(f"{address(Account, 'status', number)}?to=suspend")
    assert account(cast.alices, "1301").status == "active"  # looking changes nothing


def test_several_accounts_are_suspended_together(cast, alice):
    numbers = [cast.alices.accounts[code].pk for code in ("1201", "1301")]
    page = alice.follow(alice.post(address(Account), act="suspend", account=numbers))
    assert "2 accounts are suspended now." in page
    assert {account(cast.alices, code).status for code in ("1201", "1301")} == {"suspended"}
    assert "Tick some accounts" in alice.follow(alice.post(address(Account), act="suspend"))
    assert "Tick some accounts" in alice.follow(alice.post(address(Account), act="destroy", account=numbers))


def test_an_unused_account_is_deleted_and_a_used_one_is_not(cast, alice):
    recorded(cast.alices)
    used, unused = (cast.alices.accounts[code].pk for code in ("1001", "1301"))
    assert "Delete" not in alice.get(address(Account, "change", used)).said
    assert "in use" in alice.follow(alice.post(address(Account, "delete_account", used)))
    assert "was deleted" in alice.follow(alice.post(address(Account, "delete_account", unused)))
    assert alice.get(address(Account, "change", unused)).status == 404


def test_a_suspended_account_is_not_offered(cast, alice):
    alice.post(f"{address(Account, 'status', cast.alices.accounts['1001'].pk)}?to=suspend")
    picker = "/admin/autocomplete/?app_label=ledger&model_name=entry&field_name=account&term=cash"
    assert "Cash - Operating" not in alice.get(picker).text


def test_a_control_account_keeps_its_role_on_the_form_as_well(cast, alice):
    books = cast.alices
    contact = books.api.post("/contacts", {"name": "Carla", "receivable_account_id": books.account("1101")})
    assert contact.status == 201, contact.body
    where = address(Account, "change", books.accounts["1101"].pk)
    assert "rely on the role of this account" in alice.post(where, name="Debtors", role="")
    assert "The role payable is for accounts of type liability." in alice.post(where, name="Debtors", role="payable")
    found = account(books, "1101")
    assert (found.role, found.name) == ("receivable", "Accounts Receivable")
    assert "Saved." in alice.follow(alice.post(where, name="Debtors", role="receivable"))
