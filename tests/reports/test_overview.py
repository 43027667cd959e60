"""The overview: six totals, and a firm's clients at a glance without their books."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.dashboard import months_of_year
from tests.cast import open_books, open_child
from tests.reconciliation import banks


@pytest.fixture
def firm(db):
    return open_books("Firm LLP")


def trade(books) -> None:
    """A credit sale of 500 in 2023, and in 2024 cash sales of 300 and rent of 120 owed."""
    for body in (
        {"transaction_date": "2023-12-30", "entries": [("1101", "debit", "500.00"), ("4001", "credit", "500.00")]},
        {"transaction_date": "2024-02-01", "entries": [("1001", "debit", "300.00"), ("4001", "credit", "300.00")]},
        {"transaction_date": "2024-02-02", "entries": [("5201", "debit", "120.00"), ("2001", "credit", "120.00")]},
    ):
        entries = [books.entry(*entry) for entry in body["entries"]]
        assert books.api.post("/transactions", body | {"entries": entries, "auto_post": True}).status == 201


def figures(overview) -> dict:
    names = ("cash", "receivables", "payables", "revenue", "expenses", "net_income")
    return {name: overview[name] for name in names}


YEAR_2024 = {"cash": 300, "receivables": 500, "payables": 120, "revenue": 300, "expenses": 120, "net_income": 180}


def test_balances_at_the_end_and_the_result_of_the_period(firm):
    trade(firm)
    overview = firm.api.get("/overview?start_date=2024-01-01&end_date=2024-12-31")
    assert figures(overview) == YEAR_2024
    assert figures(firm.api.get("/overview?end_date=2024-12-31")) == YEAR_2024  # the fiscal year is the default
    assert firm.api.get("/overview?start_date=2023-01-01&end_date=2024-12-31")["revenue"] == Decimal("800.00")


def test_accounts_below_the_cash_account_count_as_cash(firm):
    till = firm.api.post(
        "/accounts", {"code": "1002", "name": "Till", "type": "asset", "parent_account_id": firm.account("1001")}
    )
    firm.refresh()
    entries = [firm.entry("1002", "debit", "40.00"), firm.entry("3001", "credit", "40.00")]
    firm.api.post("/transactions", {"entries": entries, "auto_post": True, "transaction_date": "2024-03-01"})
    assert till.status == 201
    assert firm.api.get("/overview?end_date=2024-12-31")["cash"] == 40


def test_a_firm_sees_all_its_clients_in_one_call_and_never_their_books(firm):
    clients = [open_child(firm, f"Client {n} Ltd", relationship="linked") for n in range(3)]
    for client in clients:
        trade(client)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = firm.api.get("/overview?end_date=2024-12-31&include=children")
    assert [figures(child) for child in answer["children"]] == [YEAR_2024] * 3
    assert len(queries) <= 12
    alone = firm.api.get(f"/{clients[0].api.base}/overview?end_date=2024-12-31")
    assert figures(alone) == YEAR_2024
    assert firm.api.get(f"/{clients[0].api.base}/accounts").status == 404


def test_a_firm_sees_what_waits_at_its_clients_as_counts_alone(firm):
    client = open_child(firm, "Busy Ltd", relationship="linked")
    draft = {"entries": [client.entry("1001", "debit", "1.00"), client.entry("4001", "credit", "1.00")]}
    assert client.api.post("/transactions", draft).status == 201
    banks.line(client, "7.00")
    (found,) = firm.api.get("/overview?include=children")["children"]
    assert found["alerts"] == [{"kind": "unreconciled_lines", "count": 1}, {"kind": "drafts", "count": 1}]
    assert found["unreconciled_lines"] == 1 and found["last_activity_at"] is not None
    assert firm.api.get("/overview")["alerts"] == []


def test_a_child_sees_neither_parent_nor_sibling(firm):
    one, other = open_child(firm, "One Ltd"), open_child(firm, "Other Ltd")
    assert one.api.get(f"/{firm.api.base}/overview").status == 404
    assert one.api.get(f"/{other.api.base}/overview").status == 404
    assert one.api.get("/overview?include=children")["children"] == []


def test_a_closed_year_still_shows_its_result(firm):
    trade(firm)
    for year in (2023, 2024):
        assert firm.api.post(f"/fiscal-years/{year}/close", {}).status == 200
    assert figures(firm.api.get("/overview?end_date=2024-12-31")) == YEAR_2024
    later = firm.api.get("/overview?start_date=2025-01-01&end_date=2025-12-31")
    assert (later["revenue"], later["expenses"]) == (0, 0)
    with firm.acting():
        months = months_of_year(firm.organization, datetime.date(2024, 6, 1))
    assert sum(months.revenue) == YEAR_2024["revenue"]
    assert sum(months.expense) == YEAR_2024["expenses"]


def test_the_year_so_far_is_that_of_the_calendar_after_the_first_month_was_moved(firm):
    """2023 is closed; then years are to begin in July: the open one is the short one from January 2024 on."""
    trade(firm)
    client = open_child(firm, "Client Ltd", relationship="linked")
    trade(client)
    assert firm.api.post("/fiscal-years/2023/close", {}).status == 200
    assert firm.api.put("", {"fiscal_year_start": 7}).status == 200
    overview = firm.api.get("/overview?end_date=2024-05-31&include=children")
    assert (overview["start_date"], figures(overview)) == ("2024-01-01", YEAR_2024)
    assert overview["children"][0]["start_date"] == "2024-01-01"
    with firm.acting():
        months = months_of_year(firm.refresh().organization, datetime.date(2024, 5, 31))
    assert (months.starts[0], len(months.starts)) == (datetime.date(2024, 1, 1), 6)
    assert sum(months.revenue) == YEAR_2024["revenue"]
