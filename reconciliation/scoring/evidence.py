"""How much speaks for a line and an entry being the same thing: points by feature."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from reconciliation.scoring import weights
from reconciliation.scoring.reading import ReadEntry, ReadLine
from reconciliation.scoring.references import digits_apart
from reconciliation.scoring.words import likeness

#: For each word of bank lines, what the entries were that such lines were matched with, and how often.
History = Mapping[str, Mapping[str, int]]

#: Business days from the books to the bank, and from the bank to the books, within which an amount finds its like.
REACH, REACH_BACK = len(weights.DATE) - 1, len(weights.DATE_BANK_FIRST) - 1
WITHIN_REACH = REACH + 1 + REACH_BACK
#: Business days around a date with day and month exchanged.
TURNED_REACH = 4

#: A number that more entries bear is not the number of one document.
SAME_DOCUMENT = 2

#: Sets of rows that chance could have made add up, roughly, about as many as there are days within reach.
SETS_WITHIN_REACH = 20

#: Steps of roundness, in smallest units: 500.00 is a multiple of 500.00, 12.34 of nothing but 0.01.
_STEPS = (50_000, 10_000, 5_000, 1_000, 500, 100, 50, 10, 5)
_POINTS_OF_EIGHTH = weights.DOUBLING // 8
#: A word that more than one line in so many has says nothing about who it is.
_COMMON = 32


def doublings(number: int) -> int:
    """Eight times the binary logarithm of a whole number, cut."""
    return (number**8).bit_length() - 1 if number > 0 else 0


class Evidence:
    """Weighs pairs against the background of all lines and entries."""

    def __init__(self, lines: Iterable[ReadLine], entries: Iterable[ReadEntry], history: History | None = None):
        self.history = history or {}
        self.line_words, self.line_numbers = Counter[str](), Counter[str]()
        self.entry_words, self.entry_numbers = Counter[str](), Counter[str]()
        self.lines = self.entries = self.last_day = 0
        for line in lines:
            self.lines += 1
            self.last_day = max(self.last_day, line.day)
            self.line_words.update(line.words)
            self.line_numbers.update(line.numbers)
        amounts, days = set[int](), set[int]()
        for entry in entries:
            self.entries += 1
            self.entry_words.update(entry.words)
            self.entry_numbers.update(entry.numbers)
            amounts.add(entry.units)
            days.add(entry.day)
        self._span = max(max(days) - min(days) + 1, WITHIN_REACH) if days else 1
        self._amounts_like = Counter(map(_size, amounts))
        self._word_points: dict[str, int] = {}

    def weigh(self, line: ReadLine, entry: ReadEntry, rivals: int) -> dict[str, int]:
        """The points of a pair with equal amounts. ``rivals``: other entries of this amount within reach of the line."""
        features = {
            "amount": weights.AMOUNT,
            "rarity": self.rarity(line.units, rivals),
            **self.dates(line, entry),
        }
        features |= {"name": self.name(line, entry)} | self.reference(line, entry)
        features |= {"history": self.experience(line, entry), "rule": rule_points(line, entry)}
        return {name: points for name, points in features.items() if points}

    def dates(self, line: ReadLine, entry: ReadEntry) -> dict[str, int]:
        """By business days apart; also with the entry's day and month exchanged, if its date as it is has no line yet."""
        if is_within_reach(line, entry):
            apart = line.day - entry.day
            points = weights.DATE[apart] if apart >= 0 else weights.DATE_BANK_FIRST[-apart]
            found = {"date": points}
        elif self.is_turned(line, entry):
            apart = abs(line.day - entry.turned_day)
            found = {"date_exchanged": weights.DATE_EXCHANGED + weights.DATE[apart] - weights.DATE[0]}
        elif line.numbers.isdisjoint(entry.numbers):
            found = {"far_apart": weights.FAR_APART}
        else:
            found = {"date_far": weights.DATE_FAR}
        if entry.day > self.last_day:
            found["not_yet"] = weights.NOT_YET
        return found

    def is_turned(self, line: ReadLine, entry: ReadEntry) -> bool:
        """Whether the dates are near with the entry's day and month exchanged, and its own line should be here by now."""
        if entry.turned_day is None or entry.day > self.last_day:
            return False
        return abs(line.day - entry.turned_day) <= TURNED_REACH

    def rarity(self, units: int, rivals: int) -> int:
        """How little chance would give an entry of this amount."""
        step, size = _size(units)
        possible = max((1 << (size - 1)) // step, 1) * self._span
        expected = min(self._amounts_like[step, size] * WITHIN_REACH, possible * self.entries)
        points = _POINTS_OF_EIGHTH * (doublings(possible) - doublings(max(expected, 1)))
        if rivals:
            points = min(points, weights.RARITY_OF_SHARED - _POINTS_OF_EIGHTH * doublings(rivals))
        return max(0, min(points, weights.RARITY_MOST))

    def rarity_of_sum(self, units: int, parts: Sequence[int], ways: int) -> int:
        """How little chance would give a sum of this amount, with so many ways to choose the parts in each near set."""
        step = min(_size(part)[0] for part in parts)
        possible = max((1 << (abs(units).bit_length() - 1)) // step, 1)
        points = _POINTS_OF_EIGHTH * (doublings(possible) - doublings(ways * SETS_WITHIN_REACH))
        return max(0, min(points, weights.RARITY_MOST))

    def name(self, line: ReadLine, entry: ReadEntry) -> int:
        """Words in common, less the words of the contact for which the line has others."""
        found = missing = 0
        used = set[str]()
        for word in entry.words:
            best, chosen = 0, ""
            for other in line.words:
                alike = likeness(word, other)
                if alike > best:
                    best, chosen = alike, other
            if best:
                found += self.word_points(word) * best // 100
                used.add(chosen)
            elif word in entry.contact_words:
                missing += 1
        if missing:
            others = [word for word in line.words if word not in used and len(word) > 1]
            telling = sum(map(self.is_telling, others))
            if telling or not others:
                missing = max(weights.NAME_MISSING * min(missing, telling), weights.NAME_LEAST)
            else:
                missing = weights.NAME_DOUBTFUL
        return min(found, weights.NAME_MOST) + missing

    def word_points(self, word: str) -> int:
        """What it says that an entry has this word: the fewer have it, the more."""
        points = self._word_points.get(word)
        if points is None:
            points = _POINTS_OF_EIGHTH * (doublings(self.entries + 64) - doublings(self.entry_words[word] + 1))
            self._word_points[word] = points = max(0, min(points, weights.NAME_OF_WORD))
        return points

    def is_telling(self, word: str) -> bool:
        """Whether few enough lines have the word for it to be a name."""
        return self.line_words[word] <= max(self.lines // _COMMON, 2)

    def reference(self, line: ReadLine, entry: ReadEntry) -> dict[str, int]:
        """Numbers in common, or numbers of the line that are another entry's."""
        common = line.numbers & entry.numbers
        if common:
            return {"reference": max(self._number_points(number) for number in common)}
        if not entry.numbers:
            named = any(self.entry_numbers[number] == 1 and self.line_numbers[number] <= 2 for number in line.numbers)
            return {"other_reference": weights.REFERENCE_OF_OTHER // 2} if named else {}
        for number in line.numbers:
            if self.line_numbers[number] > max(self.lines // _COMMON, 2):
                continue
            if self.entry_numbers[number]:
                return {"other_reference": weights.REFERENCE_OF_OTHER}
            if any(len(number) == len(own) and digits_apart(number, own) > 1 for own in entry.numbers):
                return {"other_reference": weights.REFERENCE_DIFFERS}
        return {}

    def _number_points(self, number: str) -> int:
        if self.entry_numbers[number] > SAME_DOCUMENT:
            return weights.REFERENCE_SHARED
        return min(
            _POINTS_OF_EIGHTH * (doublings(self.lines + 256) - doublings(self.line_numbers[number])),
            weights.REFERENCE_MOST,
        )

    def experience(self, line: ReadLine, entry: ReadEntry) -> int:
        """The largest share of past matches, over the words of the line, that ended at such an entry."""
        if not self.history:
            return 0
        most, known = 0, entry.known_as
        for word in line.words:
            past = self.history.get(word)
            if past and known in past:
                most = max(most, weights.HISTORY_MOST * past[known] // (sum(past.values()) + 1))
        return most


def _size(units: int) -> tuple[int, int]:
    """Amounts are of one size if they are equally round and equally long in binary."""
    amount = abs(units)
    return next((step for step in _STEPS if amount % step == 0), 1), amount.bit_length()


def is_within_reach(line: ReadLine, entry: ReadEntry) -> bool:
    """Whether their dates are near enough for the amount alone to make them candidates."""
    return -REACH_BACK <= line.day - entry.day <= REACH


def rule_points(line: ReadLine, entry: ReadEntry) -> int:
    """Whether the entry has the contact that a bank rule expects."""
    contact = entry.entry.contact
    if not line.expected or not contact:
        return 0
    return weights.RULE if " ".join(contact.casefold().split()) == line.expected else weights.RULE_OF_OTHER
