"""Trade at the demonstration company: customers and vendors, invoices and bills of the last four months, and payments.

Told by days before today, so that there is always something overdue, something part-paid, and something to pay.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts.models import Account
from ledger.contacts.keeping import create_contact
from ledger.contacts.models import Contact
from ledger.currencies.quoting import record_rate
from ledger.invoicing.crediting import Wish, credit_document
from ledger.invoicing.drafting import create_document, new_document
from ledger.invoicing.issuing import held_document, issue_new
from ledger.invoicing.models import Document
from ledger.invoicing.reading import LineDraft
from ledger.items.models import Item
from ledger.items.offering import create_item
from ledger.payments.paying import Allocation, NewPayment, record_payment
from ledger.stationery.designing import update_stationery
from ledger.taxes.enacting import create_tax
from organizations.actors import Actor
from organizations.tenants.models import Organization

STATIONERY = {
    "legal_name": "Harbor Coffee Roasters LLC",
    "address": "12 Wharf Street\nPortland, ME 04101",
    "email": "billing@harbor-coffee.example",
    "phone": "+1 207 555 0134",
    "bank_details": "First Harbor Bank\nRouting 011200365 · Account 40 4471 2",
    "footer": "Thank you for drinking our coffee.",
}
CONTACTS = (
    ("Harborview Hotel", "customer", {"email": "accounts@harborview.example", "payment_terms_days": 30}),
    ("Lighthouse Catering", "customer", {"email": "office@lighthouse.example", "payment_terms_days": 14}),
    ("Pine Street School", "customer", {"email": "bursar@pinestreet.example", "payment_terms_days": 30}),
    ("Koffiehuis Rotterdam BV", "customer", {"currency": "EUR", "country": "NL", "payment_terms_days": 30}),
    ("Cascade Dairy", "vendor", {"payment_terms_days": 14}),
    ("Highland Importers", "vendor", {"payment_terms_days": 30}),
    ("Dockside Repairs", "vendor", {"payment_terms_days": 10}),
)
ITEMS = (
    ("BEANS", "Espresso blend, 1 kg", "24.00", "4012"),
    ("RENT", "Machine rental, one month", "180.00", "4012"),
    ("GUEST", "Coffee bar, per guest", "6.50", "4011"),
)
#: Euros in dollars, in ten-thousandths, week by week until this one.
RATES = (10820, 10855, 10841, 10872, 10910, 10955, 10948, 10921, 10903, 10874, 10880, 10917, 10962, 11012, 11030,
         11008, 10986, 10991, 10968)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice: its day, customer, lines (item, how many), and when how much of it was paid (None: the rest)."""

    ago: int
    customer: str
    lines: tuple[tuple[str, int], ...]
    paid: tuple[tuple[int, str | None], ...] = ()
    credited: str = ""


SALES = (
    Sale(118, "Harborview Hotel", (("BEANS", 30), ("RENT", 2)), ((92, None),)),
    Sale(112, "Lighthouse Catering", (("GUEST", 140),), ((101, None),)),
    Sale(104, "Koffiehuis Rotterdam BV", (("BEANS", 40),), ((71, None),)),
    Sale(97, "Pine Street School", (("BEANS", 12),), ((60, None),)),
    Sale(88, "Harborview Hotel", (("BEANS", 28), ("RENT", 2)), ((57, None),)),
    Sale(75, "Lighthouse Catering", (("GUEST", 85),), ((50, "300.00"),)),
    Sale(66, "Koffiehuis Rotterdam BV", (("BEANS", 36),)),
    Sale(57, "Harborview Hotel", (("BEANS", 31), ("RENT", 2)), ((26, None),)),
    Sale(41, "Pine Street School", (("BEANS", 14), ("GUEST", 60)), (), "78.00"),
    Sale(27, "Harborview Hotel", (("BEANS", 33), ("RENT", 2))),
    Sale(16, "Lighthouse Catering", (("GUEST", 110),)),
    Sale(6, "Pine Street School", (("BEANS", 10),)),
)
#: Bills: days ago, vendor, their number, what, its account, how much, and how many days ago it was paid.
BILLS = (
    (96, "Cascade Dairy", "CD-3301", "Milk and cream", "5001", "412.80", 84),
    (70, "Highland Importers", "88120", "Green coffee, 12 bags", "1211", "3840.00", 41),
    (63, "Cascade Dairy", "CD-3377", "Milk and cream", "5001", "438.15", 50),
    (33, "Cascade Dairy", "CD-3419", "Milk and cream", "5001", "401.60", 20),
    (29, "Dockside Repairs", "R-204", "Roaster, new bearing", "5601", "655.00", None),
    (24, "Highland Importers", "88345", "Green coffee, 10 bags", "1211", "3310.00", None),
    (4, "Cascade Dairy", "CD-3460", "Milk and cream", "5001", "396.90", None),
)


