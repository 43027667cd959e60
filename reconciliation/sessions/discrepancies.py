"""What may be behind the difference of a session: its entries and lines, read for ``suspicions``."""

from django.db.models import QuerySet

from ledger.journal.models import Entry
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from reconciliation.matching.models import MatchedEntry
from reconciliation.sessions.answers import difference_of
from reconciliation.sessions.models import Reconciliation
from reconciliation.sessions.reports import LISTED, refuse_cancelled
from reconciliation.sessions.standings import Standing, bank_entries, unbooked_lines
from reconciliation.sessions.suspicions import SeenEntry, SeenLine, suspicions
from reconciliation.statements.models import StatementLine

#: How many marked entries, open entries and lines are looked at.
EXAMINED = 20_000


def discrepancies(session: Reconciliation) -> dict:
    """What may be behind the difference of a session, from ``sessions_of``. Raises ReconciliationCancelled."""
    refuse_cancelled(session)
    standing, decimals = Standing.of(session.account), decimals_of(session.account.currency_id)
    rows = bank_entries(session.account)
    open_ = rows.filter(standing.open_in(session)).exclude(standing.before_opening)
    entries = [*_seen(rows.filter(standing.marked_in(session)), decimals, True), *_seen(open_, decimals, False)]
    lines = [
        SeenLine(line.pk, line.date, exact(line.amount, decimals), _text(line))
        for line in unbooked_lines(session).order_by("date", "pk")[:EXAMINED]
    ]
    difference = exact(difference_of(session), decimals)
    found = suspicions(difference, entries, lines, decimals=decimals)
    return {
        "object": "reconciliation_discrepancies",
        "organization_id": ids.encode("ORG", session.organization_id),
        "reconciliation_id": session.public_id,
        "difference": difference,
        "count": len(found),
        "candidates": [
            {
                "kind": each.kind,
                "explanation": each.explanation,
                "amount": each.amount,
                "explains_difference": bool(difference) and each.amount == difference,
                "entry_ids": [ids.encode("LED", entry.id) for entry in each.entries],
                "transaction_ids": sorted({ids.encode("TXN", entry.transaction_id) for entry in each.entries}),
                "statement_line_ids": [ids.encode("LIN", line.id) for line in each.lines],
            }
            for each in found[:LISTED]
        ],
    }


def _seen(rows: QuerySet[Entry], decimals: int, marked: bool) -> list[SeenEntry]:
    found = list(rows.select_related("transaction").order_by("transaction_date", "pk")[:EXAMINED])
    matches = MatchedEntry.objects.filter(entry_id__in=[entry.pk for entry in found])
    matched = set(matches.of(found[0].organization_id).values_list("entry_id", flat=True)) if found else set()
    return [
        SeenEntry(
            entry.pk,
            entry.transaction_id,
            entry.transaction_date,
            exact(entry.amount, decimals),
            entry.description or entry.transaction.description,
            marked,
            entry.pk in matched,
        )
        for entry in found
    ]


def _text(line: StatementLine) -> str:
    return " ".join(part for part in (line.description, line.counterparty, line.kind, line.reference) if part)
