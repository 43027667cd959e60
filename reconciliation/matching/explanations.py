"""Why lines and entries were matched or suggested: every point of the score in words, added up again."""

from ledger.journal.models import Entry
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reconciliation.matching.answers import encoded, line_answers, match_answer
from reconciliation.matching.models import Match
from reconciliation.scoring.proposing import Terms
from reconciliation.scoring.weights import FEATURES
from reconciliation.statements.models import StatementLine

#: Why a suggestion was accepted by itself, or was not.
REASONS = {
    "clear": "Enough points, and nothing else comes near.",
    "held": "A line looks like one of an earlier file; a person should look first.",
    "few_points": "Too few points to be accepted without a person.",
    "far_apart": "Too long after the entry, though hardly anything else has the amount or the number.",
    "not_yet": "The entry is dated after the last line; its own line may be still to come.",
    "unusual_fee": "It would take a fee that the bank does not often keep; it may be a payment short of what is due.",
    "close_call": "Something else would be nearly as good.",
    "pays": "It names the document by its number, and makes up what is open to the cent.",
    "pays_unnamed": "It names no number of a document; a person should look first.",
    "pays_part": "It is less than is open; the rest stays open.",
    "pays_too_much": "It is more than is open; the rest stays the contact's credit.",
    "pays_close_call": "Too few points, or something else would be nearly as good.",
    "crowded": "So many are alike that not all ways to match them were compared.",
}


def explanation_of(organization: Organization, match: Match) -> dict:
    """The match with its lines and entries, their sums, and what each point of the score means."""
    account = match.account
    decimals = decimals_of(account.currency_id)
    rows = StatementLine.objects.of(organization).filter(pk__in=match.line_ids).select_related("account")
    lines = list(rows.order_by("pk"))
    entries = _entries(organization, match.entry_ids)
    sums = add_up(line.amount for line in lines), add_up(entry.amount for entry in entries)
    terms = Terms()
    rival = match.runner_up or {"entry_ids": []}
    return {
        "object": "match_explanation",
        "match": match_answer(match, account.currency_id),
        "lines": line_answers(lines),
        "entries": [_entry_answer(entry, decimals) for entry in entries],
        "sums": {
            "lines": exact(sums[0], decimals),
            "entries": exact(sums[1], decimals),
            "difference": exact(add_up([sums[1], -sums[0]]), decimals),
        },
        "features": [
            {"name": name, "points": points, "meaning": FEATURES[name]} for name, points in match.features.items()
        ],
        "points": sum(match.features.values()),
        "accepted_from": {"score": terms.threshold, "margin": terms.margin},
        "reason": REASONS.get(match.reason, match.reason),
        "runner_up": match.runner_up
        and {
            "score": match.runner_up["score"],
            "entries": [_entry_answer(entry, decimals) for entry in _entries(organization, rival["entry_ids"])],
        },
        "rule": match.rule_id and {"id": ids.encode("RUL", match.rule_id), "version": match.rule_version},
    }


def _entries(organization: Organization, numbers: list[int]) -> list[Entry]:
    rows = Entry.objects.of(organization).filter(pk__in=numbers).select_related("transaction")
    return list(rows.order_by("pk"))


def _entry_answer(entry: Entry, decimals: int) -> dict:
    return {
        "id": encoded("LED", [entry.pk])[0],
        "transaction_id": ids.encode("TXN", entry.transaction_id),
        "transaction_date": entry.transaction_date,
        "description": entry.description or entry.transaction.description,
        "reference": entry.reference or entry.transaction.reference_number,
        "amount": exact(entry.amount, decimals),
    }
