"""What may be behind a difference between a statement and the books. Pure.

Amounts are signed as on the statement, debit positive in the books. The difference is what the statement
has beyond the marked entries: closing balance less opening balance less marks.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

#: What banks call their own charges and interest, in the languages of the statements that are read here.
OWN_WORDS = re.compile(
    r"\b(?:fees?|charges?|interest|commissions?|overdraft|geb(?:ü|ue)hr(?:en)?|entgelte?|zins(?:en)?|provision"
    r"|abschluss|frais|agios?|int(?:é|e)r(?:ê|e)ts?|commissions?|comisi(?:ó|o)n(?:es)?|inter(?:é|e)s(?:es)?"
    r"|spese|commissioni|interessi|kosten|rente|juros|tarifas?)\b",
    re.IGNORECASE,
)
KINDS = (
    "unrecorded_line",
    "fee_or_interest",
    "outstanding_entry",
    "entry_equals_difference",
    "wrong_sign",
    "transposed_digits",
    "double_posting",
)
#: How many days an entry and a line of the same amount may lie apart to be taken for one and the same.
NEAR = 10
#: How much of a text is repeated in an explanation.
LONGEST = 120
ZERO = Decimal(0)


class SeenEntry(NamedTuple):
    """An entry of the books: marked in the session or open; ``matched`` if a line of the bank stands for it."""

    id: int
    transaction_id: int
    date: datetime.date
    amount: Decimal
    text: str
    marked: bool
    matched: bool


class SeenLine(NamedTuple):
    """A line of the bank that is in no match."""

    id: int
    date: datetime.date
    amount: Decimal
    text: str


class Suspicion(NamedTuple):
    """One candidate. Put right, it takes ``amount`` off the difference, as far as that is known."""

    kind: str
    explanation: str
    amount: Decimal
    entries: tuple[SeenEntry, ...] = ()
    lines: tuple[SeenLine, ...] = ()


def suspicions(
    difference: Decimal, entries: Sequence[SeenEntry], lines: Sequence[SeenLine], *, decimals: int
) -> list[Suspicion]:
    """Every candidate; those that explain the whole difference come first.

    Lines that are just an entry's amount at about its day are taken for that entry, one for one:
    neither of the two is suspected of anything but not being marked.
    """
    pairs = _pairs(entries, lines)
    paired = {line.id for line in pairs.values()}
    alone = [entry for entry in entries if not entry.matched and entry.id not in pairs]
    left = [line for line in lines if line.id not in paired]
    found = [
        *_equal(difference, entries),
        *_wrong_sign(difference, alone, left),
        *_transposed(difference, alone, left, decimals),
        *_double(entries, {entry.id for entry in alone}),
        *_unrecorded(left),
        *_outstanding(entries, pairs),
    ]
    return sorted(found, key=lambda each: not difference or each.amount != difference)


def _pairs(entries: Iterable[SeenEntry], lines: Iterable[SeenLine]) -> dict[int, SeenLine]:
    """The line that each entry is taken for, by the entry's id: the same amount, the nearest day that is left."""
    by_amount: dict[Decimal, list[SeenLine]] = defaultdict(list)
    for line in lines:
        by_amount[line.amount].append(line)
    found = {}
    for entry in entries:
        near = () if entry.matched else by_amount.get(entry.amount, ())
        line = _nearest(entry, near)
        if line is not None and abs((line.date - entry.date).days) <= NEAR:
            found[entry.id] = line
            near.remove(line)
    return found


def _nearest(entry: SeenEntry, lines: Iterable[SeenLine]) -> SeenLine | None:
    return min(lines, key=lambda line: (abs((line.date - entry.date).days), line.id), default=None)


def _named(row: SeenEntry | SeenLine) -> str:
    return f"{row.date} {row.text[:LONGEST]}".rstrip()


def _equal(difference: Decimal, entries: Iterable[SeenEntry]) -> Iterator[Suspicion]:
    if not difference:
        return
    for entry in entries:
        if not entry.marked and entry.amount == difference:
            words = f"{_named(entry)} is just the difference, and is not marked: is it on the statement?"
            yield Suspicion("entry_equals_difference", words, difference, (entry,))
        elif entry.marked and not entry.matched and entry.amount == -difference:
            words = f"{_named(entry)} is just the difference, and is marked: is it on the statement at all?"
            yield Suspicion("entry_equals_difference", words, difference, (entry,))


