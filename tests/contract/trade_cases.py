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


INVOICES, BILLS, PAYMENTS = (f"{ORGANIZATION}/{name}" for name in ("invoices", "bills", "payments"))
PAYMENT = f"{PAYMENTS}/<payment_id>"
TRANSFERS = f"{ORGANIZATION}/transfers"
INTEGRATIONS = f"{ORGANIZATION}/integrations"
RECURRING = f"{ORGANIZATION}/recurring"
ONE_RECURRING = f"{RECURRING}/<recurring_id>"


def _document(estate: Estate) -> dict:
    line = {"description": "Bread", "quantity": 2, "unit_price": "5.00", "account_id": estate["other_account_id"]}
    return {"contact_id": estate["trader"], "items": [{**line, "tax_ids": [estate["tax_id"]]}]}


def _paid(estate: Estate) -> dict:
    return {"amount": 1, "allocations": [{"document_id": estate["invoice"]}]}


def _transfer(estate: Estate) -> dict:
    return {"from_account_id": estate["other_account_id"], "to_account_id": estate["account_id"], "amount": 5}


def _connection(estate: Estate) -> dict:
    return {"bank_account_id": estate["account_id"], "enabled": True}


def _schedule(estate: Estate) -> dict:
    entries = [
        {"account_id": estate[name], "entry_type": side, "amount": 5}
        for name, side in (("other_account_id", "debit"), ("account_id", "credit"))
    ]
    return {"frequency": "monthly", "started_at": "2100-01-31", "template": {"entries": entries}}


def _revision(estate: Estate) -> dict:
    return {"template": _schedule(estate)["template"], "effective_from": "2100-06-01"}


def _at(kind: str, state: str = "") -> dict[str, str]:
    return {"document_id": f"{state}{kind}"}


def _documents(name: str, kind: str, first: str) -> dict[str, dict[str, Case]]:
    """The routes of a kind of document; those of drafts, and of what is issued where there is some."""
    one, draft = f"{ORGANIZATION}/{name}/<document_id>", _at(kind, "draft_")
    return {
        f"{ORGANIZATION}/{name}": {"GET": Case(name), "POST": Case(name, 201, _document)},
        one: {
            "GET": Case(name, path=draft),
            "PUT": Case(name, body=_document, path=draft),
            "DELETE": Case(name, 204, path=draft),
        },
        f"{one}/{first}": {"POST": Case(name, body=lambda e: {}, path=draft)},
        f"{one}/cancel": {"POST": Case(name, body=lambda e: {"reason": "Not wanted"}, path=draft)},
        f"{one}/pdf": {"GET": Case(name, path=draft)},
    }


def _issued(name: str, kind: str) -> dict[str, dict[str, Case]]:
    one = f"{ORGANIZATION}/{name}/<document_id>"
    return {
        f"{one}/credit": {"POST": Case(name, 201, lambda e: {"amount": 1}, path=_at(kind))},
        f"{one}/payments": {
            "GET": Case("payments", path=_at(kind)),
            "POST": Case("payments", 201, lambda e: {"amount": 1}, path=_at(kind)),
        },
    }


def _applied(name: str, kind: str, claim: str) -> dict[str, dict[str, Case]]:
    """The routes of a credit that is issued, and one that took a part of what it is applied to."""
    one = f"{ORGANIZATION}/{name}/<document_id>"
    return {
        f"{one}/allocate": {
            "POST": Case(name, body=lambda e: {"allocations": [{"document_id": e[claim]}]}, path=_at(kind))
        },
        f"{one}/unallocate": {
            "POST": Case(name, body=lambda e: {"document_ids": [e[claim]]}, path=_at(kind, "applied_"))
        },
    }


