"""On which day something is settled: never twice at once, never in closed books, and on the day that was asked for."""

import pytest

from ledger.health.examining import examine
from ledger.health.trade_rules import TRADE
from tests.ledger.trading import Trade, open_trade

JUNE = "start_date=2026-06-01&end_date=2026-06-30"


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def cash_and_accrual(trade: Trade, period: str) -> list[tuple]:
    """Net income and net tax of a period, on the cash basis and on accrual."""
    return [
        tuple(
            trade.api.get(f"/reports/{report}?{period}&basis={basis}").body[figure]
            for report, figure in (("income-statement", "net_income"), ("tax-summary", "net_tax"))
        )
        for basis in ("cash", "accrual")
    ]


def owed(trade: Trade, day: str) -> list:
    return [each["total"] for each in trade.api.get(f"/reports/aged-receivables?as_of={day}").body["contacts"]]


def broken(trade: Trade) -> list[str]:
    """The rules of trade that the doctor finds broken."""
    with trade.books.acting():
        return [one.name for one in examine(trade.books.organization.pk, rules=TRADE) if one.broken]


def june_invoice(trade: Trade, amount="100.00", **more) -> dict:
    return trade.invoice(amount, taxes=[trade.vat], issued_at="2026-06-01", **more)


def test_what_was_freed_today_is_not_settled_again_in_june(trade):
    invoice = june_invoice(trade)
    wrong = trade.pay(invoice, payment_date="2026-06-05")
    trade.post(f"/payments/{wrong['id']}/reverse", {"reason": "Wrong entry"}, status=200)
    right = trade.pay(invoice, "120.00", payment_date="2026-06-06")
    undone = trade.again(wrong)["reversed_on"]
    assert [each["date"] for each in right["allocations"]] == [undone]
    assert cash_and_accrual(trade, JUNE) == [(100, 20), (100, 20)]
    assert broken(trade) == []


def test_a_wrong_entry_that_is_reversed_on_its_own_day_was_never_there(trade):
    invoice = june_invoice(trade)
    wrong = trade.pay(invoice, payment_date="2026-06-05")
    trade.post(f"/payments/{wrong['id']}/reverse", {"date": "2026-06-05"}, status=200)
    right = trade.pay(invoice, "120.00", payment_date="2026-07-06")
    assert [each["date"] for each in right["allocations"]] == ["2026-07-06"]
    assert cash_and_accrual(trade, JUNE) == [(0, 0), (100, 20)]
    assert (owed(trade, "2026-06-30"), owed(trade, "2026-07-31")) == ([120], [])


def test_only_as_much_as_is_not_there_yet_waits(trade):
    invoice = june_invoice(trade)
    first = trade.pay(invoice, "70.00", payment_date="2026-06-05")
    trade.post(f"/payments/{first['id']}/unallocate", {"date": "2026-06-20"}, status=200)
    early, late = (trade.pay(invoice, "50.00", payment_date=f"2026-06-{day}") for day in ("08", "09"))
    assert [early["allocations"][0]["date"], late["allocations"][0]["date"]] == ["2026-06-08", "2026-06-20"]
    # The payment that was taken out was not free before either.
    other = june_invoice(trade, "50.00")
    wish = {"allocations": [{"document_id": other["id"]}], "date": "2026-06-19"}
    refused = trade.refused(f"/payments/{first['id']}/allocate", wish, status=400)
    assert refused["details"]["fields"] == {"date": ["Not before 2026-06-20: not as much was open on both sides."]}
    trade.post(f"/payments/{first['id']}/allocate", wish | {"date": "2026-06-20"}, status=200)
    assert broken(trade) == []


def test_nothing_is_undone_on_a_day_to_come(trade):
    payment = trade.pay(june_invoice(trade), payment_date="2026-06-05")
    for verb in ("unallocate", "reverse"):
        refused = trade.refused(f"/payments/{payment['id']}/{verb}", {"date": "2099-01-01"}, status=400)
        assert "Not after" in refused["details"]["fields"]["date"][0]
    far = trade.pay(june_invoice(trade), payment_date="2199-06-05")
    trade.post(f"/payments/{far['id']}/unallocate", {"date": "2199-06-05"}, status=200)


