"""Rows that may be one thing on the other side, and which of them add up to an amount that is looked for.

Rows belong together for a reason that a bookkeeper would give: one transaction, one number,
one contact or name, one text, one word in common. Only such sets are searched, never
whatever happens to add up: among thirty arbitrary amounts, some always do.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from math import comb

from reconciliation.scoring.reading import ReadEntry, ReadLine

#: The most rows of a bundle that is chosen from a set, of one that is a whole set, and of a set that is searched.
MOST_PARTS = 6
MOST_WHOLE = 8
LARGEST_SET = 12
#: Days that the rows of a set may be apart, by what holds it together: the sets of one day, and wider ones.
SPANS = {"voucher": (14,), "number": (0, 14), "contact": (0, 3, 10), "text": (0, 2), "word": (0, 1)}
#: Sums that are formed in one run.
BUDGET = 1_500_000

_WORD = re.compile(r"[^\W\d_]{3,}")

Row = ReadLine | ReadEntry
Key = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Some rows of one set, and what holds them together. ``ways``: how many sums of the set were tried for them."""

    rows: tuple[Row, ...]
    reason: str
    ways: int

    @property
    def units(self) -> int:
        return sum(row.units for row in self.rows)


def keys_of_entry(entry: ReadEntry) -> Iterator[Key]:
    """What may hold an entry and others together."""
    yield "voucher", entry.entry.transaction_id
    yield from (("number", number) for number in sorted(entry.numbers))
    if entry.entry.contact:
        yield "contact", entry.entry.contact.casefold()
    yield "text", "".join(letter for letter in entry.entry.description.casefold() if not letter.isdigit())
    yield from (("word", word) for word in dict.fromkeys(_WORD.findall(entry.entry.description.casefold())))


def keys_of_line(line: ReadLine) -> Iterator[Key]:
    """What may hold a line and others together."""
    yield from (("number", number) for number in sorted(line.numbers))
    if line.words:
        yield "contact", line.words
    yield from (("word", word) for word in line.words)


def bundles(
    rows: Iterable[Row], keys_of: Callable[[Row], Iterable[Key]], wanted: Container[int]
) -> tuple[Iterable[Bundle], Iterable[Bundle]]:
    """Bundles whose sum is wanted; and all small sets as they are, whatever their sum."""
    sets: dict[tuple[str, object, bool], list[Row]] = defaultdict(list)
    for row in rows:
        for reason, key in keys_of(row):
            sets[reason, key, row.units > 0].append(row)
    search = _Search(wanted)
    for (reason, _, _), members in sets.items():
        if len(members) > 1:
            members.sort(key=lambda row: row.date)
            for span in SPANS[reason]:
                search.look(members, reason, span)
    return search.found.values(), search.whole


class _Search:
    """Bundles found so far, each once: of several reasons for one bundle, the first that takes fewest choices."""

    def __init__(self, wanted: Container[int]):
        self.wanted = wanted
        self.budget = BUDGET
        self.found: dict[tuple[Row, ...], Bundle] = {}
        self.whole: list[Bundle] = []

    def look(self, members: list[Row], reason: str, span: int) -> None:
        """Search the members, which are in order of date, for sums within so many days of each as the first."""
        dates = [row.date for row in members]
        for start, date in enumerate(dates):
            low, high = bisect_left(dates, date - span), bisect_right(dates, date + span)
            if high - start < 2 or high - low > LARGEST_SET or self.budget <= 0:
                continue
            if low == start and high - low <= MOST_WHOLE:
                self.whole.append(Bundle(tuple(members[start:high]), reason, 1))
            for chosen, units in _sums(members[start:high]):
                self.budget -= 1
                if units in self.wanted:
                    rows = tuple(members[start + at] for at in chosen)
                    bundle = Bundle(rows, reason, comb(high - low, len(chosen)))
                    known = self.found.get(rows)
                    if known is None or bundle.ways < known.ways:
                        self.found[rows] = bundle


def _sums(rows: list[Row]) -> Iterator[tuple[tuple[int, ...], int]]:
    """All sums of the first row with some of the others."""
    stack = [((0,), rows[0].units)]
    while stack:
        chosen, units = stack.pop()
        for at in range(chosen[-1] + 1, len(rows)):
            total = units + rows[at].units
            yield (*chosen, at), total
            if len(chosen) < MOST_PARTS - 1:
                stack.append(((*chosen, at), total))
