"""The chart over HTTP: opening, batches, hierarchy, changes, balances."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.accounts.models import Account
from ledger.accounts.placing import wrong_places
from tests.cast import open_books


@pytest.fixture
def books(db):
    return open_books("Chart Ltd", chart=None)


def open_account(books, code: str, type: str = "asset", **more):
    return books.api.post("/accounts", {"code": code, "name": f"Account {code}", "type": type, **more})


def post(books, *entries, **more):
    body = {"entries": [books.entry(*entry[:3], **(entry[3] if len(entry) > 3 else {})) for entry in entries]}
    answer = books.api.post("/transactions", {**body, "auto_post": True, **more})
    assert answer.status == 201, answer.body
    return answer


def test_a_code_of_another_type_warns_and_codes_above_five_fit_any(books):
    odd = open_account(books, "1501", "expense")
    assert odd.status == 201
    assert [warning["code"] for warning in odd["warnings"]] == ["account_code_mismatch"]
    assert open_account(books, "9100", "asset")["warnings"] == []


@pytest.mark.parametrize(
    ("fields", "status", "named"),
    [
        ({"code": "10 01"}, 400, "code"),
        ({"code": ""}, 400, "code"),
        ({"code": 1001}, 400, "code"),
        ({"name": "  "}, 400, "name"),
        ({"type": "cash"}, 400, "type"),
        ({"currency_id": "CUR_XXX"}, 400, "currency_id"),
        ({"parent_account_id": "ACT_0000000000000001"}, 400, "parent_account_id"),
        ({"parent_account_id": "TXN_0000000000000001"}, 400, "parent_account_id"),
        ({"parent_code": "7"}, 400, "parent_code"),
        ({"balance_floor": "abc"}, 400, "balance_floor"),
        ({"balance_floor": "0.001"}, 400, "balance_floor"),
        ({"role": "boss"}, 400, "role"),
        ({"metadata": {"a": {}}}, 400, "metadata"),
    ],
)
def test_bad_fields_are_named(books, fields, status, named):
    body = {"code": "1001", "name": "Cash", "type": "asset", **fields}
    answer = books.api.post("/accounts", body)
    assert (answer.status, list(answer.error["details"]["fields"])) == (status, [named])


def test_a_code_is_taken_once(books):
    open_account(books, "1001")
    again = open_account(books, "1001")
    assert (again.status, again.error["code"]) == (409, "account_code_taken")


def test_a_batch_takes_parents_in_any_order_all_or_none(books):
    rows = [
        {"code": "1111", "name": "Till", "type": "asset", "parent_code": "1110"},
        {"code": "1110", "name": "Cash", "type": "asset", "parent_code": "1000"},
        {"code": "1000", "name": "Assets", "type": "asset"},
    ]
    refused = books.api.post("/accounts/batch", {"accounts": [*rows, {"code": "x y", "name": "Odd", "type": "asset"}]})
    assert refused.status == 400
    assert "accounts[3].code" in refused.error["details"]["fields"]
    assert books.api.get("/accounts").data == []
    made = books.api.post("/accounts/batch", {"accounts": rows})
    assert (made.status, made["object"], made["mode"]) == (200, "batch", "atomic")
    assert [account["code"] for account in made.data] == ["1111", "1110", "1000"]
    tree = books.api.get("/accounts?include_hierarchy=true").data
    assert tree[0]["children"][0]["children"][0]["code"] == "1111"
    circle = [{"code": "8", "name": "a", "type": "asset", "parent_code": "9"}]
    circle.append({"code": "9", "name": "b", "type": "asset", "parent_code": "8"})
    assert books.api.post("/accounts/batch", {"accounts": circle}).status == 400


def test_code_type_and_currency_are_fixed_for_life(books):
    path = f"/accounts/{open_account(books, '1001')['id']}"
    for change in ({"code": "1002"}, {"type": "equity"}, {"currency_id": "CUR_EUR"}):
        refused = books.api.put(path, change)
        assert (refused.status, refused.error["code"]) == (422, "account_immutable")
    same = books.api.put(path, {"code": "1001", "type": "asset", "currency_id": "USD", "name": "Till"})
    assert (same.status, same["name"]) == (200, "Till")


def test_a_child_has_its_parents_type_and_nobody_stands_below_himself(books):
    top, sub = open_account(books, "1000"), None
    sub = open_account(books, "1100", parent_account_id=top["id"])
    assert open_account(books, "2100", "liability", parent_account_id=top["id"]).error["code"] == (
        "account_parent_mismatch"
    )
    circle = books.api.put(f"/accounts/{top['id']}", {"parent_account_id": sub["id"]})
    assert (circle.status, circle.error["code"]) == (422, "account_cycle")
    other = open_account(books, "1200")
    moved = books.api.put(f"/accounts/{sub['id']}", {"parent_account_id": other["id"]})
    assert moved["parent_account_id"] == other["id"]
    assert [child["id"] for child in books.api.get(f"/accounts?parent_id={other['id']}").data] == [sub["id"]]
    with books.acting():
        assert wrong_places(books.organization.pk) == {}


def test_deleting_is_for_accounts_nothing_was_posted_to(books):
    for code in ("1001", "1002"):
        open_account(books, code)
    open_account(books, "4001", "revenue")
    system = open_account(books, "8001", is_system=True)
    books.refresh()
    post(books, ("1001", "debit", 5), ("4001", "credit", 5))
    assert books.api.delete(f"/accounts/{books.account('1002')}").status == 204
    assert books.api.delete(f"/accounts/{books.account('1001')}").error["code"] == "account_in_use"
    assert books.api.delete(f"/accounts/{system['id']}").error["code"] == "account_is_system"
    archived = books.api.put(f"/accounts/{books.account('1001')}", {"status": "archived"})
    assert (archived["status"], archived["balance"]["amount"]) == ("archived", 5)


def test_deleting_keeps_the_tree_whole(books):
    top = open_account(books, "1000")
    subs = [open_account(books, f"110{n}", parent_account_id=top["id"]) for n in range(3)]
    assert books.api.delete(f"/accounts/{top['id']}").error["code"] == "account_in_use"
    assert books.api.delete(f"/accounts/{subs[1]['id']}").status == 204
    with books.acting():
        assert wrong_places(books.organization.pk) == {}
        assert Account.objects.of(books.organization).get(code="1000").get_descendant_count() == 2


def test_balances_are_signed_by_the_normal_balance_and_formatted(books):
    for code, type, currency in (
        ("1001", "asset", "USD"),
        ("1002", "asset", "JPY"),
        ("1003", "asset", "BHD"),
        ("3001", "equity", "USD"),
    ):
        open_account(books, code, type, currency_id=currency)
    books.refresh()
    post(
        books,
        ("1001", "debit", "15750.00"),
        ("1002", "debit", 15750, {"currency_rate": "0.01"}),
        ("1003", "debit", "10.500", {"currency_rate": "2"}),
        ("3001", "credit", "15928.50"),
    )
    shown = {code: books.api.get(f"/accounts/{books.account(code)}")["balance"]["formatted"] for code in books.accounts}
    assert shown == {"1001": "$15,750.00", "1002": "¥15,750", "1003": "BHD10.500", "3001": "$15,928.50"}


def test_the_balance_at_a_date_and_back_dating(books):
    open_account(books, "1001")
    open_account(books, "4001", "revenue")
    books.refresh()
    post(books, ("1001", "debit", 10), ("4001", "credit", 10), transaction_date="2024-02-29")
    post(books, ("1001", "debit", 7), ("4001", "credit", 7), transaction_date="2024-01-31")

    def at(day: str) -> Decimal:
        return books.api.get(f"/accounts/{books.account('1001')}/balance?as_of={day}")["balance"]["amount"]

    assert [at(day) for day in ("2024-01-30", "2024-01-31", "2024-02-28", "2024-02-29")] == [0, 7, 7, 17]
    assert books.api.get(f"/accounts/{books.account('1001')}/balance")["balance"]["amount"] == 17
    assert books.api.get(f"/accounts/{books.account('1001')}/balance?as_of=yesterday").status == 400


def test_the_hierarchy_costs_the_same_queries_at_any_size(books):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert books.api.get("/accounts?include_hierarchy=true").status == 200
        return len([each for each in captured if "ledger_" in each["sql"]])

    open_account(books, "1000")
    small = queries()
    rows = [
        {
            "code": f"1{n:04}",
            "name": f"Account {n}",
            "type": "asset",
            "parent_code": f"1{n // 10:04}" if n > 9 else None,
        }
        for n in range(1, 400)
    ]
    assert books.api.post("/accounts/batch", {"accounts": rows}).status == 200
    assert queries() == small <= 3


def test_rolled_up_balances(db):
    books = open_books("Homes Ltd", chart="real_estate")
    post(books, ("1611", "debit", 70), ("1621", "debit", 30), ("3001", "credit", 100))
    tree = {account["code"]: account for account in books.api.get("/accounts?include_hierarchy=true").data}
    assert tree["1600"]["balance"]["amount"] == 0
    assert tree["1600"]["rollup_balance"]["formatted"] == "$100.00"
    assert [child["code"] for child in tree["1600"]["children"]] == ["1611", "1621"]


def test_templates_are_listed_and_opened_once(books):
    names = [chart["name"] for chart in books.api.get("//chart-templates").data]
    assert names == ["small_business", "professional_services", "real_estate"]
    made = books.api.post("/accounts/from-template", {"industry": "retail", "tax_method": "cash"})
    assert (made.status, made.data[0]["code"]) == (201, "1001")
    assert books.api.get("")["metadata"] == {"tax_method": "cash"}
    assert books.api.post("/accounts/from-template", {"template": "small_business"}).data == []
    assert books.api.post("/accounts/from-template", {"template": "circus"}).status == 404


def test_a_tax_method_is_noted_only_by_who_may_change_the_organization(books):
    narrow = books.key_for({"accounts": ["read", "write"]})
    refused = narrow.post("/accounts/from-template", {"industry": "retail", "tax_method": "cash"})
    assert (refused.status, refused.error["code"]) == (403, "not_authorized")
    assert (books.api.get("")["metadata"], books.api.get("/accounts").data) == ({}, [])
    assert narrow.post("/accounts/from-template", {"industry": "retail"}).status == 201


def test_a_floor_is_kept(books):
    open_account(books, "1001", balance_floor="0")
    open_account(books, "5001", "expense")
    books.refresh()
    body = {"entries": [books.entry("5001", "debit", 1), books.entry("1001", "credit", 1)], "auto_post": True}
    refused = books.api.post("/transactions", body)
    assert (refused.status, refused.error["code"]) == (422, "balance_out_of_bounds")
    books.api.put(f"/accounts/{books.account('1001')}", {"balance_floor": "-1.00"})
    assert books.api.post("/transactions", body).status == 201
