"""Proposals for the open lines and entries of one bank account: the door of this chapter.

First the best assignment of one line to one entry, amount by amount (``pairing``). What is
beyond doubt stays. Everything else competes with bundles and with matches less a fee
(``bundling``), and the strongest wins (``choosing``). A proposal is accepted without a person only if
it has enough points, and enough of them more than anything else that could be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reconciliation.scoring import reading
from reconciliation.scoring.bundling import Bundler, Candidate, FeeBounds
from reconciliation.scoring.choosing import Choice, choose
from reconciliation.scoring.evidence import Evidence, History
from reconciliation.scoring.pairing import Pair, pairs_of
from reconciliation.scoring.reading import ReadEntry, ReadLine
from reconciliation.scoring.shapes import BankLine, BookEntry, Proposal, Reason, RunnerUp

HIGHEST_SCORE = 1000


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organization may set. ``threshold`` and ``margin`` are points; a fee is a share of what was booked.

    ``fee_most`` is the largest fee in the account's currency, ``decimals`` what that currency has.
    """

    threshold: int = 350
    margin: int = 112
    fee_share: Decimal = Decimal("0.04")
    fee_most: Decimal = Decimal(50)
    decimals: int = 2


#: So many points above the threshold put a match of one line and one entry beyond doubt.
BEYOND_DOUBT = 96


def propose(
    lines: Iterable[BankLine],
    entries: Iterable[BookEntry],
    *,
    history: History | None = None,
    rules: Mapping[int, str] | None = None,
    terms: Terms = Terms(),
) -> list[Proposal]:
    """Proposals in the order of their first lines. No line or entry is in two of them.

    ``history`` is what ``learning`` made of accepted matches. ``rules`` gives, by line, the contact that a bank rule
    names. The order in which lines and entries come makes no difference.
    """
    ordered_lines = sorted(lines, key=lambda line: (line.date, line.held, line.id))
    ordered_entries = sorted(entries, key=lambda entry: (entry.date, entry.id))
    places = reading.places_of((row.amount for row in (*ordered_lines, *ordered_entries)), terms.decimals)
    expected = rules or {}
    read_lines = [ReadLine(line, places, expected.get(line.id, "")) for line in ordered_lines]
    read_entries = [ReadEntry(entry, places) for entry in ordered_entries]
    evidence = Evidence(read_lines, read_entries, history)
    settled, open_pairs = [], []
    for pair in pairs_of(read_lines, read_entries, evidence):
        (settled if _is_beyond_doubt(pair, terms) else open_pairs).append(pair)
    taken_lines, taken_entries = {pair.line.line.id for pair in settled}, {pair.entry.entry.id for pair in settled}
    bundler = Bundler(
        [line for line in read_lines if line.line.id not in taken_lines],
        [entry for entry in read_entries if entry.entry.id not in taken_entries],
        evidence,
        FeeBounds(int(terms.fee_share * 1000), reading.units_of(terms.fee_most, places)),
    )
    candidates = [
        Candidate((pair.line,), (pair.entry,), 0, pair.features, pair.margin, pair.crowded) for pair in open_pairs
    ]
    candidates += bundler.candidates()
    rivals = {(pair.line.line.id, pair.entry.entry.id): pair.rival for pair in open_pairs}
    proposals = [_of_pair(pair, terms) for pair in settled]
    proposals += [_of_choice(choice, rivals, terms, places) for choice in choose(candidates)]
    return sorted(proposals, key=lambda proposal: proposal.line_ids)


def _is_beyond_doubt(pair: Pair, terms: Terms) -> bool:
    """Clear by itself, and by more than its amount and date."""
    told = pair.features.get("name", 0) > 0 or pair.features.get("reference", 0) > 0
    told = told and "far_apart" not in pair.features
    return told and pair.score >= terms.threshold + BEYOND_DOUBT and pair.margin >= terms.margin and not pair.crowded


def _of_pair(pair: Pair, terms: Terms) -> Proposal:
    candidate = Candidate((pair.line,), (pair.entry,), 0, pair.features, pair.margin, pair.crowded)
    return _proposal(candidate, pair.margin, _runner_up(pair.rival), terms, 0)


def _of_choice(choice: Choice, rivals: Mapping, terms: Terms, places: int) -> Proposal:
    candidate, rival = choice.candidate, choice.rival
    known = None
    if len(candidate.lines) == len(candidate.entries) == 1 and not candidate.fee:
        known = _runner_up(rivals.get((candidate.lines[0].line.id, candidate.entries[0].entry.id)))
    if rival and (known is None or rival.score > known.score):
        known = RunnerUp(_line_ids(rival), _entry_ids(rival), _cut(rival.score))
    return _proposal(candidate, choice.margin, known, terms, places)


def _runner_up(rival: tuple[ReadLine, ReadEntry, int] | None) -> RunnerUp | None:
    return rival and RunnerUp((rival[0].line.id,), (rival[1].entry.id,), _cut(rival[2]))


def _proposal(candidate: Candidate, margin: int, runner_up: RunnerUp | None, terms: Terms, places: int) -> Proposal:
    reason = _reason(candidate, margin, terms)
    return Proposal(
        line_ids=_line_ids(candidate),
        entry_ids=_entry_ids(candidate),
        fee=reading.amount_of(candidate.fee, places),
        score=_cut(candidate.score),
        features=candidate.features,
        runner_up=runner_up,
        margin=margin,
        accepted=reason == "clear",
        reason=reason,
    )


def _reason(candidate: Candidate, margin: int, terms: Terms) -> Reason:
    if any(line.line.held for line in candidate.lines):
        return "held"
    if candidate.score < terms.threshold:
        return "few_points"
    if "far_apart" in candidate.features:
        return "far_apart"
    if candidate.crowded:
        return "crowded"
    return "close_call" if margin < terms.margin else "clear"


def _line_ids(candidate: Candidate) -> tuple[int, ...]:
    return tuple(sorted(line.line.id for line in candidate.lines))


def _entry_ids(candidate: Candidate) -> tuple[int, ...]:
    return tuple(sorted(entry.entry.id for entry in candidate.entries))


def _cut(score: int) -> int:
    return max(0, min(score, HIGHEST_SCORE))
