"""One line for several entries, several lines for one entry, and either less a fee: candidates, with their points.

What is surely matched one to one stays out of it. The rest of the lines and entries is
searched for sets that belong together and add up. A fee is looked for where one entry, or a
whole set, is a little more than what is on the other side: what came in is less than what was
booked by what the bank kept, or what went out is more by what it charged.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciliation.scoring import weights
from reconciliation.scoring.evidence import Evidence, doublings, is_within_reach
from reconciliation.scoring.gathering import Bundle, bundles, keys_of_entry, keys_of_line
from reconciliation.scoring.reading import ReadEntry, ReadLine

#: Business days from the books to the bank if the bank kept a fee.
FEE_REACH = 5
#: Bundles that are weighed for one row. With so many none would be clear, and where a fee is looked for, none is.
MOST_NEAR = 20
#: Rows and sets that are a fee away from a line, near in date or not: with more of them none is looked at.
MOST_LOOKED_AT = 2_000
#: A fee is usual if so many lines with a word lose it, and at least one in so many of those that have the word.
USUAL = 3
USUAL_SHARE = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines and entries that may be one thing. ``margin`` is what is known of it so far, None for nothing."""

    lines: tuple[ReadLine, ...]
    entries: tuple[ReadEntry, ...]
    fee: int
    features: dict[str, int]
    margin: int | None = None
    crowded: bool = False

    @property
    def score(self) -> int:
        return sum(self.features.values())


