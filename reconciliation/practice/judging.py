"""How well proposals agree with the truth of a practice year. Pure.

A proposal is right if its lines, entries and fee are those of one truth, all of them and
no others. Rows that are equal in date, amount and every text are one to the judge: which
of two equal coffees was booked first, nobody can tell.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from reconciliation.practice.years import Truth, Year
from reconciliation.scoring.shapes import Proposal

Kind = Literal["one to one", "one line, several entries", "several lines, one entry", "less a fee"]
KINDS: tuple[Kind, ...] = ("one to one", "one line, several entries", "several lines, one entry", "less a fee")

Signature = tuple[tuple, tuple, Decimal]


def kind_of(match: Proposal | Truth) -> Kind:
    """What sort of match it is; a fee decides first."""
    if match.fee:
        return "less a fee"
    if len(match.entry_ids) > 1:
        return "one line, several entries"
    return "several lines, one entry" if len(match.line_ids) > 1 else "one to one"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many matches there were in truth, how many were accepted, and how many of those are right."""

    truths: int = 0
    accepted: int = 0
    right: int = 0

    @property
    def precision(self) -> Decimal:
        """Right among accepted, cut to four places; 1 where nothing was accepted."""
        return _share(self.right, self.accepted)

    @property
    def recall(self) -> Decimal:
        """Right among those there were; 1 where there were none."""
        return _share(self.right, self.truths)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The year as a whole and by kind. ``wrong`` are the accepted proposals that are not the truth."""

    overall: Tally
    kinds: dict[Kind, Tally]
    wrong: tuple[Proposal, ...]


def judge(year: Year, proposals: Iterable[Proposal]) -> Verdict:
    """Compare what was accepted with what is true. Proposals that were left to a person count as not made."""
    line_of = {
        line.id: (line.date, line.amount, line.description, line.counterparty, line.reference) for line in year.lines
    }
    entry_of = {
        entry.id: (entry.date, entry.amount, entry.description, entry.reference, entry.contact)
        for entry in year.entries
    }

    def signature(match: Proposal | Truth) -> Signature:
        return (_looks(match.line_ids, line_of), _looks(match.entry_ids, entry_of), match.fee)

    true = Counter(signature(truth) for truth in year.truths)
    accepted, right, wrong = Counter[Kind](), Counter[Kind](), []
    for proposal in proposals:
        if not proposal.accepted:
            continue
        accepted[kind_of(proposal)] += 1
        found = signature(proposal)
        if true[found] > 0:
            true[found] -= 1
            right[kind_of(proposal)] += 1
        else:
            wrong.append(proposal)
    truths = Counter(kind_of(truth) for truth in year.truths)
    kinds = {kind: Tally(truths[kind], accepted[kind], right[kind]) for kind in KINDS}
    return Verdict(Tally(truths.total(), accepted.total(), right.total()), kinds, tuple(wrong))


def _looks(ids: Sequence[int], look_of: dict[int, tuple]) -> tuple:
    return tuple(sorted(look_of[number] for number in ids))


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal("0.0001"), ROUND_DOWN) if whole else Decimal(1)
