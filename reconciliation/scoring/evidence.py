"""How much speaks for a line and an entry being the same thing: points by feature, as ``weights`` has them."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from reconciliation.scoring import weights
from reconciliation.scoring.learning import History
from reconciliation.scoring.reading import ReadEntry, ReadLine, known_as, plain_name
from reconciliation.scoring.references import digits_apart
from reconciliation.scoring.words import likeness

#: Business days from the books to the bank, and from the bank to the books, within which equal amounts are candidates.
REACH, REACH_BACK = len(weights.DATE) - 1, len(weights.DATE_BANK_FIRST) - 1
WITHIN_REACH = REACH + 1 + REACH_BACK
#: Business days around a date with day and month exchanged.
REACH_OF_EXCHANGED = 4
#: A number that more entries bear is not the number of one document.
SAME_DOCUMENT = 2
#: Sets within reach that chance could have made add up, roughly: about as many as days.
SETS_WITHIN_REACH = 20

#: Steps of roundness, in smallest units: 500.00 is a multiple of 500.00, 12.34 of nothing but 0.01.
_STEPS = (50_000, 10_000, 5_000, 1_000, 500, 100, 50, 10, 5)
_POINTS_OF_EIGHTH = weights.DOUBLING // 8
#: A word or number that more than one line in so many has says nothing about who it is.
_FREQUENT = 32


def doublings(number: int) -> int:
    """Eight times the binary logarithm of a whole number, cut; nothing for less than 1."""
    return (number**8).bit_length() - 1 if number > 0 else 0


def is_within_reach(line: ReadLine, entry: ReadEntry) -> bool:
    """Whether their dates are near enough for the amount alone to make them candidates."""
    return -REACH_BACK <= line.day - entry.day <= REACH


class Evidence:
    """Weighs pairs against the background of all lines and entries: what is frequent says little."""

    def __init__(self, lines: Iterable[ReadLine], entries: Iterable[ReadEntry], history: History | None = None):
        self._history = history or {}
        self._lessons = {word: sum(names.values()) for word, names in self._history.items()}
        self.line_words = Counter[str]()
        self._line_numbers, self._entry_words, self._entry_numbers = Counter[str](), Counter[str](), Counter[str]()
        self._lines = self._entries = self._last_day = 0
        for line in lines:
            self._lines += 1
            self._last_day = max(self._last_day, line.day)
            self.line_words.update(line.words)
            self._line_numbers.update(line.numbers)
        amounts, days = set[int](), []
        for entry in entries:
            self._entries += 1
            self._entry_words.update(entry.words)
            self._entry_numbers.update(entry.numbers)
            amounts.add(entry.units)
            days.append(entry.day)
        self._days = sorted(days)
        self._span = max(self._days[-1] - self._days[0] + 1, WITHIN_REACH) if days else WITHIN_REACH
        self._amounts_like = Counter(map(_size, amounts))
        self._frequent = max(self._lines // _FREQUENT, 2)
        self._names: dict[tuple, int] = {}
        self._word_points: dict[str, int] = {}
        self._points_of_few: dict[int, int] = {}

    def weigh(self, line: ReadLine, entry: ReadEntry, rivals: int) -> dict[str, int]:
        """The points of a pair of one amount. ``rivals``: other entries of this amount within reach of the line."""
        name = self.name(line, entry)
        features = {
            "amount": weights.AMOUNT,
            "rarity": self.rarity(line, rivals),
            **self.dates(line, entry, is_named=name != 0),
            **self.reference(line, entry),
            "name": name,
            "history": self.experience(line, entry),
            "rule": self.rule(line, entry),
        }
        return {name: points for name, points in features.items() if points}

    def rarity(self, line: ReadLine, rivals: int) -> int:
        """How little chance would give an entry of this amount: those of its kind, over those that there could be."""
        step, size = _size(line.units)
        possible = max((1 << (size - 1)) // step, 1) * self._span
        expected = self._amounts_like[step, size] * WITHIN_REACH
        points = _POINTS_OF_EIGHTH * (doublings(possible) - doublings(expected))
        points = max(points, self._rarity_among_few(line.day))
        if rivals:
            points = min(points, weights.RARITY_OF_SHARED - _POINTS_OF_EIGHTH * doublings(rivals))
        return max(0, min(points, weights.RARITY_MOST))

    def _rarity_among_few(self, day: int) -> int:
        """Where hardly any other entry is within reach, hardly any can have the amount by chance, however round."""
        points = self._points_of_few.get(day)
        if points is None:
            others = bisect_right(self._days, day + REACH_BACK) - bisect_left(self._days, day - REACH) - 1
            points = weights.RARITY_OF_ONE - _POINTS_OF_EIGHTH * doublings(others)
            self._points_of_few[day] = points
        return points

    def rarity_of_sum(self, parts: Sequence[int], ways: int) -> int:
        """How little chance would give this sum, with so many ways to choose the parts in each set within reach."""
        step = min(_size(part)[0] for part in parts)
        possible = max((1 << (abs(sum(parts)).bit_length() - 1)) // step, 1)
        points = _POINTS_OF_EIGHTH * (doublings(possible) - doublings(ways * SETS_WITHIN_REACH))
        return max(0, min(points, weights.RARITY_MOST))

    def dates(self, line: ReadLine, entry: ReadEntry, *, is_named: bool = True) -> dict[str, int]:
        """By business days apart, or else why they are candidates all the same.

        A number outlasts dates where it is all that the line says, as on a cheque. Beside a
        name it may be the number of a customer, who pays it again and again.
        """
        if is_within_reach(line, entry):
            apart = line.day - entry.day
            found = {"date": weights.DATE[apart] if apart >= 0 else weights.DATE_BANK_FIRST[-apart]}
        elif self.is_exchanged(line, entry):
            slip = weights.DATE[abs(line.day - entry.turned_day)] - weights.DATE[0]
            found = {"date_exchanged": weights.DATE_EXCHANGED + slip}
        elif is_named or line.numbers.isdisjoint(entry.numbers):
            found = {"far_apart": weights.FAR_APART}
        else:
            found = {"date_far": weights.DATE_FAR}
        if entry.day > self._last_day:
            found["not_yet"] = weights.NOT_YET
        return found

    def is_exchanged(self, line: ReadLine, entry: ReadEntry) -> bool:
        """Whether the dates are near with day and month exchanged. Not if the entry's own line may be still to come."""
        if entry.turned_day is None or entry.day > self._last_day:
            return False
        return abs(line.day - entry.turned_day) <= REACH_OF_EXCHANGED

    def name(self, line: ReadLine, entry: ReadEntry) -> int:
        """Words in common, less the words of the contact in whose place the line has others."""
        key = (line.words, entry.words, entry.contact_words)
        points = self._names.get(key)
        if points is None:
            self._names[key] = points = self._name(*key)
        return points

    def _name(self, line_words: tuple[str, ...], entry_words: tuple[str, ...], contact_words: frozenset[str]) -> int:
        found = missing = 0
        used = set[str]()
        for word in entry_words:
            best, chosen = 0, ""
            for other in line_words:
                alike = likeness(word, other)
                if alike > best:
                    best, chosen = alike, other
            if best:
                found += self._points_of_word(word) * best // 100
                used.add(chosen)
            elif word in contact_words:
                missing += 1
        points = min(found, weights.NAME_MOST)
        return points + self._missing([word for word in line_words if word not in used], missing) if missing else points

    def _missing(self, others: list[str], missing: int) -> int:
        """For words of the contact that the line lacks, given its other words; initials stand for nothing."""
        telling = [self.line_words[word] <= self._frequent for word in others if len(word) > 1]
        if telling and not any(telling):
            return weights.NAME_DOUBTFUL
        return max(weights.NAME_MISSING * min(missing, sum(telling)), weights.NAME_LEAST)

    def _points_of_word(self, word: str) -> int:
        points = self._word_points.get(word)
        if points is None:
            points = _POINTS_OF_EIGHTH * (doublings(self._entries + 64) - doublings(self._entry_words[word] + 1))
            self._word_points[word] = points = max(0, min(points, weights.NAME_OF_WORD))
        return points

    def reference(self, line: ReadLine, entry: ReadEntry) -> dict[str, int]:
        """Numbers in common; or else, numbers of the line that are another's."""
        common = line.numbers & entry.numbers
        if common:
            return {"reference": max(map(self._points_of_number, common))}
        least = 0
        for number in line.numbers:
            if self._line_numbers[number] > self._frequent:
                continue
            bearers = self._entry_numbers[number]
            if bearers and entry.numbers:
                least = min(least, weights.REFERENCE_OF_OTHER)
            elif 0 < bearers <= SAME_DOCUMENT:
                least = min(least, weights.REFERENCE_ELSEWHERE)
            elif any(len(number) == len(own) and digits_apart(number, own) > 1 for own in entry.numbers):
                least = min(least, weights.REFERENCE_DIFFERS)
        return {"other_reference": least}

    def _points_of_number(self, number: str) -> int:
        if self._entry_numbers[number] > SAME_DOCUMENT:
            return weights.REFERENCE_SHARED
        points = _POINTS_OF_EIGHTH * (doublings(self._lines + 256) - doublings(self._line_numbers[number]))
        return min(points, weights.REFERENCE_MOST)

    def experience(self, line: ReadLine, entry: ReadEntry) -> int:
        """The largest share of past matches, over the words of the line, that ended at such an entry."""
        if not self._history:
            return 0
        most, name = 0, known_as(entry.entry)
        for word in line.words:
            count = self._history.get(word, {}).get(name, 0)
            if count:
                most = max(most, weights.HISTORY_MOST * count // (self._lessons[word] + 1))
        return most

    def rule(self, line: ReadLine, entry: ReadEntry) -> int:
        """Whether the entry has the contact that a bank rule names; nothing where either names none."""
        contact = entry.entry.contact
        if not line.expected or not contact:
            return 0
        return weights.RULE if plain_name(contact) == line.expected else weights.RULE_OF_OTHER


def _size(units: int) -> tuple[int, int]:
    """Amounts are of one size if they are equally round and equally long in binary."""
    amount = abs(units)
    return next((step for step in _STEPS if amount % step == 0), 1), amount.bit_length()
