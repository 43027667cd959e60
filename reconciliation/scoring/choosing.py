"""Which of the candidates that exclude one another are proposed, and which proposals are accepted."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciliation.scoring.bundling import Candidate
from reconciliation.scoring.pairing import LARGEST_MARGIN, PLAUSIBLE


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate that was chosen; ``rival`` is the strongest that it excludes."""

    candidate: Candidate
    margin: int
    rival: Candidate | None


def choose(candidates: Sequence[Candidate]) -> Iterator[Choice]:
    """The strongest first; each excludes what shares a line or an entry with it.

    The margin is the distance to the strongest that is excluded by this one and not by a stronger,
    and that is not the same to everybody: equal in all that can be seen of its lines and entries.
    """
    ranked = sorted(candidates, key=lambda each: (-each.score, *_ids(each)))
    by_row: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place, each in enumerate(ranked):
        for row in _rows(each):
            by_row[row].append(place)
    gone = [False] * len(ranked)
    for place, each in enumerate(ranked):
        if gone[place] or each.score <= PLAUSIBLE:
            continue
        excluded = sorted({other for row in _rows(each) for other in by_row[row] if other != place and not gone[other]})
        for other in excluded:
            gone[other] = True
        looks = _looks(each)
        rival = next((ranked[other] for other in excluded if _looks(ranked[other]) != looks), None)
        margin = each.score - (max(rival.score, PLAUSIBLE) if rival else PLAUSIBLE)
        if each.margin is not None:
            margin = min(margin, each.margin)
        yield Choice(each, min(margin, LARGEST_MARGIN), rival)


def _ids(candidate: Candidate) -> tuple:
    return tuple(line.line.id for line in candidate.lines), tuple(entry.entry.id for entry in candidate.entries)


def _rows(candidate: Candidate) -> list[tuple[str, int]]:
    lines = [("line", line.line.id) for line in candidate.lines]
    return lines + [("entry", entry.entry.id) for entry in candidate.entries]


def _looks(candidate: Candidate) -> tuple:
    lines = sorted((line.units, line.looks) for line in candidate.lines)
    return lines, sorted((entry.units, entry.looks) for entry in candidate.entries)
