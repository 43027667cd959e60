"""One line, one entry: the candidates of every amount, and the best assignment among them.

Candidates have the same amount, which includes the sign, and are near in date, near with
day and month exchanged, or bear the same number. So each amount is a small problem of its
own. Where hundreds share an amount and a time, each line keeps the candidates that share
its words or numbers, and the nearest in date.
"""

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from reconciliation.scoring.assigning import Assignment
from reconciliation.scoring.evidence import REACH, REACH_BACK, REACH_OF_EXCHANGED, SAME_DOCUMENT, Evidence
from reconciliation.scoring.reading import ReadEntry, ReadLine

#: Below so many points a pair is no proposal: nothing speaks for it but the amount.
PLAUSIBLE = 200
#: Candidates of a line within reach: all up to the first number; else the nearest, and those that share most with it
#: among so many before and after it that share anything.
ALL_UP_TO = 32
NEAREST = 12
ALIKE = 24
LOOKED_AT = 150
#: Days that an entry may be older than its line if they bear one number, or if hardly anything else has their amount.
FAR_DAYS = 180
HARDLY = 2
#: Margins are counted up to this.
LARGEST_MARGIN = 256
#: Steps of work for one amount, and for all.
BUDGET = 2_000_000
BUDGET_OF_ALL = 4_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A line and an entry that the best assignment brings together; ``rival`` is the strongest other pair of either."""

    line: ReadLine
    entry: ReadEntry
    score: int
    features: dict[str, int]
    margin: int
    rival: tuple[ReadLine, ReadEntry, int] | None
    crowded: bool


def pairs_of(lines: list[ReadLine], entries: list[ReadEntry], evidence: Evidence) -> Iterator[Pair]:
    """The best pairs for all amounts, by amount. Lines and entries come in a fixed order."""
    by_amount: dict[int, tuple[list[ReadLine], list[ReadEntry]]] = {}
    for line in lines:
        by_amount.setdefault(line.units, ([], []))[0].append(line)
    for entry in entries:
        if entry.units in by_amount:
            by_amount[entry.units][1].append(entry)
    budget = BUDGET_OF_ALL
    for units in sorted(by_amount):
        some, others = by_amount[units]
        if others:
            problem = _SameAmount(some, others, evidence, min(budget, BUDGET))
            yield from problem.pairs()
            budget -= problem.spent


class _SameAmount:
    """All lines and entries of one amount, those that nobody can tell apart together."""

    def __init__(self, lines: list[ReadLine], entries: list[ReadEntry], evidence: Evidence, budget: int):
        self.evidence = evidence
        self.budget, self.spent = budget, 0
        self.lines = _kinds(lines)
        self.entries = sorted(_kinds(entries), key=lambda kind: kind[0].day)
        self.days = [kind[0].day for kind in self.entries]
        self.counted = [0, *accumulate(len(kind) for kind in self.entries)]
        self.turned = sorted(
            (kind[0].turned_day, at) for at, kind in enumerate(self.entries) if kind[0].turned_day is not None
        )
        self.by_number: dict[str, list[int]] = defaultdict(list)
        self.by_key: dict[str, list[int]] = defaultdict(list)
        for at, kind in enumerate(self.entries):
            for number in kind[0].numbers:
                self.by_number[number].append(at)
            for key in _keys(kind[0]):
                self.by_key[key].append(at)

    def pairs(self) -> Iterator[Pair]:
        """The best assignment, pair by pair."""
        found = [self._weighed(kind[0]) for kind in self.lines]
        gains = [{at: score - PLAUSIBLE for at, (score, _) in row.items() if score > PLAUSIBLE} for row in found]
        best = Assignment(gains, [len(kind) for kind in self.lines], [len(kind) for kind in self.entries], self.budget)
        wanting: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for left, row in enumerate(found):
            for right, (score, _) in row.items():
                wanting[right].append((score, left))
        free = [iter(kind) for kind in self.entries]
        for left, row in enumerate(best.taken):
            lines = iter(self.lines[left])
            for right, count in sorted(row.items()):
                margin = best.margin_of(left, right, LARGEST_MARGIN)
                score, features = found[left][right]
                others = [(other, left, at) for at, (other, _) in found[left].items() if at != right]
                others += [(other, at, right) for other, at in wanting[right] if at != left]
                rival = self._rival(others)
                for _ in range(count):
                    yield Pair(next(lines), next(free[right]), score, features, margin, rival, not best.complete)
        self.spent = self.budget - best.budget

    def _rival(self, others: list[tuple[int, int, int]]) -> tuple[ReadLine, ReadEntry, int] | None:
        """The strongest of some pairs that were not made, by score and places."""
        if not others:
            return None
        score, left, right = max(others, key=lambda each: (each[0], -each[1], -each[2]))
        return self.lines[left][0], self.entries[right][0], score

    def _weighed(self, line: ReadLine) -> dict[int, tuple[int, dict[str, int]]]:
        low, high = bisect_left(self.days, line.day - REACH), bisect_right(self.days, line.day + REACH_BACK)
        rivals = max(self.counted[high] - self.counted[low] - 1, 0)
        found = {}
        for at in self._candidates(line, low, high):
            entry = self.entries[at][0]
            features = self.evidence.weigh(line, entry, rivals)
            found[at] = (sum(features.values()), features)
        return found

    def _candidates(self, line: ReadLine, low: int, high: int) -> list[int]:
        chosen = set(range(low, high))
        if len(chosen) > ALL_UP_TO:
            chosen = self._fewer(line, low, high)
        first = bisect_left(self.turned, (line.day - REACH_OF_EXCHANGED, -1))
        near = (at for _, at in self.turned[first : first + NEAREST])
        chosen.update(at for at in near if self.evidence.is_exchanged(line, self.entries[at][0]))
        if len(self.entries) <= HARDLY and len(self.lines) <= HARDLY:
            chosen.update(at for at in range(len(self.entries)) if self._is_before(line, at))
        for number in line.numbers:
            places = self.by_number.get(number, ())
            if len(places) <= SAME_DOCUMENT:
                chosen.update(at for at in places if self._is_before(line, at))
        return sorted(chosen)

    def _is_before(self, line: ReadLine, at: int) -> bool:
        return 0 <= line.date - self.entries[at][0].date <= FAR_DAYS

    def _fewer(self, line: ReadLine, low: int, high: int) -> set[int]:
        """Of too many: the nearest in date, and those that share most words and numbers with the line."""
        middle = bisect_left(self.days, line.day, low, high)
        start = max(low, min(middle - NEAREST // 2, high - NEAREST))
        shared = Counter[int]()
        for key in _keys(line):
            places = self.by_key.get(key, ())
            here = bisect_left(places, middle)
            first = max(bisect_left(places, low), here - LOOKED_AT)
            shared.update(places[first : min(bisect_left(places, high), here + LOOKED_AT)])
        best = heapq.nsmallest(ALIKE, shared, key=lambda at: (-shared[at], abs(at - middle), at))
        return {*range(start, start + NEAREST), *best}


def _keys(row: ReadLine | ReadEntry) -> set[str]:
    """The beginnings of its words, and its numbers."""
    return {word[:4] for word in row.words} | row.numbers


def _kinds(rows: list) -> list[list]:
    kinds: dict[tuple, list] = defaultdict(list)
    for row in rows:
        kinds[row.looks].append(row)
    return list(kinds.values())
