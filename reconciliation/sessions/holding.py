"""Whoever changes the sessions of an account waits for the others: one lock for each account, before any row."""

from django.db import connection

from organizations.errors import NotFound
from reconciliation.errors import ReconciliationNotOpen
from reconciliation.sessions.answers import sessions_of
from reconciliation.sessions.models import Reconciliation


def hold_account(organization_id: int, account_id: int) -> None:
    """Take the lock of an account's sessions, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(reconciliation_session_key(%s, %s))", [organization_id, account_id]
        )


def hold_books(organization_id: int) -> None:
    """Wait for postings in flight, and keep new ones out: what the books say now is what they have."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(crane_books_key(%s))", [organization_id])


def held(session: Reconciliation) -> Reconciliation:
    """The session as it is now, and stays until the transaction ends. Raises NotFound."""
    hold_account(session.organization_id, session.account_id)
    return reread(session)


def held_open(session: Reconciliation) -> Reconciliation:
    """The same, if it is in progress. Raises NotFound, ReconciliationNotOpen."""
    session = held(session)
    if session.status != "in_progress":
        raise ReconciliationNotOpen(details={"status": session.status})
    return session


def reread(session: Reconciliation) -> Reconciliation:
    """The session with what was marked by now. Raises NotFound."""
    found = sessions_of(session.organization).filter(pk=session.pk).first()
    if found is None:
        raise NotFound()
    return found
