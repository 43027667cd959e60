"""Registers with the accounts below, by the type of transactions, and by whether cash moved."""

import pytest

from tests.cast import Books, open_books


@pytest.fixture
def books(committed_db) -> Books:
    """A till below cash and a drawer in the till; a sale into each, goods on credit, the drawer emptied."""
    books = open_books("Branch Ltd")
    for code, name, above in (("1002", "Till", "1001"), ("1003", "Drawer", "1002")):
        body = {"code": code, "name": name, "type": "asset", "parent_account_id": books.account(above)}
        assert books.api.post("/accounts", body).status == 201
        books.refresh()
    for day, debit, credit, amount, kind in (
        ("2026-01-01", "1001", "4001", "100.00", "income"),
        ("2026-01-02", "1002", "4001", "20.00", "income"),
        ("2026-01-03", "1003", "4001", "3.00", "income"),
        ("2026-01-04", "1201", "2001", "7.00", "journal"),
        ("2026-01-05", "1001", "1003", "1.00", "transfer"),
    ):
        entries = [books.entry(debit, "debit", amount), books.entry(credit, "credit", amount)]
        body = {"transaction_date": day, "type": kind, "entries": entries, "auto_post": True}
        assert books.api.post("/transactions", body).status == 201
    return books


def test_a_register_with_the_accounts_below(books):
    """Page by page; each entry with the balance after it on its own account."""
    cash, codes = books.account("1001"), {account.public_id: code for code, account in books.accounts.items()}
    found, cursor = [], ""
    while cursor is not None:
        query = f"/accounts/{cash}/entries?include_children=true&sort=transaction_date&limit=2"
        page = books.api.get(query + (cursor and f"&cursor={cursor}"))
        found += [(codes[each["account_id"]], each["amount"], each["running_balance"]) for each in page.data]
        cursor = page["next_cursor"]
    assert found == [("1001", 100, 100), ("1002", 20, 20), ("1003", 3, 3), ("1001", 1, 101), ("1003", 1, 2)]
    till = books.api.get(f"/accounts/{books.account('1002')}/entries?include_children=true")
    assert {codes[each["account_id"]] for each in till.data} == {"1002", "1003"}
    drawer = f"filters[account_id][in]={books.account('1003')},{books.account('1201')}"
    some = books.api.get(f"/accounts/{cash}/entries?include_children=true&{drawer}")
    assert [codes[each["account_id"]] for each in some.data] == ["1003", "1003"]
    alone = books.api.get(f"/accounts/{cash}/entries?include_children=false")
    assert [each["amount"] for each in alone.data] == [1, 100]
    refused = books.api.get(f"/accounts/{cash}/entries?include_children=true&format=csv")
    assert (refused.status, list(refused.error["details"]["fields"])) == (400, ["include_children"])


def test_entries_by_the_type_of_their_transaction(books):
    cash = books.account("1001")
    for query, amounts in (("[ne]=income", [1]), ("=income", [100]), ("[in]=income,transfer", [1, 100])):
        found = books.api.get(f"/accounts/{cash}/entries?filters[transaction_type]{query}")
        assert [each["amount"] for each in found.data] == amounts, query
    assert len(books.api.get("/entries?filters[transaction_type]=journal").data) == 2
    assert books.api.get("/entries?filters[transaction_type]=guess").status == 400


def test_entries_of_transactions_that_moved_cash_or_none(books):
    """Cash are the accounts with that role and what stands below them."""
    assert len(books.api.get("/entries?moves_cash=true").data) == 8
    assert [each["amount"] for each in books.api.get("/entries?moves_cash=false").data] == [7, 7]
    goods = f"/accounts/{books.account('1201')}/entries"
    assert books.api.get(f"{goods}?moves_cash=true").data == []
    file = books.api.get(f"/accounts/{books.account('4001')}/entries?moves_cash=true&format=csv")
    assert len(file.content.decode().splitlines()) == 4
    assert books.api.get(f"{goods}?moves_cash=perhaps").status == 400
