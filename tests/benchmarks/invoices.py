"""Ten thousand invoices of five lines, issued in one request, against posting the same transactions by batch.

Both go over HTTP. The floor has the entries ready: no prices, no taxes, no numbers, no open items.
"""

import json
import time
from statistics import median

from tests.benchmarks.callers import Request
from tests.ledger.trading import Trade, open_trade
from tests.processes import WebServer

SIZE = 10_000
LINES = 5


def as_invoices(trade: Trade) -> bytes:
    """Invoices of 50.00 and a tax of 20 %."""
    line = {"description": "Coffee", "unit_price": "10.00", "tax_ids": [trade.vat]}
    one = {"contact_id": trade.customer, "issued_at": "2026-01-10", "items": [line] * LINES}
    return json.dumps({"invoices": [one] * SIZE, "issue": True, "mode": "atomic"}, separators=(",", ":")).encode()


def as_transactions(trade: Trade) -> bytes:
    """What these invoices post."""
    account = trade.books.account
    entries = [{"account_id": account("1101"), "entry_type": "debit", "amount": "60.00"}]
    sold = {"account_id": account("4001"), "entry_type": "credit", "amount": "10.00", "description": "Coffee"}
    entries += [sold] * LINES
    entries += [{"account_id": account("2101"), "entry_type": "credit", "amount": "10.00", "description": "VAT 20%"}]
    one = {
        "type": "income",
        "transaction_date": "2026-01-10",
        "contact_id": trade.customer,
        "description": "Invoice",
        "entries": entries,
    }
    body = {"transactions": [one] * SIZE, "auto_post": True, "mode": "atomic"}
    return json.dumps(body, separators=(",", ":")).encode()


def send(product: WebServer, trade: Trade, path: str, body: bytes, mark: str) -> float:
    """Seconds for the request."""
    path = f"/organizations/{trade.books.organization.public_id}/{path}"
    headers = (f"Authorization: Bearer {trade.books.key}", "Idempotency-Key: @mark@")
    request = Request(product.base_url, "POST", path, body, headers, 200)
    with request.connect() as connection:
        connection.settimeout(600)
        started = time.perf_counter()
        answer = request.sender()(connection, mark)
        taken = time.perf_counter() - started
    assert json.loads(answer)["summary"]["succeeded"] == SIZE
    return taken


def compare(product: WebServer, *, rounds: int) -> dict:
    """Median seconds of each, and the speed of issuing as a part of that of posting."""
    trade = open_trade()
    asked = {"issued": ("invoices/batch", as_invoices(trade)), "posted": ("transactions/batch", as_transactions(trade))}
    found: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(rounds):
        for name, (path, body) in asked.items():
            found[name].append(send(product, trade, path, body, f"{name}-{number}"))
    seconds = {name: round(median(taken), 2) for name, taken in found.items()}
    ratio = round(median(found["posted"]) / median(found["issued"]), 2)
    return {"size": SIZE, "lines": LINES, "seconds": seconds, "ratio_to_posting": ratio}
