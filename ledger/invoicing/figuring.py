"""From what a client wrote to what a document says: prices, taxes, accounts, totals.

Whatever many documents name (contacts, items, taxes, accounts) is looked up together, so a batch of thousands costs
as many queries as one. What a line leaves open comes from its item, then from the contact, then from the chart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ledger.accounts.models import Account
from ledger.contacts.models import Contact
from ledger.invoicing.models import SALES, Document
from ledger.invoicing.reading import LineDraft
from ledger.items.models import Item
from ledger.taxes.arithmetic import TaxableLine, TaxedDocument, tax_document
from ledger.taxes.levying import rate_of
from ledger.taxes.models import Tax
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.money import MoneyError, exact, plain_rate, read_amount
from organizations.tenants.models import Organization

PRICE_DECIMALS = 8
LARGEST = Decimal(10) ** 18
NO_LINE_ACCOUNTS = ("receivable", "payable")
NO_ACCOUNT, NO_TAX = "There is no such account.", "There is no such tax."


@dataclass(slots=True)
class Named:
    """What documents name, by key."""

    contacts: dict[int, Contact] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    taxes: dict[int, Tax] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    sales: Account | None = None

    @classmethod
    def by(cls, organization: Organization, contacts: Iterable[int], lines: Iterable[LineDraft]) -> "Named":
        """Everything that these lines and contacts lead to, in five queries."""
        lines = list(lines)
        found = cls()
        found.contacts = Contact.objects.of(organization).in_bulk(set(contacts))
        items = {line.item_id for line in lines if line.item_id is not None}
        if items:
            found.items = {
                item.pk: item for item in Item.objects.of(organization).filter(pk__in=items).prefetch_related("taxes")
            }
        taxes = {number for line in lines for number in line.tax_ids or ()}
        taxes |= {number for item in found.items.values() for sale in (True, False) for number in taxes_of(item, sale)}
        if taxes:
            found.taxes = Tax.objects.of(organization).in_bulk(taxes)
        accounts = {line.account_id for line in lines}
        for contact in found.contacts.values():
            accounts |= {contact.revenue_account_id, contact.expense_account_id}
        for item in found.items.values():
            accounts |= {item.revenue_account_id, item.expense_account_id}
        found.accounts = Account.objects.of(organization).in_bulk(accounts - {None})
        rows = Account.objects.of(organization).filter(role="sales", status="active")
        found.sales = rows.filter(currency=organization.base_currency_id).order_by("code").first()
        return found


def taxes_of(item: Item, sale: bool) -> list[int]:
    """The taxes that an item brings to a line of a sale or of a purchase, in their order."""
    return [row.tax_id for row in item.taxes.all() if row.is_sale is sale]


@dataclass(slots=True)
class Figured:
    """The lines as they are kept, and the totals that they add up to."""

    lines: list[dict[str, Any]]
    taxed: TaxedDocument


def figure(
    organization: Organization, kind: str, contact: Contact, currency: str, rounding: str, lines: Sequence[LineDraft],
    named: Named,
) -> Figured:  # fmt: skip
    """Work a document out. Raises Invalid with every field that is wrong."""
    problems: dict[str, str] = {}
    decimals = decimals_of(currency)
    sale = kind in SALES
    taxable, kept = [], []
    for place, line in enumerate(lines):
        before = len(problems)
        item = _look_up(named.items, line.item_id, f"items[{place}].item_id", "item", problems)
        row = _numbers(line, item, sale, currency, f"items[{place}]", problems)
        tax_ids = line.tax_ids if line.tax_ids is not None else (taxes_of(item, sale) if item else [])
        taxes = [named.taxes.get(number) for number in tax_ids]
        if None in taxes:
            problems[f"items[{place}].tax_ids"] = NO_TAX
        account = _account(organization, line, item, contact, sale, currency, named, f"items[{place}]", problems)
        if len(problems) > before:
            continue
        quantity, unit_price, discount = row
        taxable.append(TaxableLine(quantity, unit_price, discount, tuple(rate_of(tax) for tax in taxes)))
        kept.append(
            {
                "description": line.description or (item.description or item.name if item else ""),
                "quantity": str(plain_rate(quantity)),
                "unit_price": str(shown_price(unit_price, decimals)),
                "discount_percent": str(plain_rate(discount)),
                "account_id": ids.encode("ACT", account.pk),
                "item_id": None if item is None else item.public_id,
                "tax_ids": [ids.encode("TAX", number) for number in tax_ids],
                "metadata": line.metadata,
            }
        )
    if problems:
        raise Invalid(fields=problems)
    taxed = tax_document(taxable, decimals=decimals, rounding=rounding)
    if max(abs(taxed.total), abs(taxed.subtotal), *(abs(line.gross) for line in taxed.lines), Decimal(0)) >= LARGEST:
        raise Invalid(fields={"items": "The amounts are larger than the books can hold."})
    for row, line in zip(kept, taxed.lines, strict=True):
        row["amount"], row["tax_amount"] = str(line.net), str(line.tax)
        row["taxes"] = [
            {"tax_id": ids.encode("TAX", rate.tax_id), "base": str(base), "amount": str(amount)}
            for rate, base, amount in line.taxes
        ]
    return Figured(kept, taxed)


def keep(document: Document, figured: Figured) -> None:
    """Write the figures into a draft."""
    document.lines = figured.lines
    document.subtotal, document.tax_amount = figured.taxed.subtotal, figured.taxed.tax_amount
    document.total = figured.taxed.total


def shown_price(price: Decimal, decimals: int) -> Decimal:
    """A price with its currency's decimals, or with more where it has more."""
    short = plain_rate(price) if price else Decimal(0)
    return exact(short, max(decimals, -short.as_tuple().exponent))


