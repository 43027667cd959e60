"""Opening an account in a small chart, against opening one in a large chart among many others' accounts."""

import json
from statistics import median

import psycopg

from ledger.accounts.opening import NewAccount, open_accounts
from organizations import scoping
from organizations.currencies.models import Currency
from organizations.directory.creating import sign_up
from tests.benchmarks.callers import Request, milliseconds
from tests.concurrency.books import ACTOR, Books

AT_ONCE = 10_000  # accounts in one statement
FILL = """
    insert into ledger_account (
        organization_id, code, name, type, currency_id, description, is_system, status, metadata, lft, rght, tree_id,
        level)
    select %(organization)s, 'L' || %(start)s + n, 'Account ' || %(start)s + n, 'asset', 'USD', '', false, 'active',
           '{}', 1, 2, nextval('ledger_account_tree_seq'), 0
      from generate_series(1, %(count)s) n
"""


def books_with(accounts: int, name: str, superuser_url: str) -> Books:
    """Books with so many accounts; all but ten are loaded by SQL."""
    signed = sign_up(actor=ACTOR, email=f"{name}@example.com", name=name, base_currency=Currency(pk="USD"), mode="live")
    number = signed.organization.pk
    with scoping.acting_in(number):
        wanted = [NewAccount(code=f"1{place:03}", name="Till", type="asset", currency="USD") for place in range(10)]
        opened = open_accounts(actor=ACTOR, organization=signed.organization, accounts=wanted)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("select set_config('app.organization_id', %s, false)", [str(number)])
        connection.execute("select set_config('app.reach', %s, false)", [f"{{{number}}}"])
        for start in range(0, accounts - 10, AT_ONCE):
            count = min(AT_ONCE, accounts - 10 - start)
            connection.execute(FILL, {"organization": number, "start": start, "count": count})
    return Books(signed.organization, signed.secret, {account.code: account.pk for account in opened})


def opening(base_url: str, books: Books, mark: str) -> Request:
    """A request that opens an account; each has a code of its own."""
    account = {"code": f"9@mark@{mark}", "name": "Till", "type": "asset"}
    path = f"/organizations/{books.organization.public_id}/accounts"
    return Request(
        base_url, "POST", path, json.dumps(account).encode(), (f"Authorization: Bearer {books.secret}",), 201, b"@mark@"
    )


def compare(base_url: str, superuser_url: str, *, many: int, others: int, rounds: int, times: int) -> dict:
    """Median milliseconds of opening an account among ten, and among ``many`` with ``others`` beside; their ratio."""
    small = books_with(10, "few-accounts", superuser_url)
    taken: dict[str, list[float]] = {"small": [], "large": []}
    large = books_with(many, "many-accounts", superuser_url)
    for place in range(20):
        books_with(others // 20, f"others-{place}", superuser_url)
    for number in range(rounds):
        taken["small"] += milliseconds(opening(base_url, small, f"a{number}"), times=times)
        taken["large"] += milliseconds(opening(base_url, large, f"a{number}"), times=times)
    few, lots = median(taken["small"]), median(taken["large"])
    return {
        "accounts": [10, many],
        "accounts_of_others": others,
        "milliseconds": [round(few, 2), round(lots, 2)],
        "ratio": round(lots / few, 3),
    }
