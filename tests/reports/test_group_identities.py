"""What must hold of a group whatever its members posted, at any dates, rates and shares; and of cash basis."""

import datetime
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.currencies.quoting import record_rate
from organizations import scoping
from organizations.money import add_up
from reports.balance_sheet import balance_sheet
from reports.cash_flow import cash_flow
from reports.consolidation.consolidated import GroupWish, consolidate
from reports.consolidation.translating import INCOME_RATES
from reports.periods import Period
from reports.statements import Wish
from tests.cast import Books, open_books, open_child
from tests.ledger.trading import Trade, open_trade

CODES = ("1001", "1101", "2001", "3001", "4001", "5001", "5201")
FIRST, LAST = datetime.date(2025, 1, 1), datetime.date(2025, 12, 31)
DAYS = st.dates(FIRST, LAST)
SHARES = st.lists(st.tuples(DAYS, st.integers(0, 100)), max_size=3, unique_by=lambda pair: pair[0])
MANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["open", "closed"])
def group(db, request) -> dict[str, Books]:
    """Three organizations in two currencies, one perhaps with a closed year.

    Each has sixty postings; some are with each other, and do not always agree.
    """
    chance = random.Random(11)
    root = open_books("Root")
    members = {"root": root, "dollars": open_child(root, "Dollars"), "euros": open_child(root, "Euros", currency="EUR")}
    with root.acting():
        for month in range(1, 13):
            rate = {"rate": f"1.{chance.randint(0, 30):02}", "effective_date": datetime.date(2025, month, 1)}
            record_rate(
                actor=root.actor, organization=root.organization, from_currency="EUR", to_currency="USD", **rate
            )
    assert root.api.put("", {"exchange_rate_max_age_days": 366}).status == 200
    root.refresh()
    for books in members.values():
        others = [each.organization.public_id for each in members.values() if each is not books]
        items = [_posting(chance, books, others) for _ in range(60)]
        done = books.api.post("/transactions/batch", {"transactions": items, "mode": "atomic"})
        assert done.status == 200, done.body
    if request.param == "closed":
        assert members["dollars"].api.post("/fiscal-years/2025/close").status in (200, 201)
    return members


def _posting(chance: random.Random, books: Books, others: list[str]) -> dict:
    amount = f"{chance.randint(1, 10**6) / 100:.2f}"
    day = FIRST + datetime.timedelta(days=chance.randrange(365))
    entries = []
    for code, side in zip(chance.sample(CODES, 2), ("debit", "credit"), strict=True):
        other = {"counterparty_organization_id": chance.choice(others)} if chance.random() < 0.3 else {}
        entries.append(books.entry(code, side, amount, metadata=other))
    return {"transaction_date": day.isoformat(), "entries": entries, "auto_post": True}


@given(days=st.tuples(DAYS, DAYS).map(sorted), income_rate=st.sampled_from(INCOME_RATES), shares=SHARES)
@MANY
def test_a_group_is_proven_on_every_day_whatever_its_shares(group, days, income_rate, shares):
    root, euros = group["root"], group["euros"]
    rows = [{"effective_date": day.isoformat(), "percentage": str(part)} for day, part in sorted(shares)]
    with scoping.acting_in(euros.organization.pk):
        type(euros.organization).objects.filter(pk=euros.organization.pk).update(ownership=rows)
    with scoping.acting_in(root.organization.pk, reach=[each.organization.pk for each in group.values()]):
        report = consolidate(GroupWish(root.organization, Period(*days), "USD", income_rate=income_rate))
    assert report["is_balanced"] and all(row["is_proven"] for row in report["proof"])
    assert report["total_assets"] == report["total_liabilities"] + report["total_equity"]
    assert report["equity_of_owners"] + report["minority_interest"] == report["total_equity"]
    assert report["income_of_owners"] + report["minority_income"] == report["net_income"]
    for part in report["sections"]:
        assert part["total"] == add_up(row["amount"] for row in part["rows"])
    names = {each["name"] for each in report["entities"]}
    latest = [part for day, part in sorted(shares) if day <= days[1]]
    assert ("Euros" in names) == (not shares or bool(latest and latest[-1]))


@pytest.fixture
def busy(db) -> Trade:
    """Invoices and bills, some paid in part, credited or in euros."""
    trade = open_trade()
    for number in range(8):
        month = 1 + number % 4
        invoice = trade.invoice(f"{100 + number}.11", issued_at=f"2026-0{month}-1{number}", taxes=[trade.vat])
        bill = trade.bill(f"{50 + number}.07", billed_at=f"2026-0{month}-0{number + 1}", bill_number=f"R{number}")
        if number % 2:
            trade.pay(invoice, "20.03", payment_date=f"2026-05-0{number}")
            trade.pay(bill, "10.01", payment_date=f"2026-05-1{number}")
        if number == 4:
            trade.post(f"/invoices/{invoice['id']}/credit", {"amount": "10.00", "date": "2026-06-02"})
    euros = trade.invoice("100.00", currency_id="EUR", currency_rate="1.10", issued_at="2026-02-01")
    trade.pay(euros, "60.00", payment_date="2026-04-01", currency_rate="1.05")
    return trade


@given(days=st.tuples(*[st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 7, 1))] * 2).map(sorted))
@MANY
def test_cash_basis_ties_on_every_day(busy, days):
    books = busy.books
    with books.acting():
        sheet = balance_sheet(Wish(books.organization, [Period(None, day) for day in days], basis="cash"))
        accrual = balance_sheet(Wish(books.organization, [Period(None, day) for day in days]))
        flow = cash_flow(Wish(books.organization, [Period(*days)], basis="cash"))
    assert sheet["is_balanced"] and flow["is_tied"]
    cash = [next((row["amounts"] for row in each["sections"][0]["rows"] if row["code"] == "1001"), [0, 0])
            for each in (sheet, accrual)]  # fmt: skip
    assert cash[0] == cash[1]