def _look_up(rows: dict, number: int | None, path: str, noun: str, problems: dict[str, str]):
    if number is not None and number not in rows:
        problems[path] = f"There is no such {noun}."
    return rows.get(number)


def _numbers(line, item, sale, currency, path, problems) -> tuple[Decimal, Decimal, Decimal] | None:
    price = line.unit_price
    if price is None and item is not None and item.currency_id == currency:
        price = item.sale_price if sale else item.purchase_price
    if price is None:
        problems[f"{path}.unit_price"] = "This field is required."
    found = []
    for name, value, options in (
        ("quantity", line.quantity, {"decimals": PRICE_DECIMALS}),
        ("unit_price", 0 if price is None else price, {"decimals": PRICE_DECIMALS, "allow_zero": True, "signed": True}),
        ("discount_percent", line.discount_percent, {"decimals": 4, "allow_zero": True}),
    ):
        try:
            found.append(read_amount(value, **options))
        except MoneyError as problem:
            problems[f"{path}.{name}"] = problem.message
    if len(found) == 3 and found[2] > 100:
        problems[f"{path}.discount_percent"] = "At most 100."
    return tuple(found) if len(found) == 3 else None


def _account(organization, line, item, contact, sale, currency, named, path, problems) -> Account | None:
    """The account of a line, which takes the document's currency or the base currency."""
    number = line.account_id
    for source in (item, contact):
        if number is None and source is not None:
            number = source.revenue_account_id if sale else source.expense_account_id
    account = named.accounts.get(number) if number is not None else (named.sales if sale else None)
    if account is None and number is None:
        problems[f"{path}.account_id"] = "This field is required."
    else:
        problem = account_problem(account, currency, organization.base_currency_id)
        if problem is not None:
            problems[f"{path}.account_id"] = problem
    return account


def account_problem(account: Account | None, currency: str, base: str) -> str | None:
    """Why an account cannot be that of a line in a currency; None if it can."""
    if account is None:
        return NO_ACCOUNT
    if account.currency_id not in (currency, base):
        return f"The account is in {account.currency_id}."
    if account.role in NO_LINE_ACCOUNTS:
        return "The control account takes the total by itself."
    return None
