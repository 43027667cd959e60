"""Proposals for the open lines and entries of one bank account: the door of this chapter.

First the best assignment of one line to one entry, amount by amount (``pairing``). What is
beyond doubt stays. Everything else competes with bundles and with matches less a fee
(``bundling``), and the strongest wins (``choosing``). A proposal is accepted without a person
only if it has enough points, and enough of them more than anything else that could be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reconciliation.scoring import reading, weights
from reconciliation.scoring.bundling import Bundler, Candidate, FeeBounds
from reconciliation.scoring.choosing import choose
from reconciliation.scoring.evidence import Evidence
from reconciliation.scoring.learning import History
from reconciliation.scoring.pairing import Pair, pairs_of
from reconciliation.scoring.reading import ReadEntry, ReadLine
from reconciliation.scoring.shapes import BankLine, BookEntry, Proposal, Reason, RunnerUp

HIGHEST_SCORE = 1000
#: So many points above the threshold put a match of one line and one entry beyond doubt.
BEYOND_DOUBT = 96


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organization may set. ``threshold`` and ``margin`` are points: 32 for each time the odds double.

    A fee is at most ``fee_share`` of what is on the statement and at most ``fee_most``, in the account's
    currency, which has ``decimals`` decimals; a share or a most of 0 is no fee at all.
    """

    threshold: int = 350
    margin: int = 112
    fee_share: Decimal = Decimal("0.04")
    fee_most: Decimal = Decimal(50)
    decimals: int = 2


USUAL_TERMS = Terms()


def propose(
    lines: Iterable[BankLine],
    entries: Iterable[BookEntry],
    *,
    history: History | None = None,
    rules: Mapping[int, str] | None = None,
    terms: Terms = USUAL_TERMS,
) -> list[Proposal]:
    """Proposals in the order of their first lines. No line or entry is in two of them.

    All lines and entries are of one account and open; the order in which they come makes no
    difference. Amounts of nothing have no match. ``history`` is what accepted matches taught
    (``learning``). ``rules`` gives, by line, the contact that a bank rule names.
    """
    kept_lines = sorted((line for line in lines if line.amount), key=lambda line: (line.date, line.held, line.id))
    kept_entries = sorted((entry for entry in entries if entry.amount), key=lambda entry: (entry.date, entry.id))
    places = reading.places_of((row.amount for row in (*kept_lines, *kept_entries)), terms.decimals)
    expected = rules or {}
    read_lines = [ReadLine(line, places, expected.get(line.id, "")) for line in kept_lines]
    read_entries = [ReadEntry(entry, places) for entry in kept_entries]
    evidence = Evidence(read_lines, read_entries, history)
    settled, doubtful = [], []
    for pair in pairs_of(read_lines, read_entries, evidence):
        (settled if _is_beyond_doubt(pair, terms) else doubtful).append(pair)
    proposals = [_proposal(_candidate(pair), pair.margin, _runner_up(pair), terms, places) for pair in settled]
    taken = {id(row) for pair in settled for row in (pair.line, pair.entry)}
    bundler = Bundler(
        [line for line in read_lines if id(line) not in taken],
        [entry for entry in read_entries if id(entry) not in taken],
        evidence,
        FeeBounds(int(terms.fee_share * 1000), reading.units_of(terms.fee_most, places)),
    )
    rivals = {(pair.line.line.id, pair.entry.entry.id): _runner_up(pair) for pair in doubtful}
    for choice in choose([*map(_candidate, doubtful), *bundler.candidates()]):
        candidate, rival = choice.candidate, choice.rival
        known = [rivals.get((candidate.lines[0].line.id, candidate.entries[0].entry.id))] if _is_pair(candidate) else []
        known += [RunnerUp(_line_ids(rival), _entry_ids(rival), _cut(rival.score))] if rival else []
        strongest = max(filter(None, known), key=lambda each: each.score, default=None)
        proposals.append(_proposal(candidate, choice.margin, strongest, terms, places))
    return sorted(proposals, key=lambda proposal: proposal.line_ids)


def _candidate(pair: Pair) -> Candidate:
    return Candidate((pair.line,), (pair.entry,), 0, pair.features, pair.margin, pair.crowded)


def _is_pair(candidate: Candidate) -> bool:
    return len(candidate.lines) == len(candidate.entries) == 1 and not candidate.fee


def _is_beyond_doubt(pair: Pair, terms: Terms) -> bool:
    """Clear by itself, and by more than its amount and date."""
    told = pair.features.get("name", 0) > 0 or pair.features.get("reference", 0) > 0
    is_clear = pair.score >= terms.threshold + BEYOND_DOUBT and pair.margin >= terms.margin
    return told and is_clear and not pair.crowded and _doubt(pair.features) is None


def _runner_up(pair: Pair) -> RunnerUp | None:
    if pair.rival is None:
        return None
    line, entry, score = pair.rival
    return RunnerUp((line.line.id,), (entry.entry.id,), _cut(score))


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
    doubt = _doubt(candidate.features)
    if doubt:
        return doubt
    if candidate.crowded:
        return "crowded"
    return "close_call" if margin < terms.margin else "clear"


def _doubt(features: Mapping[str, int]) -> Reason | None:
    """What no number of points makes up for."""
    if "far_apart" in features:
        return "far_apart"
    if "not_yet" in features:
        return "not_yet"
    return "unusual_fee" if features.get("fee") == weights.FEE else None


def _line_ids(candidate: Candidate) -> tuple[int, ...]:
    return tuple(sorted(line.line.id for line in candidate.lines))


def _entry_ids(candidate: Candidate) -> tuple[int, ...]:
    return tuple(sorted(entry.entry.id for entry in candidate.entries))


def _cut(score: int) -> int:
    return max(0, min(score, HIGHEST_SCORE))
