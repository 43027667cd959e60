"""Proposals for open documents: what a line of the bank pays.

An invoice is paid when its customer pleases, so its date says nothing; the number of the document, the name of the
contact and the amount do. Looked at are documents of just the line's amount, documents that the line names by their
numbers (one of them also where it is paid in part, or too much), and what a contact who is named owes: the oldest
first, as far as it makes up the line. The strongest wins, as everywhere (``choosing``). Only what is named by its
numbers and makes up the line to the cent is accepted without a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reconciliation.scoring import reading, weights
from reconciliation.scoring.bundling import Candidate
from reconciliation.scoring.choosing import choose
from reconciliation.scoring.evidence import SAME_DOCUMENT, Evidence
from reconciliation.scoring.learning import History
from reconciliation.scoring.proposing import HIGHEST_SCORE, USUAL_TERMS, Terms
from reconciliation.scoring.reading import ReadEntry, ReadLine
from reconciliation.scoring.shapes import BankLine, BookEntry

#: Why a line is taken for a payment, or why a person should look first: see ``REASONS`` where they are explained.
PaymentReason = Literal["pays", "pays_unnamed", "pays_part", "pays_too_much", "pays_close_call", "held"]
#: Documents of one contact that are added up, the oldest first.
MOST_ADDED_UP = 60
#: Contacts that share words with a line; where more do, the words say nothing.
MOST_CONTACTS = 20
#: Documents of one amount that are weighed for a line.
MOST_OF_AMOUNT = 40
#: A document may be dated so many days after the line: it was paid before it was written.
DAYS_BEFORE = 5
#: One of these must speak for a payment; an equal amount alone is nothing.
TELLING = ("reference", "name", "history")


@dataclass(frozen=True, slots=True)
class PaymentProposal:
    """A line, and the documents that it pays, in this order. Scores are as in ``shapes.Proposal``."""

    line_id: int
    document_ids: tuple[int, ...]
    score: int
    features: dict[str, int]
    margin: int
    accepted: bool
    reason: PaymentReason


def propose_payments(
    lines: Iterable[BankLine],
    documents: Iterable[BookEntry],
    *,
    history: History | None = None,
    terms: Terms = USUAL_TERMS,
) -> list[PaymentProposal]:
    """What lines pay, by line. No line and no document is in two proposals.

    A document comes as an entry: its open amount signed as on the statement, money in positive; its number as
    reference; its contact's key as ``transaction_id``, and the name as ``contact``.
    """
    kept_lines = sorted((line for line in lines if line.amount), key=lambda line: (line.date, line.id))
    kept = sorted((each for each in documents if each.amount), key=lambda each: (each.date, each.id))
    if not kept_lines or not kept:
        return []
    places = reading.places_of((row.amount for row in (*kept_lines, *kept)), terms.decimals)
    read_lines = [ReadLine(line, places) for line in kept_lines]
    claims = Claims([ReadEntry(each, places) for each in kept], read_lines, history)
    candidates = [candidate for line in read_lines for candidate in claims.of(line)]
    chosen = [_proposal(choice.candidate, choice.margin, terms) for choice in choose(candidates)]
    return sorted(chosen, key=lambda proposal: proposal.line_id)


def likely_payments(
    line: BankLine, documents: Iterable[BookEntry], *, history: History | None = None, terms: Terms = USUAL_TERMS
) -> list[PaymentProposal]:
    """What one line could pay, the most likely first, for a person who looks at it: less has to speak for each."""
    kept = sorted((each for each in documents if each.amount), key=lambda each: (each.date, each.id))
    if not kept or not line.amount:
        return []
    places = reading.places_of([line.amount, *(each.amount for each in kept)], terms.decimals)
    read_line = ReadLine(line, places)
    claims = Claims([ReadEntry(each, places) for each in kept], [read_line], history)
    found = [_proposal(candidate, 0, terms) for candidate in claims.of(read_line, all_that_fit=True)]
    return sorted(found, key=lambda each: (-each.score, each.document_ids))


class Claims:
    """Open documents by what they can be found by, and what speaks for each."""

    def __init__(self, documents: Sequence[ReadEntry], lines: Sequence[ReadLine], history: History | None):
        self.evidence = Evidence(lines, documents, history)
        self.by_amount = defaultdict[int, list[ReadEntry]](list)
        self.by_number = defaultdict[str, list[ReadEntry]](list)
        self.by_contact = defaultdict[int, list[ReadEntry]](list)
        self.by_word = defaultdict[str, dict[int, None]](dict)
        for document in documents:
            self.by_amount[document.units].append(document)
            self.by_contact[_contact(document)].append(document)
            for number in document.numbers:
                self.by_number[number].append(document)
            for word in document.contact_words:
                self.by_word[word][_contact(document)] = None

    def of(self, line: ReadLine, *, all_that_fit: bool = False) -> Iterator[Candidate]:
        """The documents, and sets of them, that a line may pay; less has to speak for ``all_that_fit``."""
        seen = set[tuple[int, ...]]()
        for documents, rivals in self._sets(line, all_that_fit):
            key = tuple(each.entry.id for each in documents)
            if key in seen:
                continue
            seen.add(key)
            features = self.weigh(line, documents, rivals)
            told = any(features.get(name, 0) > 0 for name in TELLING)
            if told or (all_that_fit and "amount" in features):
                yield Candidate((line,), tuple(documents), 0, features)

    def _sets(self, line: ReadLine, all_that_fit: bool) -> Iterator[tuple[list[ReadEntry], int]]:
        """Sets, each with how many others have its amount."""
        equal = [each for each in self.by_amount.get(line.units, ()) if self._fits(line, each)]
        for document in equal[:MOST_OF_AMOUNT]:
            yield [document], len(equal) - 1
        named = self._named(line)
        if named and (len(named) == 1 or _sum(named) == line.units):
            yield named, 0
        for contact in self._contacts(line, named):
            mine = [each for each in self.by_contact[contact] if self._fits(line, each)][:MOST_ADDED_UP]
            total = 0
            for place, document in enumerate(mine, 1):
                total += document.units
                if total == line.units:
                    yield mine[:place], 0
                if abs(total) >= abs(line.units):
                    break
            if all_that_fit:
                yield from (([document], 0) for document in mine)

    def _named(self, line: ReadLine) -> list[ReadEntry]:
        """The documents of one contact whose numbers the line bears."""
        found = {
            document.entry.id: document
            for number in line.numbers
            if len(self.by_number.get(number, ())) <= SAME_DOCUMENT
            for document in self.by_number.get(number, ())
            if self._fits(line, document)
        }
        if len({_contact(document) for document in found.values()}) != 1:
            return []
        return sorted(found.values(), key=lambda each: (each.date, each.entry.id))

    def _contacts(self, line: ReadLine, named: list[ReadEntry]) -> list[int]:
        found = dict.fromkeys(map(_contact, named))
        for word in line.words:
            contacts = self.by_word.get(word, ())
            if len(contacts) <= MOST_CONTACTS:
                found.update(dict.fromkeys(contacts))
        return list(found)[:MOST_CONTACTS]

    @staticmethod
    def _fits(line: ReadLine, document: ReadEntry) -> bool:
        return (document.units > 0) == (line.units > 0) and document.date <= line.date + DAYS_BEFORE

    def weigh(self, line: ReadLine, documents: list[ReadEntry], rivals: int) -> dict[str, int]:
        """The points of a line and what it may pay, by feature; ``rivals`` are others of the same amount."""
        first = documents[0]
        if len(documents) > 1:
            owed = [each for each in self.by_contact[_contact(first)] if self._fits(line, each)]
            parts = weights.PARTS_WHOLE if len(owed) == len(documents) else weights.PARTS_CHOSEN
            amount = {"amount": weights.AMOUNT, "parts": parts}
            amount["rarity"] = self.evidence.rarity_of_sum([each.units for each in documents], 1)
        elif first.units == line.units:
            amount = {"amount": weights.AMOUNT, "rarity": self.evidence.rarity(line, rivals)}
        else:
            amount = {"open_amount": weights.OPEN_AMOUNT_OTHER}
        features = amount | self._reference(line, documents)
        features["name"] = self.evidence.name(line, first)
        features["history"] = self.evidence.experience(line, first)
        return {name: points for name, points in features.items() if points}

    def _reference(self, line: ReadLine, documents: list[ReadEntry]) -> dict[str, int]:
        """The number of one of them is enough; what speaks against one without does not then."""
        found = [self.evidence.reference(line, each) for each in documents]
        shared = [each["reference"] for each in found if "reference" in each]
        if shared:
            return {"reference": max(shared)}
        return {"other_reference": min(each["other_reference"] for each in found)}


def _contact(document: ReadEntry) -> int:
    return document.entry.transaction_id


def _sum(documents: Iterable[ReadEntry]) -> int:
    return sum(document.units for document in documents)


def _proposal(candidate: Candidate, margin: int, terms: Terms) -> PaymentProposal:
    (line,) = candidate.lines
    reason = _reason(line, candidate, margin, terms)
    return PaymentProposal(
        line_id=line.line.id,
        document_ids=tuple(each.entry.id for each in candidate.entries),
        score=max(0, min(candidate.score, HIGHEST_SCORE)),
        features=candidate.features,
        margin=margin,
        accepted=reason == "pays",
        reason=reason,
    )


def _reason(line: ReadLine, candidate: Candidate, margin: int, terms: Terms) -> PaymentReason:
    open_units = abs(_sum(candidate.entries))
    if line.line.held:
        return "held"
    if abs(line.units) < open_units:
        return "pays_part"
    if abs(line.units) > open_units:
        return "pays_too_much"
    if any(line.numbers.isdisjoint(each.numbers) for each in candidate.entries):
        return "pays_unnamed"
    return "pays" if candidate.score >= terms.threshold and margin >= terms.margin else "pays_close_call"
