"""A year of a café in euros, through HTTP: sales with VAT, suppliers, a machine in dollars, a bad debt, a credit note.

Every figure of the trial balance at the end is worked out by hand beside it.
"""

from decimal import Decimal

import pytest

from ledger.contacts.models import Contact
from tests.cast import open_books
from tests.ledger.trading import Trade


@pytest.fixture
def cafe(db) -> Trade:
    books = open_books("Café Schmidt", email="schmidt@example.com", currency="EUR")
    with books.acting():
        guest = Contact.objects.create(organization=books.organization, name="Office next door")
        roastery = Contact.objects.create(organization=books.organization, name="Roastery", contact_type="vendor")
    for code, name, kind in (("1501", "Equipment", "asset"), ("5801", "Bad Debts", "expense")):
        assert books.api.post("/accounts", {"code": code, "name": name, "type": kind}).status == 201
    books.refresh()
    vat = books.api.post("/taxes", {"name": "USt 20%", "rate": "20", "tax_type": "vat"})["id"]
    return Trade(books, guest.public_id, roastery.public_id, vat)


def transfer_in(cafe: Trade, debit: str, credit: str, amount: str, day: str) -> None:
    entries = [
        {"account_id": cafe.books.account(debit), "entry_type": "debit", "amount": amount},
        {"account_id": cafe.books.account(credit), "entry_type": "credit", "amount": amount},
    ]
    cafe.post("/transactions", {"transaction_date": day, "entries": entries, "auto_post": True})


def test_a_year(cafe):
    vat = [cafe.vat]
    transfer_in(cafe, "1001", "3001", "20000.00", "2025-01-02")  # what the owner put in

    # Catering, twelve times 1,000 net; eleven are paid in full, the last in part.
    for month in range(1, 13):
        invoice = cafe.invoice("1000.00", taxes=vat, issued_at=f"2025-{month:02}-05")
        cafe.pay(invoice, "1200.00" if month < 12 else "700.00", payment_date=f"2025-{month:02}-20")

    # Beans every quarter, 300 net; three bills are paid, of the last one 200.
    for month in (2, 5, 8, 11):
        bill = cafe.bill("300.00", taxes=vat, account="5001", billed_at=f"2025-{month:02}-10", bill_number=f"R-{month}")
        cafe.pay(bill, "360.00" if month < 11 else "200.00", payment_date=f"2025-{month:02}-28")

    # A machine for USD 5,000 at 0.92; half is paid at 0.90, half at 0.95; at the end of June a dollar is 0.93.
    machine = cafe.bill(
        "5000.00", account="1501", currency_id="USD", currency_rate="0.92", billed_at="2025-06-10", bill_number="US-1"
    )
    cafe.pay(machine, "2500.00", currency_rate="0.90", payment_date="2025-06-20")
    rate = {"from_currency": "USD", "to_currency": "EUR", "rate": "0.93", "effective_date": "2025-06-30"}
    cafe.post("/exchange-rates", rate)
    assert cafe.post("/revaluations", {"as_of": "2025-06-30"})["unrealised"] == Decimal("-25.00")  # 2,500 × 0.01
    cafe.pay(machine, "2500.00", currency_rate="0.95", payment_date="2025-07-15")

    # A guest who never pays: 500 net is a bad debt, and its VAT is taken back.
    lost = cafe.invoice("500.00", taxes=vat, issued_at="2025-03-01")
    body = {"reason": "Insolvent", "date": "2025-09-30", "account_id": cafe.books.account("5801")}
    cafe.post(f"/invoices/{lost['id']}/credit", body)
    # A party of which a quarter went back: 200 net, of which 50 are credited; the rest is paid.
    party = cafe.invoice("200.00", taxes=vat, issued_at="2025-10-01")
    cafe.post(f"/invoices/{party['id']}/credit", {"amount": "60.00", "date": "2025-10-05"})
    cafe.pay(party, "180.00", payment_date="2025-10-20")
    # Somebody pays 150 for an invoice of 120: 30 are their credit.
    extra = cafe.invoice("100.00", taxes=vat, issued_at="2025-11-01")
    cafe.pay(extra, "150.00", payment_date="2025-11-10", allow_overpayment=True)

    assert cafe.balances() == {
        # 20,000 + 11 × 1,200 + 700 − 3 × 360 − 200 − 2,250 − 2,375 + 180 + 150
        "1001": Decimal("28325.00"),
        "1101": Decimal("470.00"),  # 500 of December, less the credit of 30
        "1501": Decimal("4600.00"),  # 5,000 × 0.92
        "2001": Decimal("-160.00"),  # of the last beans
        # 12 × 200 + 100 − 100 + 40 − 10 + 20 of sales, less 4 × 60 of beans
        "2101": Decimal("-2210.00"),
        "3001": Decimal("-20000.00"),
        "4001": Decimal("-12750.00"),  # 12,000 + 500 + 200 − 50 + 100; the bad debt stays revenue
        "5001": Decimal("1200.00"),
        "5105": Decimal("25.00"),  # paid 4,625 for what was carried at 4,600
        "5801": Decimal("500.00"),
    }
    assert cafe.api.get("/reports/trial-balance?as_of=2025-06-30").body["is_balanced"]
    numbers = [row["invoice_number"] for row in cafe.api.get("/invoices?sort=created_at&limit=100").data]
    assert numbers == [f"INV-2025-{place:04}" for place in range(1, 16)]
    with cafe.books.acting():
        from ledger.health.examining import examine

        assert [one.name for one in examine(cafe.books.organization.pk) if one.broken] == []
