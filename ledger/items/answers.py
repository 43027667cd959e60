"""An item as the API shows it."""

from decimal import Decimal

from ledger.items.models import Item
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact, plain_rate


def price_answer(price: Decimal | None, currency: str) -> Decimal | None:
    """A price with its currency's decimals, or with more where it has more: ``12.50``, ``0.0375``."""
    if price is None:
        return None
    short = plain_rate(price) if price else Decimal(0)
    return exact(short, max(decimals_of(currency), -short.as_tuple().exponent))


def item_answer(item: Item) -> dict:
    """One item; its taxes in the order in which lines take them. Asks for them unless they were fetched along."""
    taxes = sorted(item.taxes.all(), key=lambda row: row.place)
    account, expense = item.revenue_account_id, item.expense_account_id
    return {
        "object": "item",
        "id": item.public_id,
        "organization_id": ids.encode("ORG", item.organization_id),
        "name": item.name,
        "code": item.code,
        "description": item.description,
        "unit": item.unit,
        "currency_id": f"CUR_{item.currency_id}",
        "sale_price": price_answer(item.sale_price, item.currency_id),
        "purchase_price": price_answer(item.purchase_price, item.currency_id),
        "revenue_account_id": None if account is None else ids.encode("ACT", account),
        "expense_account_id": None if expense is None else ids.encode("ACT", expense),
        "sales_tax_ids": [ids.encode("TAX", row.tax_id) for row in taxes if row.is_sale],
        "purchase_tax_ids": [ids.encode("TAX", row.tax_id) for row in taxes if not row.is_sale],
        "is_active": item.is_active,
        "metadata": item.metadata,
        "created_at": item.created_at,
        "updated_at": item.updated_at,
    }
