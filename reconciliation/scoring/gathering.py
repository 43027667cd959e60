"""Rows that may be one thing on the other side, and which of them add up to an amount that is looked for.

Rows belong together for a reason that a bookkeeper would give: one transaction, one number,
one contact or name, one text, one word in common. Only such sets are searched, never
whatever happens to add up: among thirty arbitrary amounts, some always do.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from math import comb

from reconciliation.scoring.reading import ReadEntry, ReadLine

#: The most rows of a bundle that is chosen from a set, of one that is a whole set, and of a set that is searched.
MOST_PARTS = 6
MOST_WHOLE = 8
LARGEST_SET = 12
#: What holds rows together, and how many days they may be apart: the sets of one day first, then wider ones.
ROUNDS = (
    ("voucher", 14), ("number", 0), ("contact", 0), ("text", 0), ("word", 0),
    ("number", 14), ("contact", 3), ("contact", 10), ("text", 2), ("word", 1),
)  # fmt: skip
#: Sums that are formed in one round; where the sets are too many, only the smaller ones are searched.
BUDGET = 250_000
#: Bundles of one sum that are kept. Where there are more, none of them would be clear.
MOST_OF_SUM = 200

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
    rows: Iterable[Row], keys_of: Callable[[Row], Iterable[Key]], wanted: Container[int], most: int
) -> tuple[Iterable[Bundle], Iterable[Bundle]]:
    """Bundles whose sum is wanted; and all small sets as they are, whatever their sum.

    No wanted sum is larger than ``most``, whatever its sign. Where several sets have the
    same bundle, it is the one of the first set that takes the fewest choices.
    """
    sets: dict[str, dict[tuple[object, bool], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for reason, key in keys_of(row):
            sets[reason][key, row.units > 0].append(row)
    for members in (members for of_reason in sets.values() for members in of_reason.values()):
        members.sort(key=lambda row: row.date)
    found: dict[tuple[Row, ...], Bundle] = {}
    whole: dict[tuple[Row, ...], Bundle] = {}
    of_sum = Counter[int]()
    for reason, span in ROUNDS:
        windows = list(_windows(sets[reason].values(), span))
        largest = _affordable(windows)
        for members, start, low, high in windows:
            size = high - low
            if low == start and size <= MOST_WHOLE:
                together = tuple(members[start:high])
                whole.setdefault(together, Bundle(together, reason, 1))
            if size > largest:
                continue
            for chosen in _adding_up(members[start:high], wanted, most):
                together = tuple(members[start + at] for at in chosen)
                bundle, known = Bundle(together, reason, comb(size, len(chosen))), found.get(together)
                if known is None and of_sum[bundle.units] < MOST_OF_SUM:
                    of_sum[bundle.units] += 1
                    found[together] = bundle
                elif known and bundle.ways < known.ways:
                    found[together] = bundle
    return found.values(), whole.values()


def _windows(sets: Iterable[list[Row]], span: int) -> Iterator[tuple[list[Row], int, int, int]]:
    """For each row that may be the first of a bundle, where the rows near it begin and end, before it as well."""
    for members in sets:
        dates = [row.date for row in members]
        for start in range(len(members) - 1):
            low, high = bisect_left(dates, dates[start] - span), bisect_right(dates, dates[start] + span)
            if high - start > 1 and high - low <= LARGEST_SET:
                yield members, start, low, high


def _affordable(windows: list[tuple[list[Row], int, int, int]]) -> int:
    """The largest size of sets such that all sums of sets up to it are within the budget."""
    work = [0] * (LARGEST_SET + 1)
    for _, start, low, high in windows:
        work[high - low] += 1 << (high - start - 1)
    spent, size = 0, 1
    while size < LARGEST_SET and spent + work[size + 1] <= BUDGET:
        size += 1
        spent += work[size]
    return size


def _adding_up(rows: list[Row], wanted: Container[int], most: int) -> list[tuple[int, ...]]:
    """Places of the first row and some of the others, which have its sign, that add up to a wanted sum."""
    units = [abs(row.units) for row in rows]
    sign = 1 if rows[0].units > 0 else -1
    found = []
    stack = [((0,), units[0])]
    while stack:
        chosen, before = stack.pop()
        may_grow = len(chosen) < MOST_PARTS - 1
        for at in range(chosen[-1] + 1, len(units)):
            total = before + units[at]
            if total > most:
                continue
            if sign * total in wanted:
                found.append((*chosen, at))
            if may_grow:
                stack.append(((*chosen, at), total))
    return found
