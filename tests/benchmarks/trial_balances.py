"""The trial balance of large books at any day, against a SELECT of their accounts alone; both in this process."""

import datetime
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from ledger.accounts.models import Account
from organizations import scoping
from reports.periods import Period
from reports.statements import Wish
from reports.trial_balance import trial_balance
from tests.benchmarks.volumes import Spread, books_with
from tests.concurrency.books import Books

FIRST = datetime.date(2025, 1, 1)


def timed(act: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each call."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        found.append((time.perf_counter() - started) * 1000)
    return found


def compare(*, entries: int, accounts: int, days: int, times: int) -> tuple[dict, Books]:
    """Median milliseconds of both, how many times the accounts a trial balance costs; and the books."""
    spread = Spread(pairs=accounts // 2, days=days)
    books = books_with(entries, "wide", spread)
    taken: dict[str, list[float]] = {"accounts": [], "trial_balance": []}
    with scoping.acting_in(books.id):
        for place in range(5):
            day = FIRST + datetime.timedelta(days=(place + 1) * days // 6)
            taken["accounts"] += timed(lambda: list(Account.objects.of(books.id)), times)
            taken["trial_balance"] += timed(
                partial(trial_balance, Wish(books.organization, [Period(None, day)])), times
            )
    alone, whole = median(taken["accounts"]), median(taken["trial_balance"])
    found = {
        "entries": entries,
        "accounts": accounts,
        "days": days,
        "milliseconds": [round(alone, 2), round(whole, 2)],
        "ratio": round(whole / alone, 2),
    }
    return found, books
