"""Does the time of a refusal tell how much of a key was right? Run by ``make audit``; no part of the suite.

As dudect does it (Reparaz, Balasch, Verbauwhede 2017): two kinds of wrong keys in random order, the slowest tenth cut
off, Welch's t. Beyond 4.5 they differ. ``TIMING_SAMPLES=`` of each kind; the more, the finer.
"""

import math
import os
import random
import statistics
import time

import pytest
from django.db import transaction

from organizations.errors import ApiKeyInvalid
from organizations.requests.opening import open_by_key
from tests.cast import open_books

SAMPLES = int(os.environ.get("TIMING_SAMPLES", "10000"))
MOST = 4.5


def refused_after(key: str) -> int:
    """Nanoseconds from a key to its refusal."""
    began = time.perf_counter_ns()
    with pytest.raises(ApiKeyInvalid):
        open_by_key(key, None, ip_address=None, request_id=None)
    return time.perf_counter_ns() - began


def t_of(one: str, other: str) -> float:
    """Welch's t between the times of two kinds of keys."""
    order = [one, other] * SAMPLES
    random.shuffle(order)
    taken = {one: [], other: []}
    for key in order:
        taken[key].append(refused_after(key))
    cut = sorted(taken[one] + taken[other])[int(len(order) * 0.9)]
    kept = [[each for each in all_ if each < cut] for all_ in taken.values()]
    means, spreads = [statistics.fmean(each) for each in kept], [statistics.variance(each) for each in kept]
    error = math.sqrt(sum(spread / len(each) for spread, each in zip(spreads, kept, strict=True)))
    print(f"\n  {means[0] / 1000:.1f} and {means[1] / 1000:.1f} microseconds", end="")
    return (means[0] - means[1]) / error


def test_time_does_not_tell_how_much_of_a_secret_was_right(committed_db):
    head, _, secret = open_books("Timed Ltd").key.rpartition("_")
    last = "A" if secret[-1] != "A" else "B"
    nearly, not_at_all = f"{head}_{secret[:-1]}{last}", f"{head}_{'0' * len(secret)}"
    unknown = "_".join([*head.split("_")[:2], "0" * 12, secret])
    with transaction.atomic():
        found = t_of(nearly, not_at_all)
        print(f": t = {found:.2f} between a key that is nearly right and one that is not at all", end="")
        other = t_of(unknown, not_at_all)
        print(f": t = {other:.2f} between a prefix that nobody has and one that somebody has (it is public)")
    assert abs(found) < MOST
