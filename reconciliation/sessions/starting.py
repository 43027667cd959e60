"""Starting a reconciliation of an account, and changing what its statement says while it is open."""

import datetime
from decimal import Decimal

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction

from ledger.accounts.models import Account
from ledger.balances.totals import NOTHING, totals
from ledger.errors import AccountNotFound
from organizations import ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.money import MoneyError, exact, read_amount
from organizations.tenants.models import Organization
from reconciliation.errors import (
    AccountNotReconcilable,
    OpeningBalanceDiffers,
    ReconciliationExists,
    ReconciliationFixed,
    ReconciliationNotOpen,
    ReconciliationOrder,
)
from reconciliation.sessions.answers import reconciliation_answer
from reconciliation.sessions.holding import held, hold_account, hold_books, reread
from reconciliation.sessions.marking import mark_matched, with_entries
from reconciliation.sessions.models import Reconciliation

STARTED = event("reconciliation.started")
UPDATED = event("reconciliation.updated")

RECONCILABLE = ("asset", "liability")
FIXED = ("account_id", "start_date", "opening_balance")
ONE_DAY = datetime.timedelta(days=1)


@transaction.atomic
def start_reconciliation(
    *,
    actor: Actor,
    organization: Organization,
    account_id: int,
    start_date: datetime.date,
    end_date: datetime.date,
    closing_balance: object,
    opening_balance: object = None,
    auto_match: bool = False,
    metadata: dict | None = None,
) -> Reconciliation:
    """Open a session for the statement of a period, signed as the statement's lines: money in is positive.

    It opens with the closing balance of the last completed one; the first with ``opening_balance``, or
    with what the books had before ``start_date``. ``auto_match`` marks what is matched with lines of the period.

    Raises AccountNotFound, AccountNotReconcilable, Invalid, ReconciliationExists, ReconciliationOrder,
    OpeningBalanceDiffers.
    """
    account = Account.objects.of(organization).filter(pk=account_id).first()
    if account is None:
        raise AccountNotFound(fields={"account_id": "There is no such account."})
    if account.type not in RECONCILABLE:
        raise AccountNotReconcilable(fields={"account_id": f"{account} is of type {account.type}."})
    _refuse_backward(start_date, end_date)
    closing = _balance("closing_balance", closing_balance, account)
    given = None if opening_balance is None else _balance("opening_balance", opening_balance, account)
    hold_account(organization.pk, account.pk)
    opening, opening_from = _opening(account, start_date, given)
    session = Reconciliation.objects.create(
        organization=organization,
        account=account,
        start_date=start_date,
        end_date=end_date,
        opening_balance=opening,
        opening_from=opening_from,
        closing_balance=closing,
        metadata=metadata or {},
        created_at=TransactionNow(),  # as updated_at is: by the clock of the statement it would be the later
    )
    numbers = mark_matched(session) if auto_match else []
    session = reread(session)
    record(
        STARTED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=session.public_id,
        after=with_entries(reconciliation_answer(session), numbers),
    )
    return session


@transaction.atomic
def change_reconciliation(*, actor: Actor, session: Reconciliation, changes: dict) -> Reconciliation:
    """Correct what the statement says: its closing balance and last day, while the session is open; and the metadata.

    Raises ReconciliationFixed, ReconciliationNotOpen, Invalid, NotFound.
    """
    session = held(session)
    before = reconciliation_answer(session)
    if changes.get("opening_balance") is not None:
        changes = changes | {
            "opening_balance": _balance("opening_balance", changes["opening_balance"], session.account)
        }
    fixed = [name for name in FIXED if name in changes and changes[name] != getattr(session, name)]
    if fixed:
        raise ReconciliationFixed(fields=dict.fromkeys(fixed, "Fixed for life."))
    changes = {name: value for name, value in changes.items() if name not in FIXED}
    if session.status != "in_progress" and changes.keys() - {"metadata"}:
        raise ReconciliationNotOpen(details={"status": session.status})
    if "closing_balance" in changes:
        changes["closing_balance"] = _balance("closing_balance", changes["closing_balance"], session.account)
    _refuse_backward(session.start_date, changes.get("end_date", session.end_date))
    for name, value in changes.items():
        setattr(session, name, value)
    session.save(update_fields=["closing_balance", "end_date", "metadata"])
    session = reread(session)
    after = reconciliation_answer(session)
    if after | {"updated_at": before["updated_at"]} != before:
        record(
            UPDATED,
            actor=actor,
            organization_id=session.organization_id,
            entity_id=session.public_id,
            before=before,
            after=after,
        )
    return session


def _opening(account: Account, start_date: datetime.date, given: Decimal | None) -> tuple[Decimal, str]:
    """The opening balance and where it is from, with the account's sessions held."""
    sessions = Reconciliation.objects.of(account.organization_id).filter(account=account)
    current = sessions.filter(status="in_progress").first()
    if current is not None:
        raise ReconciliationExists(details={"reconciliation_id": current.public_id})
    last = sessions.filter(status="completed").order_by("-end_date").first()
    if last is None:
        hold_books(account.organization_id)
        if given is not None:
            return given, "given"
        found = totals(account.organization_id, account_ids=[account.pk], as_of=start_date - ONE_DAY)
        return found.get(account.pk, NOTHING).balance, "books"
    if start_date <= last.end_date:
        raise ReconciliationOrder(
            details={"reconciliation_id": last.public_id, "end_date": last.end_date},
            fields={"start_date": f"The account is reconciled through {last.end_date}."},
        )
    if given is not None and given != last.closing_balance:
        expected = exact(last.closing_balance, decimals_of(account.currency_id))
        raise OpeningBalanceDiffers(
            details={"expected": expected, "opening_balance": given, "reconciliation_id": ids.encode("REC", last.pk)},
            fields={"opening_balance": f"The reconciliation before closed with {expected}."},
        )
    return last.closing_balance, "previous"


def _balance(name: str, value: object, account: Account) -> Decimal:
    try:
        return read_amount(value, decimals=decimals_of(account.currency_id), allow_zero=True, signed=True)
    except MoneyError as problem:
        raise Invalid(fields={name: problem.message}) from problem


def _refuse_backward(start_date: datetime.date, end_date: datetime.date) -> None:
    if end_date < start_date:
        raise Invalid(fields={"end_date": f"Lies before {start_date}, the first day."})
