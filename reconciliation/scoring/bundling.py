"""One line for several entries, several lines for one entry, and either less a fee: candidates, with their points.

What is surely matched one to one stays out of it. The rest of the lines and entries is
searched for sets that belong together and add up. A fee is looked for where one entry, or a
whole set of entries, is a little more than a line: what came in is less than what was
booked by what the bank kept, or what went out is more by what it charged.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciliation.scoring import weights
from reconciliation.scoring.evidence import Evidence, doublings, is_within_reach
from reconciliation.scoring.gathering import Bundle, bundles, keys_of_entry, keys_of_line
from reconciliation.scoring.reading import ReadEntry, ReadLine

#: Business days from the books to the bank if the bank kept a fee.
FEE_REACH = 5
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
    """The most that a bank may have kept: thousandths of what was booked, and smallest units."""

    thousandths: int
    units: int

    def most(self, units: int) -> int:
        """The most for a line of so many units."""
        return min(abs(units) * self.thousandths // 1000, self.units)


class Bundler:
    """Finds candidates among the lines and entries that are still open."""

    def __init__(self, lines: Sequence[ReadLine], entries: Sequence[ReadEntry], evidence: Evidence, fees: FeeBounds):
        self.lines, self.entries, self.evidence, self.fees = lines, entries, evidence, fees
        self.lines_of: dict[int, list[ReadLine]] = defaultdict(list)
        for line in lines:
            self.lines_of[line.units].append(line)
        self.entries_of: dict[int, list[ReadEntry]] = defaultdict(list)
        for entry in entries:
            self.entries_of[entry.units].append(entry)

    def candidates(self) -> Iterator[Candidate]:
        """All candidates but those of one line and one entry that are equal."""
        found, whole = bundles(self.entries, keys_of_entry, self.lines_of, _largest(self.lines))
        for bundle in found:
            for line in self.lines_of[bundle.units]:
                if all(is_within_reach(line, entry) for entry in bundle.rows):
                    yield self._candidate((line,), bundle.rows, bundle)
        found, _ = bundles(self.lines, keys_of_line, self.entries_of, _largest(self.entries))
        for bundle in found:
            for entry in self.entries_of[bundle.units]:
                if all(is_within_reach(line, entry) for line in bundle.rows):
                    yield self._candidate(bundle.rows, (entry,), bundle)
        yield from self._less_fee(whole)

    def _less_fee(self, whole: Iterable[Bundle]) -> Iterator[Candidate]:
        single = (Bundle((entry,), "", 1) for entry in self.entries)
        booked = sorted(
            (each.units, [row.entry.id for row in each.rows], each.rows[0].day, each) for each in (*single, *whole)
        )
        units = [each[0] for each in booked]
        found: list[Candidate] = []
        for line in self.lines:
            first = bisect_left(units, line.units + 1)
            last = bisect_right(units, line.units + self.fees.most(line.units))
            near = [each for _, _, day, each in booked[first:last] if 0 <= line.day - day <= FEE_REACH]
            near = [each for each in near if each.units * line.units > 0 and _is_near(line, each.rows)]
            for bundle in near:
                if len(bundle.rows) == 1 and _digits_exchanged(bundle.units, line.units):
                    continue
                if self._is_of_one(line, bundle.rows):
                    found.append(self._candidate((line,), bundle.rows, bundle, bundle.units - line.units, len(near)))
        yield from self._with_usual_fees(found)

    def _candidate(self, lines, entries, bundle: Bundle, fee: int = 0, rivals: int = 1) -> Candidate:
        one = lines[0] if len(entries) > 1 else entries[0]
        parts = entries if len(entries) > 1 else lines
        pairs = [(line, entry) for line in lines for entry in entries]
        features = {
            "amount": weights.AMOUNT,
            "date": sum(points for pair in pairs for points in self.evidence.dates(*pair).values()) // len(pairs),
            "name": self._name(pairs),
            "history": sum(self.evidence.experience(line, entry) for line, entry in pairs) // len(pairs),
            **self._references(lines, entries),
        }
        if fee:
            features["rarity"] = max(0, weights.RARITY_OF_SHARED - doublings(rivals) * weights.DOUBLING // 8)
            features["fee"] = weights.FEE
        else:
            features["rarity"] = self.evidence.rarity_of_sum(one.units, [row.units for row in parts], bundle.ways)
        if len(parts) > 1:
            features["together"] = weights.TOGETHER[bundle.reason]
            features["parts"] = weights.PARTS_CHOSEN if bundle.ways > 1 else weights.PARTS_WHOLE
        return Candidate(lines, entries, fee, {name: points for name, points in features.items() if points})

    def _is_of_one(self, line: ReadLine, entries: Sequence[ReadEntry]) -> bool:
        """Whether more than an amount that is nearly right speaks for it: a name, or a number."""
        if self._name([(line, entry) for entry in entries]) > 0:
            return True
        return any(not line.numbers.isdisjoint(entry.numbers) for entry in entries)

    def _name(self, pairs: list[tuple[ReadLine, ReadEntry]]) -> int:
        """The mean; but a line for several contacts cannot name them all, and nothing follows if it names none."""
        points = sum(self.evidence.name(line, entry) for line, entry in pairs) // len(pairs)
        several = len({entry.entry.contact for _, entry in pairs}) > 1
        return max(points, 0) if several else points

    def _references(self, lines: Sequence[ReadLine], entries: Sequence[ReadEntry]) -> dict[str, int]:
        """Numbers in common, as a share of the parts that have one; or numbers of the lines that are others'."""
        pairs = [(line, entry) for line in lines for entry in entries]
        points = [self.evidence.reference(line, entry) for line, entry in pairs]
        common = sum(each.get("reference", 0) for each in points)
        if common:
            return {"reference": common // len(pairs)}
        return {"other_reference": min(each.get("other_reference", 0) for each in points)}

    def _with_usual_fees(self, found: list[Candidate]) -> Iterator[Candidate]:
        """A fee is usual where enough of the lines that have a word lose the same share, or the same amount."""
        seen: dict[tuple, set[int]] = defaultdict(set)
        for each in found:
            for key in _fee_keys(each):
                seen[key].add(each.lines[0].line.id)
        for each in found:
            usual = any(
                len(seen[key]) >= max(USUAL, self.evidence.line_words[key[0]] // USUAL_SHARE) for key in _fee_keys(each)
            )
            features = each.features | {"fee": weights.FEE_USUAL if usual else weights.FEE}
            yield Candidate(each.lines, each.entries, each.fee, features)


def _largest(rows: Sequence[ReadLine] | Sequence[ReadEntry]) -> int:
    return max((abs(row.units) for row in rows), default=0)


def _is_near(line: ReadLine, entries: Sequence[ReadEntry]) -> bool:
    return all(0 <= line.day - entry.day <= FEE_REACH for entry in entries)


def _fee_keys(candidate: Candidate) -> list[tuple]:
    """By what a fee may be usual: for each word of the line, the share in tenths of a percent, or the amount."""
    booked = sum(entry.units for entry in candidate.entries)
    share = candidate.fee * 1_000 // abs(booked)
    return [
        (word, *kind) for word in candidate.lines[0].words for kind in (("share", share), ("amount", candidate.fee))
    ]


def _digits_exchanged(one: int, other: int) -> bool:
    """Two neighbouring digits have changed places: somebody mistyped, and nobody kept anything."""
    ones, others = str(one), str(other)
    if len(ones) != len(others):
        return False
    apart = [at for at, (a, b) in enumerate(zip(ones, others, strict=True)) if a != b]
    return (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and ones[apart[0]] == others[apart[1]]
        and ones[apart[1]] == others[apart[0]]
    )
