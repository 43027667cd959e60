"""Making an item, changing it, and deleting it. Documents keep what it said when they were written."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.accounts.choosing import check_named
from ledger.errors import ItemCodeTaken, TaxInactive
from ledger.items.answers import item_answer
from ledger.items.models import Item, ItemTax
from ledger.taxes.models import Tax
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.money import MoneyError, read_amount
from organizations.tenants.models import Organization

CREATED = event("item.created")
UPDATED = event("item.updated")
DELETED = event("item.deleted")

PRICE_DECIMALS = 8
MOST_TAXES = 10
PRICES = ("sale_price", "purchase_price")
ACCOUNTS = ("revenue_account_id", "expense_account_id")
#: Field of the API → whether its taxes are of sales.
TAXES = {"sales_tax_ids": True, "purchase_tax_ids": False}


def _read_prices(values: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """Prices as written, up to eight decimals; below zero for what is a discount. Raises Invalid."""
    found, problems = {}, {}
    for name in PRICES:
        if name not in values:
            continue
        found[name] = None
        if values[name] is not None:
            try:
                found[name] = read_amount(values[name], decimals=PRICE_DECIMALS, allow_zero=True, signed=True)
            except MoneyError as problem:
                many = problem.code == "amount_too_precise"
                problems[name] = f"At most {PRICE_DECIMALS} decimals." if many else problem.message
    if problems:
        raise Invalid(fields=problems)
    return found


@transaction.atomic
def create_item(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    code: str = "",
    description: str = "",
    unit: str = "",
    currency: str | None = None,
    sale_price: object = None,
    purchase_price: object = None,
    revenue_account_id: int | None = None,
    expense_account_id: int | None = None,
    sales_tax_ids: Sequence[int] = (),
    purchase_tax_ids: Sequence[int] = (),
    is_active: bool = True,
    metadata: dict[str, str] | None = None,
) -> Item:
    """Make an item. Prices are in its currency, by default the base currency.

    Raises Invalid, ItemCodeTaken, AccountNotFound, AccountInactive, AccountUnfit, TaxInactive.
    """
    columns = {
        "name": name,
        "code": code,
        "description": description,
        "unit": unit,
        "currency_id": currency or organization.base_currency_id,
        "revenue_account_id": revenue_account_id,
        "expense_account_id": expense_account_id,
        "is_active": is_active,
        "metadata": metadata or {},
        **_read_prices({"sale_price": sale_price, "purchase_price": purchase_price}),
    }
    taxes = {"sales_tax_ids": list(sales_tax_ids), "purchase_tax_ids": list(purchase_tax_ids)}
    item = Item(organization=organization)
    _check(organization, item, columns, taxes, {})
    for column, value in columns.items():
        setattr(item, column, value)
    item.save(force_insert=True)
    for field, numbers in taxes.items():
        _put_taxes(item, TAXES[field], numbers)
    item = _shown(organization, item.pk)
    record(CREATED, actor=actor, organization_id=organization.pk, entity_id=item.public_id, after=item_answer(item))
    return item


@transaction.atomic
def update_item(*, actor: Actor, organization: Organization, item_id: int, changes: Mapping[str, Any]) -> Item:
    """Change an item; a list of taxes replaces the one before. Documents that name it stay as they are.

    Raises NotFound, Invalid, ItemCodeTaken, AccountNotFound, AccountInactive, AccountUnfit, TaxInactive.
    """
    _hold(organization, item_id)
    item = _shown(organization, item_id)
    before = item_answer(item)
    columns = {"currency_id" if name == "currency" else name: value for name, value in changes.items()}
    taxes = {field: list(columns.pop(field)) for field in TAXES if field in columns}
    columns |= _read_prices(columns)
    had = {field: [row.tax_id for row in item.taxes.all() if row.is_sale is sale] for field, sale in TAXES.items()}
    taxes = {field: numbers for field, numbers in taxes.items() if numbers != had[field]}
    columns = {name: value for name, value in columns.items() if getattr(item, name) != value}
    _check(organization, item, columns, taxes, had)
    columns = {name: value for name, value in columns.items() if getattr(item, name) != value}
    if not columns and not taxes:
        return item
    for field, numbers in taxes.items():
        ItemTax.objects.of(organization).filter(item=item.pk, is_sale=TAXES[field]).delete()
        _put_taxes(item, TAXES[field], numbers)
    # Also where only taxes change: the row says when it was changed.
    Item.objects.of(organization).filter(pk=item.pk).update(**{"name": item.name, **columns})
    item = _shown(organization, item.pk)
    record(
        UPDATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=item.public_id,
        before=before,
        after=item_answer(item),
    )
    return item


@transaction.atomic
def delete_item(*, actor: Actor, organization: Organization, item_id: int) -> None:
    """Delete an item. Raises NotFound."""
    _hold(organization, item_id)
    before = item_answer(_shown(organization, item_id))
    ItemTax.objects.of(organization).filter(item=item_id).delete()
    Item.objects.of(organization).filter(pk=item_id)._raw_delete(using="default")
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=before["id"], before=before)


def _hold(organization: Organization, item_id: int) -> None:
    """Lock an item until the end. Raises NotFound."""
    rows = Item.objects.of(organization).select_for_update(of=("self",)).filter(pk=item_id)
    if not rows.values_list("pk").first():
        raise NotFound()


def _shown(organization: Organization, item_id: int) -> Item:
    return Item.objects.of(organization).prefetch_related("taxes").get(pk=item_id)


def _check(
    organization: Organization,
    item: Item,
    columns: dict[str, Any],
    taxes: Mapping[str, list[int]],
    had: Mapping[str, list[int]],
) -> None:
    """Check what is new of an item, and clean its words in ``columns``."""
    problems = {}
    for name in ("name", "code", "unit"):
        if name in columns:
            columns[name] = " ".join(columns[name].split())
    if not columns.get("name", "a name"):
        problems["name"] = "A name is needed."
    currency = columns.get("currency_id", item.currency_id)
    if decimals_of(currency) is None:
        problems["currency_id"] = f"{currency} is not a currency of ISO 4217."
    for field, numbers in taxes.items():
        if len(set(numbers)) != len(numbers) or len(numbers) > MOST_TAXES:
            problems[field] = f"Each tax once, and at most {MOST_TAXES}."
    wanted = {number for numbers in taxes.values() for number in numbers}
    found = Tax.objects.of(organization).in_bulk(wanted) if wanted else {}
    for field, numbers in taxes.items():
        if any(number not in found for number in numbers):
            problems[field] = "There is no such tax."
    if problems:
        raise Invalid(fields=problems)
    code = columns.get("code", "")
    if code and Item.objects.of(organization).filter(code=code).exclude(pk=item.pk).exists():
        raise ItemCodeTaken(fields={"code": ItemCodeTaken.message})
    kept = columns if "currency_id" not in columns else {name: getattr(item, name) for name in ACCOUNTS} | columns
    check_named(organization, {name: kept.get(name) for name in ACCOUNTS}, [organization.base_currency_id, currency])
    for field, numbers in taxes.items():
        idle = [found[number].name for number in numbers if not found[number].is_active]
        if any(not found[number].is_active and number not in had.get(field, ()) for number in numbers):
            raise TaxInactive(fields={field: f"Not active: {', '.join(idle)}."})


def _put_taxes(item: Item, is_sale: bool, numbers: Sequence[int]) -> None:
    ItemTax.objects.bulk_create(
        ItemTax(organization_id=item.organization_id, item=item, tax_id=number, is_sale=is_sale, place=place)
        for place, number in enumerate(numbers)
    )