def test_a_payment_is_not_reversed_while_it_was_allocated(trade):
    payment = trade.pay(june_invoice(trade), payment_date="2026-06-05")
    trade.post(f"/payments/{payment['id']}/unallocate", {"date": "2026-06-20"}, status=200)
    refused = trade.refused(f"/payments/{payment['id']}/reverse", {"date": "2026-06-10"}, status=400)
    assert refused["details"]["fields"] == {"date": ["Not before 2026-06-20: until then it was allocated."]}
    trade.post(f"/payments/{payment['id']}/reverse", {"date": "2026-06-20"}, status=200)
    assert broken(trade) == []


def test_closed_books_stay_as_they_were_though_nothing_is_posted(trade):
    invoice = trade.invoice(taxes=[trade.vat], issued_at="2025-08-05")
    payment = trade.pay(invoice, payment_date="2025-08-10")
    unpaid = trade.invoice("10.00", issued_at="2025-12-01")
    body = {"amount": "10.00", "direction": "in", "contact_id": trade.customer, "payment_date": "2025-12-02"}
    advance = trade.post("/payments", body)
    assert trade.api.post("/fiscal-years/2025/close", {}).status == 200
    year = "start_date=2025-01-01&end_date=2025-12-31"
    before = cash_and_accrual(trade, year)
    assert before == [(100, 20), (110, 20)]
    error = trade.refused(f"/payments/{payment['id']}/unallocate", {"date": "2025-08-20"})
    assert (error["code"], list(error["details"]["fields"])) == ("books_closed", ["date"])
    trade.post(f"/payments/{payment['id']}/unallocate", {"date": "2026-01-02"}, status=200)
    path, wish = f"/payments/{advance['id']}/allocate", {"allocations": [{"document_id": unpaid["id"]}]}
    assert trade.refused(path, wish | {"date": "2025-12-31"})["code"] == "books_closed"
    trade.post(path, wish | {"date": "2026-01-02"}, status=200)
    assert cash_and_accrual(trade, year) == before


@pytest.mark.parametrize(("area", "refused"), [("bank", True), ("sales", False)])
def test_a_payment_is_allocated_under_the_lock_of_the_bank(trade, area, refused):
    """As the payment itself would be: who locks sales first may go on with the bank."""
    payment = trade.pay(june_invoice(trade), payment_date="2026-06-05")
    assert trade.api.put("/lock-dates", {area: "2026-06-30"}).status == 200
    path, wish = f"/payments/{payment['id']}/unallocate", {"date": "2026-06-20"}
    if refused:
        error = trade.refused(path, wish)
        assert (error["code"], error["details"]["area"]) == ("period_locked", area)
        return
    trade.post(path, wish, status=200)


def test_a_prepayment_is_realised_in_the_year_of_its_invoice(trade):
    for day, rate in (("2025-11-01", "1.10"), ("2025-12-01", "1.20")):
        rates = {"from_currency": "EUR", "to_currency": "USD", "rate": rate, "effective_date": day}
        trade.post("/exchange-rates", rates)
    body = {"amount": "100.00", "direction": "in", "contact_id": trade.customer, "currency_id": "EUR"}
    payment = trade.post("/payments", body | {"payment_date": "2025-11-01"})
    invoice = trade.invoice(issued_at="2025-12-01", currency_id="EUR")
    path, wish = f"/payments/{payment['id']}/allocate", {"allocations": [{"document_id": invoice["id"]}]}
    for day, words in (("2025-11-30", "Not before 2025-12-01"), ("2099-01-01", "Not after")):
        error = trade.refused(path, wish | {"date": day}, status=400)
        assert words in error["details"]["fields"]["date"][0]
    allocated = trade.post(path, wish | {"date": "2025-12-01", "day": 1}, status=200)
    assert [(each["date"], each["realised"]) for each in allocated["allocations"]] == [("2025-12-01", -10)]
    assert [each["field"] for each in allocated["warnings"]] == ["day"]
    year = "start_date=2025-01-01&end_date=2025-12-31"
    assert trade.api.get(f"/reports/income-statement?{year}").body["net_income"] == 110
