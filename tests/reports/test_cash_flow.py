"""The cash flow statement, worked by hand (``worked.py``), with what is invested, financed and written off.

2025, indirectly: net income 1,800, goods took 1,000, vendors gave 3,000: 3,800 from operating; the owner gave 10,000.
Directly: sales 5,000 less rent 1,200 is 3,800 as well. 2026: 650 - 800 lent to customers - 1,000 to vendors = -1,150.
"""

import pytest

from tests.cast import Books
from tests.reports.worked import figures_of, open_shop, rows, section

IN_2025 = "/reports/cash-flow?start_date=2025-01-01&end_date=2025-12-31"


@pytest.fixture
def books(db) -> Books:
    return open_shop()


def test_from_net_income_to_the_change_of_cash(books):
    statement = books.api.get(f"{IN_2025}&compare=1")
    assert rows(statement, "operating") == {"Net income": [1800, 0], "1201": [-1000, 0], "2001": [3000, 0]}
    assert rows(statement, "financing") == {"3001": [10000, 0]} and rows(statement, "investing") == {}
    assert (statement["opening_cash"], statement["net_change"], statement["closing_cash"]) == (0, 13800, 13800)
    assert statement["is_tied"] is True
    later = books.api.get("/reports/cash-flow?start_date=2026-01-01&end_date=2026-02-28")
    assert rows(later, "operating") == {"Net income": [650], "1101": [-800], "2001": [-1000]}
    assert (later["opening_cash"], later["net_change"], later["closing_cash"]) == (13800, -1150, 12650)


def test_what_stands_against_cash(books):
    statement = books.api.get(f"{IN_2025}&method=direct")
    assert rows(statement, "operating") == {"4001": [5000], "5201": [-1200]}
    assert rows(statement, "financing") == {"3001": [10000]} and statement["closing_cash"] == 13800
    assert statement["is_tied"] is True


def test_closing_the_year_moves_no_cash(books):
    before = figures_of(books.api.get(IN_2025))
    books.api.post("/fiscal-years/2025/close")
    assert figures_of(books.api.get(IN_2025)) == before


def test_machines_loans_and_what_is_written_off(books):
    """A machine for 500 by a loan of 400 and cash; 50 of it are written off. Its own word is heard above the codes."""
    for code, name, kind, more in (
        ("1510", "Machines", "asset", {}),
        ("1590", "Written off", "asset", {}),
        ("2501", "Loan", "liability", {}),
        ("2105", "Owed to the owner", "liability", {"metadata": {"cash_flow": "financing"}}),
        ("5901", "Depreciation", "expense", {}),
    ):
        assert books.api.post("/accounts", {"code": code, "name": name, "type": kind, **more}).status == 201
    books.refresh()

    def post(*lines, kind="journal"):
        entries = [books.entry(code, side, amount) for code, side, amount in lines]
        body = {"transaction_date": "2026-03-05", "type": kind, "entries": entries, "auto_post": True}
        assert books.api.post("/transactions", body).status == 201

    post(("1510", "debit", "500.00"), ("2501", "credit", "400.00"), ("1001", "credit", "100.00"))
    post(("5901", "debit", "50.00"), ("1590", "credit", "50.00"), kind="depreciation")
    post(("1001", "debit", "30.00"), ("2105", "credit", "30.00"))
    statement = books.api.get("/reports/cash-flow?start_date=2026-03-01&end_date=2026-03-31")
    assert rows(statement, "operating") == {"Net income": [-50], "Depreciation": [50]}
    assert rows(statement, "investing") == {"1510": [-500]}
    assert rows(statement, "financing") == {"2105": [30], "2501": [400]}
    assert (statement["net_change"], section(statement, "operating")["total"]) == (-70, 0)
    assert statement["is_tied"] is True
    assert books.api.get("/reports/cash-flow?method=guess").status == 400
