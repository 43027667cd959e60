"""Changing, moving, suspending, archiving and deleting accounts."""

from django.db import IntegrityError, connection, transaction

from ledger.accounts.answers import account_answer
from ledger.accounts.charts import role_mismatch
from ledger.accounts.models import Account
from ledger.accounts.opening import read_bound
from ledger.accounts.placing import hold_chart, renumber
from ledger.balances.totals import NOTHING, totals
from ledger.errors import (
    AccountCycle,
    AccountIdentityFinal,
    AccountInUse,
    AccountIsSystem,
    AccountParentMismatch,
    AccountRoleMismatch,
)
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record

UPDATED = event("account.updated")
DELETED = event("account.deleted")

FIXED = {"code": "code", "type": "type", "account_type": "type", "currency": "currency_id"}


def _answer(account: Account) -> dict:
    total = totals(account.organization_id, account_ids=[account.pk]).get(account.pk, NOTHING)
    return account_answer(account, total)


@transaction.atomic
def update_account(*, actor: Actor, account: Account, changes: dict) -> Account:
    """Change an account; ``parent_id`` moves it, ``status`` suspends, archives or reactivates it.

    A change of status or role waits for postings in flight. Raises AccountIdentityFinal for another
    code, type or currency, AccountRoleMismatch, AccountParentMismatch, AccountCycle, Invalid, NotFound; the database
    refuses to take the role from a control account that open items or contacts name (AccountIsControl).
    """
    account = _held(account)
    _refuse_identity(account, changes)
    before = _answer(account)
    if any(name in changes and changes[name] != getattr(account, name) for name in ("status", "role")):
        with connection.cursor() as cursor:  # before any row lock, in the order in which postings lock
            cursor.execute("select pg_advisory_xact_lock(crane_books_key(%s))", [account.organization_id])
    problems: dict[str, str] = {}
    for name in ("balance_floor", "balance_ceiling"):
        if name in changes:
            changes[name] = read_bound(changes[name], decimals_of(account.currency_id), name, problems)
    if "name" in changes and not changes["name"].strip():
        problems["name"] = "A name is needed."
    if problems:
        raise Invalid(fields=problems)
    unfit = role_mismatch(changes["role"], account.type) if changes.get("role") not in (None, account.role) else None
    if unfit is not None:
        raise AccountRoleMismatch(fields={"role": unfit})
    moved = "parent_id" in changes and changes["parent_id"] != account.parent_id
    if moved:
        _refuse_parent(account, changes["parent_id"])
    columns = [name for name in changes if name not in FIXED]
    if columns:
        Account.objects.of(account.organization_id).filter(pk=account.pk).update(
            **{name: changes[name] for name in columns}
        )
    if moved:
        renumber(account.organization_id)
    account = Account.objects.of(account.organization_id).get(pk=account.pk)
    after = _answer(account)
    if after != before:
        record(
            UPDATED,
            actor=actor,
            organization_id=account.organization_id,
            entity_id=account.public_id,
            before=before,
            after=after,
        )
    return account


@transaction.atomic
def delete_account(*, actor: Actor, account: Account) -> None:
    """Delete an account that nothing was ever posted to. Raises AccountIsSystem, AccountInUse, NotFound."""
    account = _held(account)
    if account.is_system:
        raise AccountIsSystem()
    before = _answer(account)
    rows = Account.objects.of(account.organization_id).filter(pk=account.pk)
    try:
        with transaction.atomic():
            # Not through the tree's own delete, which also takes the children along.
            rows._raw_delete(using="default")
    except IntegrityError as problem:
        raise AccountInUse() from problem
    renumber(account.organization_id)
    record(DELETED, actor=actor, organization_id=account.organization_id, entity_id=account.public_id, before=before)


def _held(account: Account) -> Account:
    """The account as it is once no one else can change the chart; NotFound if someone deleted it meanwhile."""
    hold_chart(account.organization_id)
    found = Account.objects.of(account.organization_id).filter(pk=account.pk).first()
    if found is None:
        raise NotFound()
    return found


def _refuse_identity(account: Account, changes: dict) -> None:
    for name, attribute in FIXED.items():
        if name in changes and changes[name] != getattr(account, attribute):
            sent = "currency_id" if name == "currency" else name
            raise AccountIdentityFinal(fields={sent: "Fixed for life."})


def _refuse_parent(account: Account, parent_id: int | None) -> None:
    parent = None
    if parent_id is not None:
        parent = Account.objects.of(account.organization_id).filter(pk=parent_id).first()
        if parent is None:
            raise Invalid(fields={"parent_account_id": "There is no such account."})
        if parent.type != account.type:
            raise AccountParentMismatch(fields={"parent_account_id": f"{parent.code} is of type {parent.type}."})
    while parent is not None:
        if parent.pk == account.pk:
            raise AccountCycle(fields={"parent_account_id": AccountCycle.message})
        parent = Account.objects.of(account.organization_id).filter(pk=parent.parent_id).first()
