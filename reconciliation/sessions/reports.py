"""What a reconciliation proves: how the statement's closing balance and the books' balance come together.

closing balance (less the difference, while there is one)
+ outstanding: entries of the books that the statements until then do not show
- dated after: entries that they show, and that the books have at a later day
+ brought forward: what was open at the first opening balance, where that was given
= the books' balance at the end of the last day
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from ledger.journal.models import Entry
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from reconciliation.errors import ReconciliationCancelled
from reconciliation.sessions.answers import difference_of, ledger_balance_of, reconciliation_answer
from reconciliation.sessions.models import Reconciliation
from reconciliation.sessions.standings import Standing, bank_entries, unbooked_lines
from reconciliation.statements.models import StatementLine

#: How many entries or lines of a kind are listed; count and total are of all.
LISTED = 500
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of the report: the first of them, and the count and sum of all."""

    count: int
    total: Decimal
    rows: list[dict]

    def answer(self, name: str, decimals: int) -> dict[str, Any]:
        """The part as the API shows it."""
        return {"count": self.count, "total": exact(self.total, decimals), name: self.rows}


def reconciliation_report(session: Reconciliation) -> dict:
    """The report on a session, from ``sessions_of``. Raises ReconciliationCancelled."""
    refuse_cancelled(session)
    standing, decimals = Standing.of(session.account), decimals_of(session.account.currency_id)
    entries, until = bank_entries(session.account), standing.marked_until(session)
    outstanding = _entries(entries.filter(standing.open_in(session)).exclude(standing.before_opening))
    later = _entries(entries.filter(until, transaction_date__gt=session.end_date))
    old = entries.filter(standing.before_opening).filter(~until)
    brought_forward = add_up([_sum(old), -standing.first.opening_balance])
    difference = difference_of(session)
    balance = add_up(
        [session.closing_balance, -difference, outstanding.total, -later.total, brought_forward],
    )
    return {
        "object": "reconciliation_report",
        "organization_id": ids.encode("ORG", session.organization_id),
        "reconciliation": reconciliation_answer(session),
        "account": {
            "id": session.account.public_id,
            "code": session.account.code,
            "name": session.account.name,
            "account_type": session.account.type,
            "currency_id": f"CUR_{session.account.currency_id}",
        },
        "reconciled": _entries(entries.filter(standing.marked_in(session))).answer("entries", decimals),
        "outstanding": outstanding.answer("entries", decimals),
        "dated_after": later.answer("entries", decimals),
        "unbooked": _lines(unbooked_lines(session)).answer("lines", decimals),
        "proof": {
            "closing_balance": exact(session.closing_balance, decimals),
            "difference": exact(difference, decimals),
            "outstanding": exact(outstanding.total, decimals),
            "dated_after": exact(later.total, decimals),
            "brought_forward": exact(brought_forward, decimals),
            "book_balance": exact(balance, decimals),
            "is_proven": not difference and balance == ledger_balance_of(session),
        },
    }


def refuse_cancelled(session: Reconciliation) -> None:
    """Raises ReconciliationCancelled."""
    if session.status == "cancelled":
        raise ReconciliationCancelled()


def _sum(rows: QuerySet) -> Decimal:
    return rows.order_by().aggregate(found=Sum("amount"))["found"] or ZERO


def _entries(rows: QuerySet[Entry]) -> Part:
    found = rows.order_by().aggregate(count=Count("pk"), total=Sum("amount"))
    listed = rows.select_related("transaction").order_by("transaction_date", "pk")[:LISTED]
    return Part(
        found["count"],
        found["total"] or ZERO,
        [
            {
                "entry_id": ids.encode("LED", entry.pk),
                "transaction_id": ids.encode("TXN", entry.transaction_id),
                "transaction_date": entry.transaction_date,
                "description": entry.description or entry.transaction.description,
                "reference": entry.reference or entry.transaction.reference_number,
                "amount": exact(entry.amount, decimals_of(entry.currency_id)),
            }
            for entry in listed
        ],
    )


def _lines(rows: QuerySet[StatementLine]) -> Part:
    found = rows.order_by().aggregate(count=Count("pk"), total=Sum("amount"))
    listed = rows.select_related("account").order_by("date", "pk")[:LISTED]
    return Part(
        found["count"],
        found["total"] or ZERO,
        [
            {
                "statement_line_id": line.public_id,
                "date": line.date,
                "description": line.description,
                "counterparty": line.counterparty,
                "reference": line.reference,
                "amount": exact(line.amount, decimals_of(line.account.currency_id)),
                "status": line.status,
            }
            for line in listed
        ],
    )
