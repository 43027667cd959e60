"""For a person who looks at one line: the entries of the books that it could be, the most likely first."""

from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts.models import Account
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.models import Organization
from reconciliation.matching.open_items import as_bank_line, open_entries_of
from reconciliation.matching.remembering import history_of
from reconciliation.scoring.evidence import Evidence
from reconciliation.scoring.reading import ReadEntry, ReadLine, places_of
from reconciliation.scoring.shapes import BookEntry
from reconciliation.statements.models import StatementLine

#: So many are shown.
SHOWN = 12
#: An entry may be a part of the line, or exceed it by what the bank kept; a larger one must sound like it.
MOST = Decimal("1.05")
TELLING = ("name", "reference", "history")
#: Features that only an equal amount earns.
OF_AMOUNT = ("amount", "rarity")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and what speaks for it."""

    entry: BookEntry
    score: int
    features: dict[str, int]


def candidates_for(organization: Organization, account: Account, line: StatementLine) -> list[Found]:
    """The most likely open entries for a line: with its sign, and no larger unless they sound like it."""
    bank = as_bank_line(line)
    entries = open_entries_of(account, line.date, line.date, amount=line.amount)
    places = places_of([line.amount, *(entry.amount for entry in entries)], decimals_of(account.currency_id))
    mine, others = ReadLine(bank, places), [ReadEntry(entry, places) for entry in entries]
    evidence = Evidence([mine], others, history_of(organization, account))
    equal = sum(each.units == mine.units for each in others)
    weighed = [_weighed(evidence, mine, each, equal) for each in others if (each.units > 0) == (mine.units > 0)]
    most = abs(line.amount) * MOST
    found = [one for one in weighed if abs(one.entry.amount) <= most or _sounds_like_it(one)]
    found.sort(key=lambda one: (-one.score, abs(one.entry.date - line.date), one.entry.id))
    return found[:SHOWN]


def _sounds_like_it(found: Found) -> bool:
    return any(found.features.get(name, 0) > 0 for name in TELLING)


def _weighed(evidence: Evidence, line: ReadLine, entry: ReadEntry, equal: int) -> Found:
    features = evidence.weigh(line, entry, max(0, equal - 1))
    if entry.units != line.units:
        features = {name: points for name, points in features.items() if name not in OF_AMOUNT}
    return Found(entry.entry, max(0, min(sum(features.values()), 1000)), features)


def candidate_answer(found: Found, account: Account) -> dict:
    """A candidate as the API shows it."""
    entry = found.entry
    return {
        "object": "candidate",
        "entry_ids": [ids.encode("LED", entry.id)],
        "document_ids": [],
        "transaction_id": ids.encode("TXN", entry.transaction_id),
        "date": entry.date,
        "description": entry.description,
        "reference": entry.reference,
        "amount": exact(entry.amount, decimals_of(account.currency_id)),
        "score": found.score,
        "features": found.features,
    }
