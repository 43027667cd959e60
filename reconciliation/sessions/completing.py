"""Completing a reconciliation, reopening the last one, and cancelling one: how a session ends."""

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction

from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.events.recording import event, record
from organizations.money import exact
from reconciliation.errors import LaterReconciliations, ReconciliationDoesNotTie, ReconciliationNotCompleted
from reconciliation.sessions.answers import difference_of, reconciliation_answer, sessions_of
from reconciliation.sessions.holding import held, held_open, reread
from reconciliation.sessions.marking import Wishes, mark, with_entries
from reconciliation.sessions.models import ReconciledEntry, Reconciliation

COMPLETED = event("reconciliation.completed")
REOPENED = event("reconciliation.reopened")
CANCELLED = event("reconciliation.cancelled")


@transaction.atomic
def complete_reconciliation(*, actor: Actor, session: Reconciliation, wishes: Wishes | None = None) -> Reconciliation:
    """Complete a session, at a difference of zero; what is wished for is marked before, adjustments are posted.

    From then on its marks stay. Raises ReconciliationNotOpen, what marking raises, ReconciliationDoesNotTie.
    """
    session = held_open(session)
    before = reconciliation_answer(session)
    numbers = mark(actor, session, wishes or Wishes())
    session = reread(session)
    difference = difference_of(session)
    if difference:
        decimals = decimals_of(session.account.currency_id)
        raise ReconciliationDoesNotTie(
            details={
                "opening_balance": exact(session.opening_balance, decimals),
                "reconciled_amount": exact(session.marked, decimals),
                "closing_balance": exact(session.closing_balance, decimals),
                "difference": exact(difference, decimals),
            }
        )
    _turn(session, status="completed", completed_at=TransactionNow())
    session = reread(session)
    _record(COMPLETED, actor, session, before, numbers)
    return session


@transaction.atomic
def reopen_reconciliation(
    *, actor: Actor, session: Reconciliation, cascade: bool = False
) -> tuple[Reconciliation, list[Reconciliation]]:
    """Open a completed session again, with its marks. Gives it with the later ones that were cancelled for it.

    Later sessions open with its closing balance: they stand in the way, unless ``cascade`` cancels them,
    the latest first. What they posted stays posted.

    Raises ReconciliationNotCompleted, LaterReconciliations.
    """
    session = held(session)
    if session.status != "completed":
        raise ReconciliationNotCompleted(details={"status": session.status})
    before = reconciliation_answer(session)
    rows = sessions_of(session.organization).filter(account_id=session.account_id, start_date__gt=session.end_date)
    later = list(rows.exclude(status="cancelled").order_by("-start_date"))
    if later and not cascade:
        raise LaterReconciliations(details={"later": [_named(each) for each in later]})
    cancelled = [_cancel(actor, each) for each in later]
    _turn(session, status="in_progress", completed_at=None)
    session = reread(session)
    _record(REOPENED, actor, session, before)
    return session, cancelled


@transaction.atomic
def cancel_reconciliation(*, actor: Actor, session: Reconciliation) -> Reconciliation:
    """Give an open session up: its marks go, what it posted stays posted. Raises ReconciliationNotOpen."""
    return _cancel(actor, held_open(session))


def _cancel(actor: Actor, session: Reconciliation) -> Reconciliation:
    before = reconciliation_answer(session)
    if session.status == "completed":
        _turn(session, status="in_progress", completed_at=None)
    ReconciledEntry.objects.of(session.organization_id).filter(reconciliation=session).delete()
    _turn(session, status="cancelled", cancelled_at=TransactionNow())
    session = reread(session)
    _record(CANCELLED, actor, session, before)
    return session


def _turn(session: Reconciliation, **columns) -> None:
    Reconciliation.objects.of(session.organization_id).filter(pk=session.pk).update(**columns)


def _named(session: Reconciliation) -> dict:
    return {
        "id": session.public_id,
        "start_date": session.start_date,
        "end_date": session.end_date,
        "status": session.status,
    }


def _record(kind: str, actor: Actor, session: Reconciliation, before: dict, numbers: list[int] | None = None) -> None:
    record(
        kind,
        actor=actor,
        organization_id=session.organization_id,
        entity_id=session.public_id,
        before=before,
        after=with_entries(reconciliation_answer(session), numbers or []),
    )
