"""An explained balance: months, days and entries that add up to it, each with the way to its entries."""

from decimal import Decimal

import pytest

from ledger.explanations import explanations
from tests.cast import Books, open_books


@pytest.fixture
def books(db) -> Books:
    """A bakery's books; rolled back."""
    return bakery()


@pytest.fixture
def committed_books(committed_db) -> Books:
    """The same, committed: the moment of an answer knows what was committed by then."""
    return bakery()


def bakery() -> Books:
    """A bakery with sales in three months, and one refund."""
    books = open_books("Alice's Bakery", email="alice@example.com")
    for day, amount in (("2025-12-03", "10.00"), ("2026-01-15", "20.00"), ("2026-02-01", "30.00"),
                        ("2026-02-14", "5.00"), ("2026-02-14", "7.00")):  # fmt: skip
        assert books.api.post("/transactions", books.sale(amount, transaction_date=day)).status == 201
    refund = [books.entry("4001", "debit", "2.00"), books.entry("1001", "credit", "2.00")]
    body = {"entries": refund, "transaction_date": "2026-02-14", "auto_post": True}
    assert books.api.post("/transactions", body).status == 201
    return books


def explain(books: Books, code: str = "1001", query: str = ""):
    return books.api.get(f"/accounts/{books.account(code)}/balance/explain{query}")


def test_the_parts_add_up_to_the_figure(books):
    found = explain(books)
    assert found["balance"]["amount"] == found["sum"] == Decimal("70.00")
    assert found["adds_up"] is True
    assert [(each["month"], each["net"]) for each in found["months"]] == [("2025-12", 10), ("2026-01", 20)]
    assert [(each["date"], each["net"], each["entries_count"]) for each in found["days"]] == [
        ("2026-02-01", Decimal("30.00"), 1),
        ("2026-02-14", Decimal("10.00"), 3),
    ]
    assert (found["days"][1]["debit"], found["days"][1]["credit"]) == (12, 2)
    entries = found["entries"]
    assert (entries["day"], entries["net"], entries["adds_up"], entries["has_more"]) == ("2026-02-14", 10, True, False)
    assert [(line["balance_impact"], line["running_balance"]) for line in entries["data"]] == [
        (-2, 70),
        (7, 72),
        (5, 65),
    ]


def test_figures_are_signed_by_the_normal_balance(books):
    found = explain(books, "4001", "?as_of=2026-02-01")
    assert (found["balance"]["amount"], found["sum"], found["as_of"]) == (60, 60, "2026-02-01")
    assert [each["net"] for each in found["months"] + found["days"]] == [10, 20, 30]
    assert found["entries"]["data"][0]["balance_impact"] == Decimal("30.00")


def test_every_part_leads_to_its_entries_and_each_month_to_its_days(committed_books):
    books = committed_books
    found = explain(books)
    for part in found["months"] + found["days"]:
        lines = books.api.get("/" + part["entries_query"]).data
        assert sum(line["balance_impact"] for line in lines) == part["net"]
        assert len(lines) == part["entries_count"]
    january = books.api.get("/" + found["months"][1]["explain_query"])
    assert (january["balance"]["amount"], [each["date"] for each in january["days"]]) == (30, ["2026-01-15"])


def test_the_entries_of_any_day(books):
    december = explain(books, query="?day=2025-12-03")["entries"]
    assert (december["net"], december["adds_up"], len(december["data"])) == (10, True, 1)
    nothing = explain(books, query="?day=2025-12-04")["entries"]
    assert (nothing["net"], nothing["adds_up"], nothing["data"]) == (0, True, [])


def test_a_day_with_many_entries_shows_the_newest_and_sums_the_rest(books, monkeypatch):
    monkeypatch.setattr(explanations, "MOST_ENTRIES", 2)
    entries = explain(books)["entries"]
    assert ([line["balance_impact"] for line in entries["data"]], entries["rest"]) == ([-2, 7], Decimal("5.00"))
    assert (entries["net"], entries["adds_up"], entries["has_more"]) == (10, True, True)


def test_an_account_without_entries(books):
    found = explain(books, "5001")
    assert (found["sum"], found["adds_up"], found["months"], found["days"]) == (0, True, [], [])
    assert found["entries"] is None
    assert explain(books, query="?as_of=2025-01-01")["entries"] is None


def test_what_does_not_add_up_is_said(committed_db, superuser_connection):
    """Nobody but a superuser can make it so; the answer then says it instead of hiding it."""
    books = open_books("Alice's Bakery", email="alice@example.com")
    books.api.post("/transactions", books.sale("10.00", transaction_date="2026-02-14"))
    superuser_connection.execute("update ledger_accounttotal set debit = debit + 1 where grain = 'D' and debit > 0")
    found = explain(books)
    assert (found["balance"]["amount"], found["sum"], found["adds_up"]) == (10, 11, False)
    assert (found["entries"]["net"], found["entries"]["adds_up"]) == (10, False)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?as_of=31.01.2026", "as_of"),
        ("?as_of=1899-12-31", "as_of"),
        ("?day=2026-02-30", "day"),
        ("?day=2026-02-02&as_of=2026-02-01", "day"),
        ("?month=2026-01", "month"),
        ("?day=2026-02-02&day=2026-02-02", "day"),
    ],
)
def test_bad_parameters_are_named(books, query, field):
    refused = explain(books, query=query)
    assert refused.status == 400
    assert field in refused.error["details"]["fields"]
