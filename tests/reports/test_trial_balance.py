"""The trial balance: both sides equal at every date, figures from totals, levels and depth."""

import csv
import io
from decimal import Decimal

import pytest

from tests.cast import open_books


@pytest.fixture
def books(db):
    """A property company with two accounts below Fixed Assets, bought on credit in February."""
    books = open_books("Property Ltd", chart="real_estate")
    books.api.post(
        "/transactions",
        {
            "transaction_date": "2024-02-10",
            "description": "Building with improvements, against a mortgage",
            "entries": [
                books.entry("1611", "debit", "300000.00"),
                books.entry("1621", "debit", "50000.00"),
                books.entry("2001", "credit", "350000.00"),
            ],
            "auto_post": True,
        },
    )
    books.api.post(
        "/transactions",
        {
            "transaction_date": "2024-03-01",
            "type": "income",
            "entries": [books.entry("1001", "debit", "2500.00"), books.entry("4001", "credit", "2500.00")],
            "auto_post": True,
        },
    )
    return books


def rows(report) -> dict:
    return {row["code"]: row for row in report["accounts"]}


def test_both_sides_and_the_groups(books):
    report = books.api.get("/reports/trial-balance?as_of=2024-03-31")
    assert report["is_balanced"] is True
    assert report["totals"] == {
        "total_debits": Decimal("352500.00"),
        "total_credits": Decimal("352500.00"),
        "assets": Decimal("352500.00"),
        "liabilities": Decimal("350000.00"),
        "equity": Decimal("0.00"),
        "revenue": Decimal("2500.00"),
        "expenses": Decimal("0.00"),
    }
    mortgage = rows(report)["2001"]
    assert (mortgage["debit_balance"], mortgage["credit_balance"], mortgage["balance"]) == (0, 350000, 350000)


def test_as_of_leaves_out_what_came_later(books):
    assert "1001" not in rows(books.api.get("/reports/trial-balance?as_of=2024-02-29"))
    assert books.api.get("/reports/trial-balance?as_of=2024-02-09")["accounts"] == []


def test_parents_roll_up_and_depth_folds(books):
    full = rows(books.api.get("/reports/trial-balance?as_of=2024-03-31"))
    assert (full["1600"]["balance"], full["1600"]["rollup_balance"], full["1600"]["level"]) == (0, 350000, 0)
    assert full["1611"]["level"] == 1
    folded = books.api.get("/reports/trial-balance?as_of=2024-03-31&depth=1")
    assert "1611" not in rows(folded)
    assert rows(folded)["1600"]["debit_balance"] == 350000
    assert folded["totals"] == books.api.get("/reports/trial-balance?as_of=2024-03-31")["totals"]


@pytest.mark.parametrize("query", ["as_of=31.03.2024", "depth=0", "depth=x", "until=2024-01-01"])
def test_bad_parameters_are_named(books, query):
    answer = books.api.get(f"/reports/trial-balance?{query}")
    assert (answer.status, answer.error["type"]) == (400, "validation_error")


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_day_that_no_books_have_is_refused_by_name(books, day):
    account = books.account("1001")
    for path, name in (
        ("reports/trial-balance", "as_of"),
        (f"accounts/{account}/balance", "as_of"),
        ("overview", "end_date"),
        ("overview", "start_date"),
    ):
        refused = books.api.get(f"/{path}?{name}={day}")
        assert (refused.status, list(refused.error["details"]["fields"])) == (400, [name])


def test_the_first_and_the_last_day_of_all_books_can_be_asked_for(books):
    assert books.api.get("/reports/trial-balance?as_of=1900-01-01")["accounts"] == []
    assert books.api.get("/reports/trial-balance?as_of=2200-12-31")["totals"]["assets"] == 352500
    assert books.api.get("/overview?start_date=1900-01-01&end_date=2200-12-31")["revenue"] == 2500
    assert books.api.get("/overview?end_date=1900-01-01")["revenue"] == 0


def test_the_file_has_the_columns_that_it_is_compared_with(books):
    query = "trial-balance?as_of=2024-03-31&compare=2"
    content = books.api.get(f"/reports/{query}&format=csv").content.decode()
    head, *lines = csv.reader(io.StringIO(content.removeprefix("\ufeff")))
    assert head[-2:] == ["balance_2024-02-29", "balance_2024-01-31"]
    found = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    assert found == {
        row["code"]: {name: str(row[name]) for name in head[:-2]}
        | {name: str(balance) for name, balance in zip(head[-2:], row["balances"][1:], strict=True)}
        for row in books.api.get(f"/reports/{query}")["accounts"]
    }
    assert found["2001"]["balance_2024-02-29"] == "350000.00" and found["4001"]["balance_2024-02-29"] == "0.00"
