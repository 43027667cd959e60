"""Aged receivables and payables: buckets by days, at any past day, tied to the control accounts."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizations.money import add_up
from reports.aged import aged_report
from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def of(report, name: str) -> dict:
    return next(row for row in report["contacts"] if row["name"] == name)


def test_what_is_due_for_how_long_at_the_end_of_a_day(trade):
    """Issued on 10 January with thirty days: due on 9 February. On 31 March it has been due for 50 days, and so on."""
    trade.invoice("100.00")
    trade.invoice("40.00", issued_at="2026-03-01", due_at="2026-03-20")
    trade.invoice("7.00", issued_at="2026-03-30", due_at="2026-03-31")
    report = trade.api.get("/reports/aged-receivables?as_of=2026-03-31")
    buckets = {"current": 7, "1_30": 40, "31_60": 100, "61_90": 0, "over_90": 0}
    assert of(report, "Carla")["buckets"] == buckets and report["totals"] == buckets | {"total": 147}
    assert (report["control_account_balance"], report["difference"]) == (147, 0)
    for day, name in (
        ("2026-02-09", "current"), ("2026-02-10", "1_30"), ("2026-03-11", "1_30"), ("2026-03-12", "31_60"),
        ("2026-04-10", "31_60"), ("2026-04-11", "61_90"), ("2026-05-10", "61_90"), ("2026-05-11", "over_90"),
    ):  # fmt: skip
        found = trade.api.get(f"/reports/aged-receivables?as_of={day}")
        assert of(found, "Carla")["buckets"][name] >= 100, day
    assert trade.api.get("/reports/aged-receivables?as_of=2026-01-09")["contacts"] == []


def test_a_past_day_is_not_changed_by_what_was_paid_later(trade):
    invoice, bill = trade.invoice("100.00"), trade.bill("60.00", bill_number="R-1")
    trade.pay(invoice, "30.00", payment_date="2026-02-20")
    trade.pay(bill, payment_date="2026-02-20")
    before = trade.api.get("/reports/aged-receivables?as_of=2026-02-19")
    after = trade.api.get("/reports/aged-receivables?as_of=2026-02-20")
    assert (before["totals"]["total"], after["totals"]["total"]) == (100, 70)
    assert (before["difference"], after["difference"]) == (0, 0)
    owed = [trade.api.get(f"/reports/aged-payables?as_of=2026-02-{day}")["totals"]["total"] for day in (19, 20)]
    assert owed == [60, 0]


def test_a_payment_on_account_stands_against_what_is_owed(trade):
    trade.pay(trade.invoice("100.00"), "130.00", allow_overpayment=True)
    report = trade.api.get("/reports/aged-receivables?as_of=2026-01-31")
    assert of(report, "Carla")["total"] == -30 and report["difference"] == 0


def test_what_was_posted_by_hand_is_the_difference(trade):
    trade.invoice("100.00")
    entries = [trade.books.entry("1101", "debit", "5.00"), trade.books.entry("4001", "credit", "5.00")]
    made = trade.api.post("/transactions", {"transaction_date": "2026-01-12", "entries": entries, "auto_post": True})
    assert made.status == 201
    report = trade.api.get("/reports/aged-receivables?as_of=2026-01-31")
    assert (report["totals"]["total"], report["control_account_balance"], report["difference"]) == (100, 105, 5)
    one = trade.api.get(f"/reports/aged-receivables?as_of=2026-01-31&contact_id={trade.customer}")
    assert (one["totals"]["total"], one["control_account_balance"]) == (100, None)
    nobody = trade.api.get("/reports/aged-receivables?contact_id=CON_0155692d06600223")
    assert (nobody.status, "contact_id" in nobody.error["details"]["fields"]) == (400, True)


def test_files_have_a_line_for_each_contact(trade):
    trade.invoice("100.00")
    where = f"{trade.api.base}/reports/aged-receivables?as_of=2026-03-31&format=csv"
    content = trade.api.client.get(where, headers={"authorization": f"Bearer {trade.books.key}"}).content.decode()
    assert "row,,Carla,0,0.00,0.00,100.00,0.00,0.00,100.00" in content.split("\r\n")


@given(days=st.lists(st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 6, 30)), min_size=1, max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ageing_ties_to_the_control_account_on_every_day(busy, days):
    with busy.books.acting():
        for day in days:
            for name in ("aged_receivables", "aged_payables"):
                report = aged_report(busy.books.organization, name, as_of=day)
                assert report["difference"] == 0
                assert report["totals"]["total"] == add_up(row["total"] for row in report["contacts"])


@pytest.fixture
def busy(db) -> Trade:
    """Invoices and bills, some paid in part, credited, paid back or in euros."""
    trade = open_trade()
    for number in range(6):
        invoice = trade.invoice(f"{100 + number}.10", issued_at=f"2026-0{1 + number % 4}-1{number}")
        bill = trade.bill(
            f"{50 + number}.05", billed_at=f"2026-0{1 + number % 4}-0{number + 1}", bill_number=f"R{number}"
        )
        if number % 2:
            trade.pay(invoice, "20.00", payment_date=f"2026-05-0{number}")
            trade.pay(bill, payment_date=f"2026-05-1{number}")
        if number == 4:
            trade.post(f"/invoices/{invoice['id']}/credit", {"amount": "10.00", "date": "2026-06-02"})
    euros = trade.invoice("100.00", currency_id="EUR", currency_rate="1.10", issued_at="2026-02-01")
    trade.pay(euros, "100.00", payment_date="2026-04-01", currency_rate="1.05")
    return trade


def test_what_was_open_as_it_was_known(committed_db):
    """After the reading comes a payment that is dated before it: the receipt gives the old answer to the byte."""
    trade = open_trade()
    invoice = trade.invoice("100.00", issued_at="2026-01-10")
    asked = "/reports/aged-receivables?as_of=2026-03-31"
    before, taxes = trade.api.get(asked), trade.api.get("/reports/tax-summary?start_date=2026-01-01&basis=cash")
    trade.pay(invoice, "40.00", payment_date="2026-02-01")
    trade.invoice("7.00", issued_at="2026-02-02", taxes=[trade.vat])
    assert trade.api.get(asked)["totals"]["total"] == Decimal("68.40")
    assert trade.api.get(f"/reports/aged-receivables?known_at={before['receipt']}").body == before.body
    then = trade.api.get(f"{asked}&known_at={before['receipt']}")
    assert (then["totals"]["total"], then["difference"]) == (100, 0)
    assert trade.api.get(f"/reports/tax-summary?known_at={taxes['receipt']}").body == taxes.body
    accrual = trade.api.get(f"/reports/tax-summary?start_date=2026-01-01&known_at={taxes['receipt']}&basis=accrual")
    assert accrual["total_sales_tax"] == 0 and all(row["other"] == 0 for row in accrual["tax_accounts"])
    now = trade.api.get("/reports/tax-summary?start_date=2026-01-01&end_date=2026-12-31")
    assert now["total_sales_tax"] == Decimal("1.40")
