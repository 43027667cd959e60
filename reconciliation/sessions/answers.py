"""A reconciliation as the API shows it. Amounts are signed as on the statement: money in is positive."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Count, DecimalField, F, Func, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from ledger.journal.models import Entry
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reconciliation.sessions.models import Adjustment, ReconciledEntry, Reconciliation

MONEY = DecimalField(max_digits=28, decimal_places=8)


class BooksOn(Func):
    """The balance of the account at the end of the session's last day, signed by the account's normal balance."""

    function = "ledger_balance_on"
    output_field = MONEY

    def __init__(self):
        super().__init__(F("organization_id"), F("account_id"), F("end_date"))


def sessions_of(organization: Organization) -> QuerySet[Reconciliation]:
    """An organization's sessions, each with ``marked``, ``marked_count`` and the ``books``' balance at its end."""
    own = {"organization_id": OuterRef("organization_id"), "reconciliation_id": OuterRef("pk")}
    marks = ReconciledEntry.objects.filter(**own, entry__organization_id=OuterRef("organization_id"))
    marks = marks.order_by().values("reconciliation_id")
    return (
        Reconciliation.objects.of(organization)
        .select_related("account")
        .annotate(
            marked=Coalesce(
                Subquery(marks.annotate(found=Sum("entry__amount")).values("found"), output_field=MONEY),
                Value(Decimal(0), output_field=MONEY),
            ),
            marked_count=Coalesce(
                Subquery(marks.annotate(found=Count("pk")).values("found"), output_field=IntegerField()), Value(0)
            ),
            books=BooksOn(),
        )
    )


def difference_of(session: Reconciliation) -> Decimal:
    """What the statement says beyond the marked entries; the row must come from ``sessions_of``."""
    return add_up([session.closing_balance, -session.opening_balance, -session.marked])


def ledger_balance_of(session: Reconciliation) -> Decimal:
    """The books' balance at the end of the session's last day, debit positive."""
    return session.books * session.account.normal_sign


def reconciliation_answers(sessions: list[Reconciliation]) -> list[dict]:
    """Sessions of one organization, from ``sessions_of``, with one query for what all of them posted."""
    adjustments = _adjustments(sessions)
    return [_answer(session, adjustments[session.pk]) for session in sessions]


def reconciliation_answer(session: Reconciliation) -> dict:
    """One session."""
    return reconciliation_answers([session])[0]


def _answer(session: Reconciliation, adjustments: list[dict]) -> dict:
    decimals = decimals_of(session.account.currency_id)
    return {
        "object": "reconciliation",
        "id": session.public_id,
        "organization_id": ids.encode("ORG", session.organization_id),
        "account_id": ids.encode("ACT", session.account_id),
        "currency_id": f"CUR_{session.account.currency_id}",
        "start_date": session.start_date,
        "end_date": session.end_date,
        "opening_balance": exact(session.opening_balance, decimals),
        "opening_from": session.opening_from,
        "closing_balance": exact(session.closing_balance, decimals),
        "reconciled_amount": exact(session.marked, decimals),
        "reconciled_count": session.marked_count,
        "difference": exact(difference_of(session), decimals),
        "ledger_balance": exact(ledger_balance_of(session), decimals),
        "status": session.status,
        "completed_at": session.completed_at,
        "cancelled_at": session.cancelled_at,
        "adjustments": adjustments,
        "metadata": session.metadata,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }


def _adjustments(sessions: list[Reconciliation]) -> dict[int, list[dict]]:
    found: dict[int, list[dict]] = defaultdict(list)
    if not sessions:
        return found
    by_id = {session.pk: session for session in sessions}
    organization_id = sessions[0].organization_id
    rows = list(
        Adjustment.objects.of(organization_id)
        .filter(reconciliation_id__in=by_id)
        .select_related("transaction")
        .order_by("pk")
    )
    if not rows:
        return found
    on_account: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for entry in Entry.objects.of(organization_id).filter(transaction_id__in=[row.transaction_id for row in rows]):
        on_account[entry.transaction_id, entry.account_id].append(entry)
    for row in rows:
        session = by_id[row.reconciliation_id]
        entries = on_account[row.transaction_id, session.account_id]
        found[session.pk].append(
            {
                "transaction_id": row.transaction.public_id,
                "entry_ids": [ids.encode("LED", entry.pk) for entry in entries],
                "transaction_date": row.transaction.transaction_date,
                "description": row.transaction.description,
                "amount": exact(add_up(entry.amount for entry in entries), decimals_of(session.account.currency_id)),
            }
        )
    return found
