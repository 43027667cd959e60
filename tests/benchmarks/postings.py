"""A single posting over HTTP, against the two floors: rounds of all three in turn, so that a busy machine hits all."""

import json
import secrets
import sys
from statistics import median

from organizations import ids
from tests.benchmarks.callers import Request, requests_per_second
from tests.concurrency.books import Books
from tests.processes import WebServer

CALLERS = 8
NAMES = ("crane", "sql", "hordak")


def body(debit, credit) -> bytes:
    """The same sale for all three."""
    lines = [
        {"account_id": account, "entry_type": side, "amount": "100.00"}
        for account, side in ((debit, "debit"), (credit, "credit"))
    ]
    sale = {"transaction_date": "2025-11-20", "type": "income", "description": "Cash sale", "auto_post": True}
    return json.dumps(sale | {"entries": lines}).encode()


def requests(product: WebServer, floors: WebServer, books: Books) -> dict[str, Request]:
    """One request for each of the three. The product's has a key of its own for each sale, new for each run."""
    account = {code: ids.encode("ACT", number) for code, number in books.accounts.items()}
    headers = (
        f"Authorization: Bearer {books.secret}",
        f"Idempotency-Key: {secrets.token_hex(4)}-@mark@",
    )
    path = f"/organizations/{books.organization.public_id}/transactions"
    return {
        "crane": Request(product.base_url, "POST", path, body(account["1001"], account["4001"]), headers, 201),
        "sql": Request(floors.base_url, "POST", "/sql", body(1, 2), (), 201),
        "hordak": Request(floors.base_url, "POST", "/hordak", body(1, 2), (), 201),
    }


def compare(asked: dict[str, Request], *, rounds: int, seconds: float) -> dict:
    """Requests per second of each, and the median over the rounds of the product's ratio to each floor."""
    for name, request in asked.items():
        requests_per_second(request, callers=CALLERS, seconds=min(seconds, 1), name=f"warm-{name}")
    found: list[dict[str, float]] = []
    for number in range(rounds):
        order = NAMES[number % 3 :] + NAMES[: number % 3]
        found.append(
            {
                name: requests_per_second(asked[name], callers=CALLERS, seconds=seconds, name=f"{number}-{name}")
                for name in order
            }
        )
        print(f"round {number + 1}: {found[-1]}", file=sys.stderr, flush=True)
    return {
        "rounds": rounds,
        "callers": CALLERS,
        "requests_per_second": {name: round(median(each[name] for each in found), 1) for name in NAMES},
        "ratio_to_sql_function": round(median(each["crane"] / each["sql"] for each in found), 3),
        "ratio_to_hordak": round(median(each["crane"] / each["hordak"] for each in found), 3),
    }