@dataclass(frozen=True, slots=True)
class FeeBounds:
    """The most that a bank may have kept: thousandths of what is on the statement, and smallest units."""

    thousandths: int
    units: int

    def most(self, units: int) -> int:
        """The most for lines of so many units."""
        return min(abs(units) * self.thousandths // 1000, self.units)


class Bundler:
    """Finds candidates among the lines and entries that are still open."""

    def __init__(self, lines: Sequence[ReadLine], entries: Sequence[ReadEntry], evidence: Evidence, fees: FeeBounds):
        self.lines, self.entries, self.evidence, self.fees = lines, entries, evidence, fees

    def candidates(self) -> Iterator[Candidate]:
        """All candidates but those of one line and one entry that are equal."""
        lines_of, entries_of = _by_units(self.lines), _by_units(self.entries)
        of_entries, booked = bundles(self.entries, keys_of_entry, lines_of, max(map(abs, lines_of), default=0))
        for line, bundle in _within_reach(of_entries, lines_of):
            yield self._candidate((line,), bundle.rows, bundle)
        of_lines, banked = bundles(self.lines, keys_of_line, entries_of, max(map(abs, entries_of), default=0))
        for entry, bundle in _within_reach(of_lines, entries_of):
            yield self._candidate(bundle.rows, (entry,), bundle)
        yield from self._usual_or_not([*self._less_fee(booked, banked)])

    def _less_fee(self, booked: Iterable[Bundle], banked: Iterable[Bundle]) -> Iterator[Candidate]:
        """Sets and single rows on both sides, not sets on both, that differ by no more than a fee."""
        ranked = [(bundle.units, bundle.rows[0].day, bundle) for bundle in booked]
        ranked += [(entry.units, entry.day, Bundle((entry,), "", 1)) for entry in self.entries]
        ranked.sort(key=lambda each: each[0])
        units = [each[0] for each in ranked]
        for paid in (*(Bundle((line,), "", 1) for line in self.lines), *banked):
            low, day = paid.units, paid.rows[0].day
            places = range(bisect_left(units, low + 1), bisect_right(units, low + self.fees.most(low)))
            if len(places) > MOST_LOOKED_AT:
                continue
            near = [ranked[at][2] for at in places if 0 <= day - ranked[at][1] <= FEE_REACH]
            if len(near) > MOST_NEAR:
                continue
            near = [each for each in near if _may_differ_by_a_fee(paid, each)]
            for due in near:
                if self._is_of_one(paid.rows, due.rows):
                    bundle = due if len(due.rows) > 1 else paid
                    yield self._candidate(paid.rows, due.rows, bundle, due.units - low, len(near))

    def _candidate(self, lines, entries, bundle: Bundle, fee: int = 0, rivals: int = 1) -> Candidate:
        parts = max(lines, entries, key=len)
        pairs = [(line, entry) for line in lines for entry in entries]
        features = {
            "amount": weights.AMOUNT,
            **self._dates(pairs),
            "name": self._name(pairs),
            "history": sum(self.evidence.experience(*pair) for pair in pairs) // len(pairs),
            "rule": sum(self.evidence.rule(*pair) for pair in pairs) // len(pairs),
            **self._references(pairs),
        }
        if fee:
            features["rarity"] = max(0, weights.RARITY_OF_SHARED - doublings(rivals) * weights.DOUBLING // 8)
            features["fee"] = weights.FEE
        else:
            features["rarity"] = self.evidence.rarity_of_sum([row.units for row in parts], bundle.ways)
        if len(parts) > 1:
            features["together"] = weights.TOGETHER[bundle.reason]
            features["parts"] = weights.PARTS_CHOSEN if bundle.ways > 1 else weights.PARTS_WHOLE
        return Candidate(lines, entries, fee, {name: points for name, points in features.items() if points})

    def _is_of_one(self, lines: Sequence[ReadLine], entries: Sequence[ReadEntry]) -> bool:
        """Whether more than an amount that is nearly right speaks for it: a name, or a number."""
        pairs = [(line, entry) for line in lines for entry in entries]
        return self._name(pairs) > 0 or any(not line.numbers.isdisjoint(entry.numbers) for line, entry in pairs)

    def _dates(self, pairs: list[tuple[ReadLine, ReadEntry]]) -> dict[str, int]:
        """The mean of each feature; all the pairs are within reach."""
        found = Counter[str]()
        for pair in pairs:
            found.update(self.evidence.dates(*pair))
        return {name: points // len(pairs) for name, points in found.items()}

    def _name(self, pairs: list[tuple[ReadLine, ReadEntry]]) -> int:
        """The mean; but a line for several contacts cannot name them all, and nothing follows if it names none."""
        points = sum(self.evidence.name(line, entry) for line, entry in pairs) // len(pairs)
        several = len({entry.entry.contact for _, entry in pairs}) > 1
        return max(points, 0) if several else points

    def _references(self, pairs: list[tuple[ReadLine, ReadEntry]]) -> dict[str, int]:
        """Numbers in common, by the share of pairs that have one; or else numbers of the lines that are others'."""
        points = [self.evidence.reference(line, entry) for line, entry in pairs]
        common = sum(each.get("reference", 0) for each in points)
        if common:
            return {"reference": common // len(pairs)}
        return {"other_reference": min(each.get("other_reference", 0) for each in points)}

    def _usual_or_not(self, found: list[Candidate]) -> Iterator[Candidate]:
        """A fee is usual where enough of the lines that have a word lose the same share, or the same amount."""
        losing: dict[tuple, set[int]] = defaultdict(set)
        for each in found:
            for key in _fee_keys(each):
                losing[key].add(each.lines[0].line.id)
        for each in found:
            frequencies = ((len(losing[key]), self.evidence.line_words[key[0]]) for key in _fee_keys(each))
            if any(count >= max(USUAL, lines // USUAL_SHARE) for count, lines in frequencies):
                yield replace(each, features=each.features | {"fee": weights.FEE_USUAL})
            else:
                yield each


def _by_units(rows: Iterable) -> dict[int, list]:
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        found[row.units].append(row)
    return dict(found)


def _within_reach(found: Iterable[Bundle], singles: dict[int, list]) -> Iterator[tuple]:
    """Rows, each with some of the bundles of the other side that have its amount and are near in date."""
    count = Counter()
    for bundle in found:
        for row in singles[bundle.units]:
            if count[row] < MOST_NEAR and all(_is_near(row, other) for other in bundle.rows):
                count[row] += 1
                yield row, bundle


def _is_near(row: ReadLine | ReadEntry, other: ReadLine | ReadEntry) -> bool:
    return is_within_reach(row, other) if isinstance(row, ReadLine) else is_within_reach(other, row)


def _may_differ_by_a_fee(paid: Bundle, due: Bundle) -> bool:
    """One sign, near in date, one of the two a single row; and not just two digits exchanged, which nobody kept."""
    if (paid.units > 0) != (due.units > 0) or min(len(paid.rows), len(due.rows)) > 1:
        return False
    if any(not 0 <= line.day - entry.day <= FEE_REACH for line in paid.rows for entry in due.rows):
        return False
    return len(paid.rows) + len(due.rows) > 2 or not digits_exchanged(paid.units, due.units)


def _fee_keys(candidate: Candidate) -> list[tuple]:
    """By what a fee may be usual, for each word of the line: the amount, or the share in tenths of a percent.

    The share is both cut and rounded, so that shares that are nearly the same have one in common.
    """
    booked = abs(sum(entry.units for entry in candidate.entries))
    cut, rounded = candidate.fee * 1_000 // booked, (candidate.fee * 2_000 // booked + 1) // 2
    kinds = (("amount", candidate.fee), ("cut", cut), ("rounded", rounded))
    return [(word, *kind) for word in candidate.lines[0].words for kind in kinds]


def digits_exchanged(one: int, other: int) -> bool:
    """Whether two neighbouring digits have changed places: somebody mistyped."""
    ones, others = str(one), str(other)
    if len(ones) != len(others):
        return False
    apart = [at for at, (a, b) in enumerate(zip(ones, others, strict=True)) if a != b]
    if len(apart) != 2 or apart[1] != apart[0] + 1:
        return False
    return ones[apart[0]] == others[apart[1]] and ones[apart[1]] == others[apart[0]]
