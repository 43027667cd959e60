"""Roles of accounts: whose type they fit, and when they stay."""

import pytest
from django.db import connection

from ledger.accounts.charts import ALSO_FIT, ROLES, role_mismatch
from ledger.accounts.models import TYPES, Account
from ledger.health.examining import examine
from ledger.onboarding.cloning import setup_of
from tests.ledger.trading import open_trade


@pytest.fixture
def trade(db):
    return open_trade()


def give(trade, code: str, role):
    return trade.api.put(f"/accounts/{trade.books.account(code)}", {"role": role})


def refused(answer) -> str:
    assert answer.status == 422, answer.body
    return answer.error["code"]


def test_a_control_account_keeps_its_role_while_anything_was_ever_open_on_it(trade):
    invoice = trade.invoice("100.00")
    for role in (None, "cash", "suspense"):
        assert refused(give(trade, "1101", role)) == "account_is_control"
    assert refused(give(trade, "1101", "payable")) == "account_role_mismatch"
    trade.pay(invoice)
    assert refused(give(trade, "1101", None)) == "account_is_control"  # what was settled says so of the past
    same = trade.api.put(f"/accounts/{trade.books.account('1101')}", {"role": "receivable", "name": "Debtors"})
    assert (same.status, same["role"], same["name"]) == (200, "receivable", "Debtors")
    aged = trade.api.get("/reports/aged-receivables?as_of=2026-01-15").body
    assert aged["control_account_balance"] == 100 and aged["difference"] == 0
    assert give(trade, "2001", None).status == 200  # nothing was ever owed


def test_a_control_account_keeps_its_role_while_a_contact_names_it(trade):
    path = f"/contacts/{trade.customer}"
    named = trade.api.put(path, {"receivable_account_id": trade.books.account("1101")})
    assert named.status == 200, named.body
    assert refused(give(trade, "1101", None)) == "account_is_control"
    trade.api.put(path, {"receivable_account_id": None})
    assert give(trade, "1101", None).status == 200


@pytest.mark.parametrize(("code", "role"), [("1201", "payable"), ("2101", "cash"), ("4001", "bank_fees")])
def test_a_role_fits_the_type_of_its_account(trade, code, role):
    answer = give(trade, code, role)
    assert refused(answer) == "account_role_mismatch"
    assert list(answer.error["details"]["fields"]) == ["role"]
    kind = trade.books.accounts[code].type
    new = trade.api.post("/accounts", {"code": "9001", "name": "New", "type": kind, "role": role})
    assert refused(new) == "account_role_mismatch"


def test_the_database_knows_the_same_fits(trade):
    with connection.cursor() as cursor:
        for role in ROLES:
            for kind in TYPES:
                cursor.execute("select ledger_role_fits(%s, %s)", [role, kind])
                assert cursor.fetchone()[0] is (role_mismatch(role, kind) is None), (role, kind)
    assert ALSO_FIT.keys() <= ROLES.keys()


def test_what_was_given_before_roles_had_to_fit_is_told_and_not_copied(trade):
    books = trade.books
    made = books.api.post("/accounts", {"code": "1901", "name": "Odd", "type": "asset", "role": "suspense"})
    assert made.status == 201
    with books.acting():
        odd = Account.objects.of(books.organization).get(code="1901")
        odd.pk, odd.code, odd.role = None, "1902", "payable"  # where it stands is wrong as well
        Account.objects.bulk_create([odd])
        assert [one.name for one in examine(books.organization.pk) if one.broken] == ["roles_fit_types", "tree_places"]
        copied = {new.code: new.role for new in setup_of(books.organization).accounts}
    assert (copied["1901"], copied["1902"], copied["1101"]) == ("suspense", None, "receivable")
    odd = books.refresh().account("1902")
    assert books.api.put(f"/accounts/{odd}", {"name": "Odd one", "role": "payable"}).status == 200