def _wrong_sign(difference: Decimal, entries: Iterable[SeenEntry], lines: Iterable[SeenLine]) -> Iterator[Suspicion]:
    """A marked entry on the wrong side is off by twice its amount; of an open one the line is missing."""
    opposite: dict[Decimal, list[SeenLine]] = defaultdict(list)
    for line in lines:
        opposite[-line.amount].append(line)
    for entry in entries:
        line = _nearest(entry, opposite.get(entry.amount, ()))
        if line is not None:
            words = f"{_named(entry)}: the bank has the amount on the other side."
            yield Suspicion("wrong_sign", words, line.amount * (2 if entry.marked else 1), (entry,), (line,))
        elif entry.marked and difference and entry.amount * -2 == difference:
            words = f"{_named(entry)} would explain the difference if it were on the other side."
            yield Suspicion("wrong_sign", words, difference, (entry,))


def _transposed(
    difference: Decimal, entries: Iterable[SeenEntry], lines: Iterable[SeenLine], decimals: int
) -> Iterator[Suspicion]:
    """Two neighbouring digits changed places: the amounts differ by a multiple of nine."""
    by_amount: dict[Decimal, list[SeenLine]] = defaultdict(list)
    for line in lines:
        by_amount[line.amount].append(line)
    nines = bool(difference) and int(difference.scaleb(decimals)) % 9 == 0
    for entry in entries:
        swapped = _swapped(entry.amount, decimals)
        for amount in sorted(swapped & by_amount.keys()):
            words = f"{_named(entry)}: the books have {entry.amount}, the bank has {amount}: two digits changed places."
            off = amount - entry.amount if entry.marked else amount
            yield Suspicion("transposed_digits", words, off, (entry,), (_nearest(entry, by_amount[amount]),))
        meant = entry.amount + difference
        if nines and entry.marked and meant in swapped and meant not in by_amount:
            words = f"{_named(entry)} would explain the difference with two digits in the other order: {meant}."
            yield Suspicion("transposed_digits", words, difference, (entry,))


def _swapped(amount: Decimal, decimals: int) -> set[Decimal]:
    """The amounts that come of it by two neighbouring digits in the other order."""
    digits = str(int(abs(amount).scaleb(decimals))).rjust(decimals + 1, "0")
    sign = -1 if amount < 0 else 1
    found = set()
    for place in range(len(digits) - 1):
        other = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if other != digits and int(other):
            found.add((Decimal(other) * sign).scaleb(-decimals))
    return found


def _double(entries: Iterable[SeenEntry], alone: set[int]) -> Iterator[Suspicion]:
    """Alike in day, amount and text, from more than one transaction, and one at least without a line of its own."""
    alike: dict[tuple, list[SeenEntry]] = defaultdict(list)
    for entry in entries:
        alike[entry.date, entry.amount, entry.text].append(entry)
    for (_, amount, _), group in alike.items():
        if len({entry.transaction_id for entry in group}) > 1 and any(entry.id in alone for entry in group):
            words = (
                f"{_named(group[0])}: {len(group)} entries have the same day, amount and text: was one posted twice?"
            )
            # Unmarking the one that is too many leaves its amount to be found; one that is open changes nothing.
            off = -amount if all(entry.marked for entry in group) else ZERO
            yield Suspicion("double_posting", words, off, tuple(group))


def _unrecorded(lines: Iterable[SeenLine]) -> Iterator[Suspicion]:
    for line in lines:
        if OWN_WORDS.search(line.text):
            words = f"{_named(line)}: by its text the bank's own fee or interest, and not in the books yet."
            yield Suspicion("fee_or_interest", words, line.amount, (), (line,))
        else:
            words = f"{_named(line)}: the bank has this, the books have not."
            yield Suspicion("unrecorded_line", words, line.amount, (), (line,))


def _outstanding(entries: Iterable[SeenEntry], pairs: dict[int, SeenLine]) -> Iterator[Suspicion]:
    for entry in entries:
        if entry.marked:
            continue
        line = pairs.get(entry.id)
        words = f"{_named(entry)}: the books have this, the statement was not seen to have it."
        if line is not None:
            words = f"{_named(entry)}: the bank has a line of this amount: match them, or mark the entry."
        yield Suspicion("outstanding_entry", words, entry.amount, (entry,), () if line is None else (line,))
