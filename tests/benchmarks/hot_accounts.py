"""Sixteen callers on one and the same pair of accounts, against sixteen with a pair each."""

import secrets
from statistics import median

from ledger.accounts.opening import NewAccount, open_accounts
from organizations import ids, scoping
from organizations.currencies.models import Currency
from organizations.directory.creating import sign_up
from tests.benchmarks.callers import Request, requests_per_second
from tests.benchmarks.postings import body
from tests.concurrency.books import ACTOR
from tests.processes import WebServer

CALLERS = 16


def sales(product: WebServer) -> dict[str, list[Request]]:
    """For each caller its request: all on the same accounts, or each on accounts of its own."""
    signed = sign_up(
        actor=ACTOR, email="hot@example.com", name="Hot accounts", base_currency=Currency(pk="USD"), mode="live"
    )
    wanted = [
        NewAccount(code=f"{first}{place:03}", name=f"{kind} {place}", type=kind, currency="USD")
        for first, kind in ((1, "asset"), (4, "revenue"))
        for place in range(CALLERS)
    ]
    with scoping.acting_in(signed.organization.pk):
        opened = open_accounts(actor=ACTOR, organization=signed.organization, accounts=wanted)
    number = {account.code: ids.encode("ACT", account.pk) for account in opened}
    path = f"/organizations/{signed.organization.public_id}/transactions"
    headers = (f"Authorization: Bearer {signed.secret}", f"Idempotency-Key: {secrets.token_hex(4)}-@mark@")

    def request(place: int) -> Request:
        sale = body(number[f"1{place:03}"], number[f"4{place:03}"])
        return Request(product.base_url, "POST", path, sale, headers, 201)

    return {"one_account": [request(0)] * CALLERS, "distinct_accounts": [request(place) for place in range(CALLERS)]}


def compare(product: WebServer, *, rounds: int, seconds: float) -> dict:
    """Postings per second of each, and the median over the rounds of their ratio."""
    asked = sales(product)
    found: list[dict[str, float]] = []
    for number in range(rounds):
        names = list(asked) if number % 2 else list(asked)[::-1]
        found.append(
            {
                name: requests_per_second(asked[name], callers=CALLERS, seconds=seconds, name=f"{number}-{name}")
                for name in names
            }
        )
    return {
        "callers": CALLERS,
        "requests_per_second": {name: round(median(each[name] for each in found), 1) for name in asked},
        "ratio": round(median(each["one_account"] / each["distinct_accounts"] for each in found), 3),
    }