def _batches(name: str, kind: str, first: str) -> dict[str, dict[str, Case]]:
    batch, issue = f"{ORGANIZATION}/{name}/batch", f"{ORGANIZATION}/{name}/batch-{first}"
    return {
        batch: {"POST": Case(name, body=lambda e: {name: [_document(e)]})},
        issue: {"POST": Case(name, body=lambda e: {f"{kind}_ids": [e[f"draft_{kind}"]]})},
    }


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
    **_batches("invoices", "invoice", "issue"),
    **_batches("bills", "bill", "receive"),
    **_documents("invoices", "invoice", "issue"),
    **_issued("invoices", "invoice"),
    f"{INVOICES}/<document_id>/send": {"POST": Case("invoices", body=lambda e: {}, path=_at("invoice"))},
    **_documents("credit-notes", "credit_note", "issue"),
    f"{ORGANIZATION}/credit-notes/<document_id>/send": {
        "POST": Case("credit-notes", 422, lambda e: {}, path=_at("credit_note", "draft_"))
    },
    **_documents("bills", "bill", "receive"),
    **_issued("bills", "bill"),
    **_documents("vendor-credits", "vendor_credit", "receive"),
    **_applied("credit-notes", "credit_note", "invoice"),
    **_applied("vendor-credits", "vendor_credit", "bill"),
    PAYMENTS: {"GET": Case("payments"), "POST": Case("payments", 201, _paid)},
    PAYMENT: {"GET": Case("payments"), "PUT": Case("payments", body=lambda e: {"reference": "Cheque 1"})},
    f"{PAYMENT}/allocate": {"POST": Case("payments", body=lambda e: {"allocations": [{"document_id": e["invoice"]}]})},
    f"{PAYMENT}/unallocate": {
        "POST": Case("payments", body=lambda e: {"document_ids": [e["invoice"]]}, path={"payment_id": "allocated"})
    },
    f"{PAYMENT}/refund": {"POST": Case("payments", 201, lambda e: {"amount": 1})},
    f"{PAYMENT}/reverse": {"POST": Case("payments", body=lambda e: {"reason": "Returned"})},
    INTEGRATIONS: {"GET": Case("integrations")},
    f"{INTEGRATIONS}/<provider>": {
        "PUT": Case("integrations", body=_connection),
        "DELETE": Case("integrations", 204),
    },
    f"{INTEGRATIONS}/events": {"GET": Case("integrations")},
    f"{INTEGRATIONS}/events/<inbox_event_id>/replay": {"POST": Case("integrations")},
    RECURRING: {"GET": Case("recurring"), "POST": Case("recurring", 201, _schedule)},
    ONE_RECURRING: {
        "GET": Case("recurring"),
        "PUT": Case("recurring", body=_revision),
        "DELETE": Case("recurring", 204),
    },
    f"{ONE_RECURRING}/pause": {"POST": Case("recurring", body=lambda e: {"reason": "For a while"})},
    f"{ONE_RECURRING}/resume": {
        "POST": Case("recurring", body=lambda e: {"catch_up": "all"}, path={"recurring_id": "paused_recurring"})
    },
    f"{ONE_RECURRING}/cancel": {"POST": Case("recurring", body=lambda e: {"reason": "Over"})},
    f"{ONE_RECURRING}/run": {"POST": Case("recurring")},
    f"{ONE_RECURRING}/preview": {"GET": Case("recurring")},
    f"{ONE_RECURRING}/executions": {"GET": Case("recurring", path={"recurring_id": "failing_recurring"})},
    f"{ONE_RECURRING}/executions/<execution_id>/retry": {
        "POST": Case("recurring", path={"recurring_id": "failing_recurring"})
    },
    TRANSFERS: {"GET": Case("transfers"), "POST": Case("transfers", 201, _transfer)},
    f"{TRANSFERS}/<transfer_id>": {"GET": Case("transfers")},
    f"{TRANSFERS}/<transfer_id>/reverse": {"POST": Case("transfers", body=lambda e: {"reason": "Twice"})},
    f"{ORGANIZATION}/revaluations": {
        "GET": Case("revaluations"),
        "POST": Case("revaluations", 201, lambda e: {"as_of": "2026-01-31"}),
    },
    f"{ORGANIZATION}/revaluations/<revaluation_id>": {"GET": Case("revaluations")},
    f"{RATES}/<exchange_rate_id>": {"GET": Case("exchange-rates"), "DELETE": Case("exchange-rates", 204)},
}