def tell_of_trade(actor: Actor, organization: Organization, today: datetime.date) -> None:
    """Open the trade and tell all of it."""
    who = {"actor": actor, "organization": organization}
    update_stationery(**who, changes=STATIONERY)
    accounts = dict(Account.objects.of(organization).values_list("code", "pk"))
    tax = create_tax(**who, name="Maine sales tax 5.5%", rate="5.5", account_id=accounts["2101"])
    for weeks, rate in enumerate(reversed(RATES)):
        quoted = {"from_currency": "EUR", "to_currency": "USD", "rate": Decimal(rate).scaleb(-4)}
        record_rate(**who, **quoted, effective_date=_day(today, 7 * weeks))
    contacts = {name: create_contact(**who, name=name, contact_type=kind, **more) for name, kind, more in CONTACTS}
    items = {
        code: create_item(**who, code=code, name=name, sale_price=price, revenue_account_id=accounts[revenue])
        for code, name, price, revenue in ITEMS
    }
    sold = _sell(who, contacts, items, tax.pk, today)
    for sale, invoice in zip(SALES, sold, strict=True):
        _follow(who, accounts, sale, invoice, today)
    _buy(who, contacts, accounts, today)
    line = LineDraft(item_id=items["GUEST"].pk, quantity=45)
    fields = {"contact_id": contacts["Lighthouse Catering"].pk, "lines": [line]}
    create_document(**who, kind="invoice", fields=fields)


def _day(today: datetime.date, ago: int) -> datetime.date:
    return today - datetime.timedelta(days=ago)


def _sell(
    who: dict, contacts: dict[str, Contact], items: dict[str, Item], tax: int, today: datetime.date
) -> list[Document]:
    """Issue all invoices together; exports bear no sales tax."""
    documents = []
    for sale in SALES:
        customer = contacts[sale.customer]
        taxes = [] if customer.currency_id == "EUR" else [tax]
        price = "22.50" if customer.currency_id == "EUR" else None
        lines = [
            LineDraft(item_id=items[code].pk, quantity=many, unit_price=price, tax_ids=taxes)
            for code, many in sale.lines
        ]
        fields = {"contact_id": customer.pk, "lines": lines, "date": _day(today, sale.ago)}
        documents.append(new_document(who["organization"], "invoice", fields))
    issue_new(**who, documents=documents)
    return documents


def _follow(who: dict, accounts: dict[str, int], sale: Sale, invoice: Document, today: datetime.date) -> None:
    """What happened to an invoice later: payments, and a credit."""
    for ago, amount in sale.paid:
        paid = NewPayment(
            amount=amount or invoice.total,
            account_id=accounts["1013" if invoice.currency_id == "EUR" else "1001"],
            date=_day(today, ago),
            method="bank transfer",
            reference=invoice.number,
            allocations=[Allocation(invoice.pk)],
        )
        record_payment(**who, new=paid)
    if sale.credited:
        held = held_document(who["organization"], "invoice", invoice.pk)
        wish = Wish(amount=Decimal(sale.credited), date=_day(today, sale.ago - 5), reason="Twelve guests fewer came.")
        credit_document(**who, document=held, wish=wish)


def _buy(who: dict, contacts: dict[str, Contact], accounts: dict[str, int], today: datetime.date) -> None:
    """Bills, and what was paid of them."""
    bills = []
    for ago, vendor, number, what, code, amount, _ in BILLS:
        line = LineDraft(what, 1, amount, account_id=accounts[code])
        fields = {"contact_id": contacts[vendor].pk, "lines": [line], "date": _day(today, ago), "number": number}
        bills.append(new_document(who["organization"], "bill", fields))
    issue_new(**who, documents=bills)
    for bill, (*_, paid) in zip(bills, BILLS, strict=True):
        if paid is not None:
            new = NewPayment(
                amount=bill.total,
                account_id=accounts["1001"],
                date=_day(today, paid),
                method="bank transfer",
                reference=bill.number,
                allocations=[Allocation(bill.pk)],
            )
            record_payment(**who, new=new)
