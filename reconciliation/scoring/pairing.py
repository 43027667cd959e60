"""One line, one entry: the candidates of every amount, and the best assignment among them.

Candidates have the same amount, which includes the sign, and are near in date, near with
day and month exchanged, or bear the same number. So each amount is a small problem of its
own. Where hundreds share an amount and a time, each line keeps the candidates that share
its words or numbers, and the nearest in date.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from reconciliation.scoring.assigning import Assignment
from reconciliation.scoring.evidence import SAME_DOCUMENT, TURNED_WINDOW, WINDOW, Evidence
from reconciliation.scoring.reading import ReadEntry, ReadLine

#: Below so many points a pair is no proposal: nothing speaks for it but the amount.
PLAUSIBLE = 200
#: Candidates that each line has where many are alike: all up to the first number, else this many of each sort.
ALL_UP_TO = 32
NEAREST = 12
ALIKE = 24
#: Days that line and entry may be apart if they bear one number, or if hardly anything else has their amount.
FAR_DAYS = 180
HARDLY = 2
#: Margins are counted up to this.
LARGEST_MARGIN = 256
#: Steps of work for one amount.
BUDGET = 400_000


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
    for units in sorted(by_amount):
        some, others = by_amount[units]
        if others:
            yield from _SameAmount(some, others, evidence).pairs()


class _SameAmount:
    """All lines and entries of one amount, those that nobody can tell apart together."""

    def __init__(self, lines: list[ReadLine], entries: list[ReadEntry], evidence: Evidence):
        self.evidence = evidence
        self.lines = _kinds(lines)
        self.entries = sorted(_kinds(entries), key=lambda kind: kind[0].day)
        self.days = [kind[0].day for kind in self.entries]
        self.turned = sorted(
            (kind[0].turned_day, at) for at, kind in enumerate(self.entries) if kind[0].turned_day is not None
        )
        self.by_number: dict[str, list[int]] = defaultdict(list)
        self.by_word: dict[str, list[int]] = defaultdict(list)
        for at, kind in enumerate(self.entries):
            for number in kind[0].numbers:
                self.by_number[number].append(at)
            for key in {word[:4] for word in kind[0].words}:
                self.by_word[key].append(at)

    def pairs(self) -> Iterator[Pair]:
        found = [self._weighed(kind[0]) for kind in self.lines]
        weights = [{at: score - PLAUSIBLE for at, (score, _) in row.items() if score > PLAUSIBLE} for row in found]
        best = Assignment(weights, [len(kind) for kind in self.lines], [len(kind) for kind in self.entries], BUDGET)
        wanting: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for left, row in enumerate(found):
            for right, (score, _) in row.items():
                wanting[right].append((score, left))
        free = [list(kind) for kind in self.entries]
        for left, row in enumerate(best.taken):
            lines = iter(self.lines[left])
            for right, count in sorted(row.items()):
                margin = best.margin_of(left, right, LARGEST_MARGIN)
                score, features = found[left][right]
                rival = self._rival(left, right, found[left], wanting[right])
                for _ in range(count):
                    yield Pair(next(lines), free[right].pop(0), score, features, margin, rival, not best.complete)

    def _rival(self, left, right, row, wanting):
        others = [(score, left, at) for at, (score, _) in row.items() if at != right]
        others += [(score, other, right) for score, other in wanting if other != left]
        if not others:
            return None
        score, left, right = max(others, key=lambda each: (each[0], -each[1], -each[2]))
        return self.lines[left][0], self.entries[right][0], score

    def _weighed(self, line: ReadLine) -> dict[int, tuple[int, dict[str, int]]]:
        low, high = bisect_left(self.days, line.day - WINDOW), bisect_right(self.days, line.day + WINDOW)
        rivals = sum(len(self.entries[at]) for at in range(low, high)) - 1
        found = {}
        for at in self._candidates(line, low, high):
            entry = self.entries[at][0]
            features = self.evidence.weigh(line, entry, max(rivals, 0))
            found[at] = (sum(features.values()), features)
        return found

    def _candidates(self, line: ReadLine, low: int, high: int) -> list[int]:
        chosen = set(range(low, high))
        if len(chosen) > ALL_UP_TO:
            chosen = self._fewer(line, low, high)
        first = bisect_left(self.turned, (line.day - TURNED_WINDOW, -1))
        for turned_day, at in self.turned[first : first + NEAREST]:
            if turned_day <= line.day + TURNED_WINDOW:
                chosen.add(at)
        if len(self.entries) <= HARDLY and len(self.lines) <= HARDLY:
            chosen.update(at for at in range(len(self.entries)) if self._is_not_too_far(line, at))
        for number in line.numbers:
            places = self.by_number.get(number, ())
            if len(places) <= SAME_DOCUMENT:
                chosen.update(at for at in places if self._is_not_too_far(line, at))
        return sorted(chosen)

    def _is_not_too_far(self, line: ReadLine, at: int) -> bool:
        return abs((self.entries[at][0].entry.date - line.line.date).days) <= FAR_DAYS

    def _fewer(self, line: ReadLine, low: int, high: int) -> set[int]:
        middle = bisect_left(self.days, line.day, low, high)
        start = max(low, min(middle - NEAREST // 2, high - NEAREST))
        chosen = set(range(start, min(start + NEAREST, high)))
        for key in sorted({word[:4] for word in line.words}):
            places = self.by_word.get(key, ())
            first, last = bisect_left(places, low), bisect_left(places, high)
            if last - first <= ALIKE:
                chosen.update(places[first:last])
        return chosen


def _kinds(rows: list) -> list[list]:
    kinds: dict[tuple, list] = defaultdict(list)
    for row in rows:
        kinds[row.looks].append(row)
    return list(kinds.values())
