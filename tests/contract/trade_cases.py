"""What the routes of trade are for: exchange rates, and what is bought and sold at them."""

from tests.contract.declaring import ORGANIZATION, Case
from tests.contract.estate import Estate
from tests.contract.uploads import contacts, rates

RATES = f"{ORGANIZATION}/exchange-rates"


def _rate(estate: Estate) -> dict:
    return {"from_currency": "GBP", "to_currency": "USD", "rate": "1.27", "effective_date": "2026-01-31"}


CONTACTS = f"{ORGANIZATION}/contacts"
TAXES, ITEMS = f"{ORGANIZATION}/taxes", f"{ORGANIZATION}/items"


def _tax(estate: Estate) -> dict:
    return {"name": "VAT", "rate": "20", "tax_type": "vat", "account_id": estate["other_account_id"]}


def _contact(estate: Estate) -> dict:
    return {"name": "Carla", "email": "carla@example.com", "expense_account_id": estate["account_id"]}


def _item(estate: Estate) -> dict:
    return {"name": "Coffee", "sale_price": "3.50", "sales_tax_ids": [estate["tax_id"]]}


TRADE: dict[str, dict[str, Case]] = {
    RATES: {"GET": Case("exchange-rates"), "POST": Case("exchange-rates", 201, _rate)},
    f"{RATES}/import": {"POST": Case("exchange-rates", 201, rates)},
    f"{RATES}/latest": {"GET": Case("exchange-rates", query="from_currency=EUR&to_currency=USD")},
    CONTACTS: {"GET": Case("contacts"), "POST": Case("contacts", 201, _contact)},
    f"{CONTACTS}/import": {"POST": Case("contacts", 201, contacts)},
    f"{CONTACTS}/<contact_id>": {
        "GET": Case("contacts"),
        "PUT": Case("contacts", body=lambda e: {"enabled": False, "city": "Berlin"}),
        "DELETE": Case("contacts", 204),
    },
    f"{CONTACTS}/<contact_id>/merge": {
        "POST": Case("contacts", body=lambda e: {"contact_id": e["duplicate_id"], "reason": "Kept twice"})
    },
    f"{CONTACTS}/<contact_id>/statement": {"GET": Case("contacts")},
    TAXES: {"GET": Case("taxes"), "POST": Case("taxes", 201, _tax)},
    f"{TAXES}/<tax_id>": {
        "GET": Case("taxes"),
        "PUT": Case("taxes", body=lambda e: {"name": "VAT of today", "account_id": e["other_account_id"]}),
        "DELETE": Case("taxes", 204),
    },
    ITEMS: {"GET": Case("items"), "POST": Case("items", 201, _item)},
    f"{ITEMS}/<item_id>": {
        "GET": Case("items"),
        "PUT": Case("items", body=lambda e: {"purchase_tax_ids": [e["item_tax_id"]]}),
        "DELETE": Case("items", 204),
    },
    f"{RATES}/<exchange_rate_id>": {"GET": Case("exchange-rates"), "DELETE": Case("exchange-rates", 204)},
}
