"""Years in which everything looks alike, and more rows than anybody has: work is bounded, answers stay the same."""

import datetime
import json
import os
import random
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest

from reconciliation.practice.parties import FIRST_NAMES, LAST_NAMES
from reconciliation.scoring import bundling, gathering, pairing
from reconciliation.scoring.assigning import Assignment
from reconciliation.scoring.proposing import propose
from reconciliation.scoring.shapes import BankLine, BookEntry
from tests.architecture.house import ROOT

NEW_YEAR = datetime.date(2025, 1, 1)
MANY = 5_000


def alike(text_of, date_of, amount_of=lambda number: Decimal("9.99")):
    """As many lines as entries; what they look like is said by number."""
    lines = [BankLine(n, date_of(n), amount_of(n), text_of(n).upper()) for n in range(MANY)]
    return lines, [BookEntry(n, n, date_of(n), amount_of(n), text_of(n)) for n in range(MANY)]


@pytest.fixture
def work(monkeypatch):
    """Counts the pairs that are weighed and the steps of all assignments."""
    count = Counter()
    weighed, placed = pairing.Evidence.weigh, Assignment.__init__

    def weigh(*args):
        count["pairs"] += 1
        return weighed(*args)

    def place(self, weights, supplies, demands, budget):
        placed(self, weights, supplies, demands, budget)
        count["budget"] += budget - self.budget

    monkeypatch.setattr(pairing.Evidence, "weigh", weigh)
    monkeypatch.setattr(Assignment, "__init__", place)
    return count


def any_day(number):
    return NEW_YEAR + datetime.timedelta(days=number * 7919 % 360)


def some_name(number):
    return f"{FIRST_NAMES[number * 31 % len(FIRST_NAMES)]} {LAST_NAMES[number * 57 % len(LAST_NAMES)]}"


@pytest.mark.parametrize(
    ("text_of", "date_of"),
    [
        (lambda number: "Coffee Bar", lambda number: NEW_YEAR),
        (lambda number: "Coffee Bar", any_day),
        (some_name, lambda number: NEW_YEAR),
        (some_name, any_day),
        (lambda number: f"{some_name(number)} shop {number}", lambda number: NEW_YEAR),
    ],
    ids=["one kind", "one text", "one day", "names", "numbers"],
)
def test_five_thousand_of_one_amount(text_of, date_of, work):
    proposals = propose(*alike(text_of, date_of))
    assert len(proposals) > MANY * 9 // 10
    assert work["pairs"] <= MANY * (pairing.ALL_UP_TO + pairing.NEAREST + pairing.ALIKE)
    assert work["budget"] <= pairing.BUDGET + 100 * MANY


def test_a_club_of_four_hundred_pays_every_month():
    """One amount, 4,800 payments, one day each month: the names tell them apart, and nobody gets another's."""
    chance = random.Random(5)
    members = [f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)} {chr(97 + n % 26)}son" for n in range(400)]
    entries, lines = [], []
    for number in range(12 * 400):
        month, member = divmod(number, 400)
        date = datetime.date(2025, month + 1, chance.choice((1, 1, 2, 3, 5)))
        later = date + datetime.timedelta(days=chance.choice((0, 0, 1, 2)))
        entries.append(BookEntry(number, number, date, Decimal("29.00"), "Club dues", "", members[member]))
        lines.append(BankLine(number, later, Decimal("29.00"), f"DD COLLECTION CLUB {members[member].upper()}"))
    accepted = [each for each in propose(lines, entries) if each.accepted]
    assert len(accepted) > 4_000
    strangers = [each for each in accepted if members[each.line_ids[0] % 400] != members[each.entry_ids[0] % 400]]
    assert strangers == []


def test_sums_that_grow_by_doubling_are_bounded(monkeypatch):
    """Powers of two have a subset for every sum; sets that are too large are not searched."""
    entries = [BookEntry(n, 1, NEW_YEAR, Decimal(2) ** (n % 40), "till takings") for n in range(MANY)]
    lines = [BankLine(n, NEW_YEAR, Decimal(3 + 7 * n), "settlement") for n in range(MANY)]
    tried = Counter()
    searched = gathering._adding_up

    def adding_up(rows, wanted, most):
        tried["sums"] += 1 << len(rows)
        return searched(rows, wanted, most)

    monkeypatch.setattr(gathering, "_adding_up", adding_up)
    propose(lines, entries)
    assert tried["sums"] <= 2 * len(gathering.ROUNDS) * 2 * gathering.BUDGET


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        (lambda number: Decimal("100.00"), lambda number: Decimal("100.50")),
        (lambda number: Decimal(9_800 + number).scaleb(-2), lambda number: Decimal(10_000 + number).scaleb(-2)),
        (lambda number: Decimal("30.00"), lambda number: Decimal("10.00")),
    ],
    ids=["one fee", "every fee", "every third"],
)
def test_bundles_and_fees_without_number_are_bounded(paid, due, monkeypatch):
    lines = [BankLine(n, NEW_YEAR, paid(n), f"payout acme {n % 7}") for n in range(MANY)]
    entries = [BookEntry(n, n, NEW_YEAR, due(n), "acme sales", "", f"acme {n // 6}") for n in range(MANY)]
    count = Counter()
    made = bundling.Bundler._candidate

    def make(*args):
        count["candidates"] += 1
        return made(*args)

    monkeypatch.setattr(bundling.Bundler, "_candidate", make)
    propose(lines, entries)
    assert count["candidates"] <= MANY * bundling.MOST_NEAR


MEASURE = """
import json, pathlib, re, time
from reconciliation.practice.judging import judge
from reconciliation.practice.years import practice_year
from reconciliation.scoring.proposing import propose
year = practice_year({seed}, lines={lines}, entries={entries})
began = time.process_time()
proposals = propose(year.lines, year.entries)
seconds = time.process_time() - began
status = pathlib.Path("/proc/self/status")  # the peak of this process alone, where the system tells it
peak = re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text()) if status.exists() else None
told = repr([(each.line_ids, each.entry_ids, each.score, each.margin, each.runner_up) for each in proposals])
verdict = judge(year, proposals)
figures = dict(seconds=seconds, mebibytes=int(peak[1]) // 1024 if peak else 0, told=told)
print(json.dumps(figures | dict(accepted=verdict.overall.accepted, wrong=len(verdict.wrong))))
"""


def measure(seed, lines, entries, hash_seed="0"):
    program = MEASURE.format(seed=seed, lines=lines, entries=entries)
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True)
    return json.loads(ran.stdout)


def test_every_process_says_the_same():
    one, other = (measure(5, 1_500, 3_000, hash_seed) for hash_seed in ("1", "2"))
    assert one["told"] == other["told"]


@pytest.mark.slow
def test_ten_thousand_lines_against_fifty_thousand_entries():
    """Forty thousand entries without a line. Processor time, so that neighbours on the machine do not count."""
    figures = measure(9, 10_000, 50_000)
    print({name: figures[name] for name in ("seconds", "mebibytes", "accepted", "wrong")})
    assert figures["seconds"] <= 20
    assert figures["mebibytes"] <= 300
    assert figures["accepted"] > 8_000
    assert figures["wrong"] * 200 <= figures["accepted"]
