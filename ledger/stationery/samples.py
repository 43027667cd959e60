"""A document that nobody owes, to look at stationery by."""

import datetime
from decimal import Decimal

from ledger.stationery.answers import looks_of
from ledger.stationery.models import Stationery
from ledger.stationery.papers import Paper, PaperLine, Party, TaxLine
from organizations.money import exact
from organizations.tenants.models import Organization


def sample_paper(organization: Organization, stationery: Stationery, today: datetime.date) -> Paper:
    """An invoice of today with two lines and one tax, in base currency, marked as a sample."""
    currency = organization.base_currency
    prices = [exact(Decimal(price), currency.decimals) for price in (120, 480)]
    subtotal, tax = exact(Decimal(600), currency.decimals), exact(Decimal(120), currency.decimals)
    lines = (
        PaperLine(
            description="Coffee beans, medium roast\nOrganic, in bags of one kilogram",
            quantity=Decimal(10),
            unit_price=Decimal(12),
            amount=prices[0],
            taxes=("VAT 20%",),
        ),
        PaperLine(
            description="Training on site",
            quantity=Decimal(4),
            unit_price=Decimal(120),
            amount=prices[1],
            taxes=("VAT 20%",),
        ),
    )
    return Paper(
        kind="invoice",
        number=f"{stationery.invoice_prefix}-{today.year}-0001",
        order_number="PO 4711",
        issue_date=today,
        due_date=today + datetime.timedelta(days=stationery.payment_terms_days),
        buyer=Party(name="Sample Customer Ltd", address="1 Market Street\nLondon EC1A 1AA", tax_number="GB123456789"),
        currency=currency.code,
        decimals=currency.decimals,
        lines=lines,
        subtotal=subtotal,
        taxes=(TaxLine(name="VAT", rate=Decimal(20), base=subtotal, amount=tax),),
        total=subtotal + tax,
        notes=stationery.default_notes,
        terms=stationery.default_terms,
        watermark="sample",
        **looks_of(organization, stationery),
    )
