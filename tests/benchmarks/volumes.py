"""Whether a balance costs more when there is more history: the same accounts and days, few entries and many."""

import time
from dataclasses import dataclass
from statistics import median

from django.db import connection

from ledger.accounts.opening import NewAccount, open_accounts
from organizations import ids, scoping
from organizations.currencies.models import Currency
from organizations.directory.creating import sign_up
from organizations.tenants.models import Organization
from tests.benchmarks.callers import Request, milliseconds
from tests.concurrency.books import ACTOR, Books

FIRST_DAY = "2025-01-01"
AS_OF = "2025-12-20"
CHUNK = 5_000  # transactions in one database transaction

HEADERS = """
    insert into ledger_transaction (
        id, organization_id, type, status, transaction_date, description, reference_number, currency_id, amount,
        total_debits, total_credits, entry_count, reversal_reason, version, metadata)
    select id, %(organization)s, 'journal', 'posted', %(first_day)s::date + (%(start)s + n)::int %% %(days)s, 'Sale',
           '', 'USD', 10, 10, 10, 2, '', 1, '{}'
      from unnest(%(ids)s::bigint[]) with ordinality t (id, n)
"""
ENTRIES = """
    insert into ledger_entry (
        id, organization_id, transaction_id, line_no, account_id, transaction_date, entry_type, currency_id,
        amount, base_amount, currency_rate, description, reference)
    select crane_next_id(), %(organization)s, t.id, s.line,
           (case s.line when 1 then %(debits)s::bigint[] else %(credits)s::bigint[] end)
               [((%(start)s + n) / %(days)s) %% %(pairs)s + 1],
           %(first_day)s::date + (%(start)s + n)::int %% %(days)s, s.side, 'USD', s.amount, s.amount, 1, '', ''
      from unnest(%(ids)s::bigint[]) with ordinality t (id, n)
     cross join (values (1, 'debit', 10), (2, 'credit', -10)) s (line, side, amount)
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Over how many pairs of accounts, and days, entries are spread evenly."""

    pairs: int = 10
    days: int = 365


def books_with(entries: int, name: str, spread: Spread = Spread()) -> Books:
    """Books with so many entries, spread evenly over accounts and days.

    The rows are made by SQL, set by set, as the application: every trigger checks and counts them.
    """
    signed = sign_up(actor=ACTOR, email=f"{name}@example.com", name=name, base_currency=Currency(pk="USD"), mode="live")
    return filled(signed.organization, signed.secret, entries, spread)


def filled(organization: Organization, secret: str, entries: int, spread: Spread) -> Books:
    """The same in an organization that has no accounts yet."""
    with scoping.acting_in(organization.pk):
        opened = open_accounts(
            actor=ACTOR,
            organization=organization,
            accounts=[
                NewAccount(code=f"{first}{place:03}", name=f"{kind} {place}", type=kind, currency="USD")
                for first, kind in ((1, "asset"), (4, "revenue"))
                for place in range(spread.pairs)
            ],
        )
    books = Books(organization, secret, {account.code: account.pk for account in opened})
    for start in range(0, entries // 2, CHUNK):
        _load(books, start, min(CHUNK, entries // 2 - start), spread)
    return books


def _load(books: Books, start: int, count: int, spread: Spread) -> None:
    parameters = {
        "organization": books.id,
        "first_day": FIRST_DAY,
        "start": start,
        "days": spread.days,
        "pairs": spread.pairs,
        "debits": [number for code, number in books.accounts.items() if code.startswith("1")],
        "credits": [number for code, number in books.accounts.items() if code.startswith("4")],
    }
    with scoping.acting_in(books.id), connection.cursor() as cursor:
        cursor.execute("select array(select crane_next_id() from generate_series(1, %s))", [count])
        (parameters["ids"],) = cursor.fetchone()
        cursor.execute(HEADERS, parameters)
        cursor.execute(ENTRIES, parameters)
        cursor.execute("set constraints all immediate")


def reads(base_url: str, books: Books) -> dict[str, Request]:
    """What is measured: an account with its balance, its balance at a day, and the trial balance at a day."""
    organization = f"/organizations/{books.organization.public_id}"
    account = f"{organization}/accounts/{ids.encode('ACT', books.accounts['1003'])}"
    paths = {
        "account": account,
        "balance_as_of": f"{account}/balance?as_of={AS_OF}",
        "trial_balance": f"{organization}/reports/trial-balance?as_of={AS_OF}",
    }
    headers = (f"Authorization: Bearer {books.secret}",)
    return {name: Request(base_url, "GET", path, b"", headers) for name, path in paths.items()}


def compare(base_url: str, *, few: int, many: int, rounds: int, times: int) -> tuple[dict, Books]:
    """Median milliseconds of each read in small and in large books, taken in turn, their ratio; and the large ones."""
    small = books_with(few, "small")
    started = time.perf_counter()
    large = books_with(many, "large")
    loading = time.perf_counter() - started
    asked = {few: reads(base_url, small), many: reads(base_url, large)}
    taken: dict[str, dict[int, list[float]]] = {name: {few: [], many: []} for name in asked[few]}
    for _ in range(rounds):
        for name, by_size in taken.items():
            for size, found in by_size.items():
                found += milliseconds(asked[size][name], times=times)
    result = {"entries": [few, many], "seconds_to_load_the_large": round(loading, 1)}
    for name, by_size in taken.items():
        fast, slow = median(by_size[few]), median(by_size[many])
        result[name] = {"milliseconds": [round(fast, 2), round(slow, 2)], "ratio": round(slow / fast, 3)}
    return result, large
