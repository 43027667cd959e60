"""Asserting what a balance must be, changing that, and withdrawing it.

The database watches (migrations/sql/0010_assertions.sql), whichever way a posting takes: it
records ``balance_assertion.broken`` in the posting's own transaction, or refuses the posting
where the assertion blocks. Who posted stands in the event of the transaction that it names.
"""

import datetime
from decimal import Decimal

from django.db import connection, transaction

from ledger.accounts.models import Account
from ledger.assertions.answers import assertion_answer, assertions_of
from ledger.assertions.models import BalanceAssertion
from ledger.errors import AccountNotFound, AssertionIdentityFinal, AssertionNotTrue, BalanceAssertionExists
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.money import MoneyError, exact, read_amount
from organizations.tenants.models import Organization

CREATED = event("balance_assertion.created")
UPDATED = event("balance_assertion.updated")
WITHDRAWN = event("balance_assertion.withdrawn")
BROKEN = event("balance_assertion.broken")  # recorded by the database

FIXED = ("account_id", "date")


@transaction.atomic
def assert_balance(
    *,
    actor: Actor,
    organization: Organization,
    account_id: int,
    date: datetime.date,
    expected: object,
    blocking: bool = False,
    description: str = "",
    metadata: dict | None = None,
) -> BalanceAssertion:
    """Say what an account's balance is at the end of a day. It may be false, unless it blocks.

    Waits for postings in flight. Raises AccountNotFound, Invalid, BalanceAssertionExists, AssertionNotTrue.
    """
    account = Account.objects.of(organization).filter(pk=account_id).first()
    if account is None:
        raise AccountNotFound(fields={"account_id": "There is no such account."})
    assertion = BalanceAssertion(
        organization=organization,
        account=account,
        date=date,
        expected=_amount(expected, account),
        blocking=blocking,
        description=description,
        metadata=metadata or {},
    )
    _hold_books(organization.pk)
    if BalanceAssertion.objects.of(organization).filter(account=account, date=date).exists():
        raise BalanceAssertionExists(fields={"date": BalanceAssertionExists.message})
    return _saved(actor, assertion, before=None)


@transaction.atomic
def change_assertion(*, actor: Actor, assertion: BalanceAssertion, changes: dict) -> BalanceAssertion:
    """Change what is expected, whether it blocks, the description or the metadata.

    Raises AssertionIdentityFinal for another account or day, Invalid, AssertionNotTrue, NotFound.
    """
    fixed = [name for name in FIXED if name in changes and changes[name] != getattr(assertion, name)]
    if fixed:
        raise AssertionIdentityFinal(fields=dict.fromkeys(fixed, "Fixed for life."))
    _hold_books(assertion.organization_id)
    assertion = _held(assertion)
    before = assertion_answer(assertion)
    if "expected" in changes:
        changes = {**changes, "expected": _amount(changes["expected"], assertion.account)}
    for name, value in changes.items():
        setattr(assertion, name, value)
    return _saved(actor, assertion, before=before)


@transaction.atomic
def withdraw_assertion(*, actor: Actor, assertion: BalanceAssertion) -> None:
    """Take an assertion back: from then on nothing watches for it. The trail keeps it. Raises NotFound."""
    assertion = _held(assertion)
    before = assertion_answer(assertion)
    BalanceAssertion.objects.of(assertion.organization_id).filter(pk=assertion.pk).delete()
    record(
        WITHDRAWN,
        actor=actor,
        organization_id=assertion.organization_id,
        entity_id=assertion.public_id,
        before=before,
    )


def _amount(value: object, account: Account) -> Decimal:
    try:
        return read_amount(value, decimals=decimals_of(account.currency_id), allow_zero=True, signed=True)
    except MoneyError as problem:
        raise Invalid(fields={"expected": problem.message}) from problem


def _hold_books(organization_id: int) -> None:
    """Before any row lock, in the order in which postings lock."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(crane_books_key(%s))", [organization_id])


def _held(assertion: BalanceAssertion) -> BalanceAssertion:
    found = assertions_of(assertion.organization).select_for_update(of=("self",)).filter(pk=assertion.pk).first()
    if found is None:
        raise NotFound()
    return found


def _saved(actor: Actor, assertion: BalanceAssertion, *, before: dict | None) -> BalanceAssertion:
    """The assertion written, with its event. Nobody posts meanwhile, so what it is compared with stays."""
    if assertion.blocking:
        _refuse_untrue(assertion)
    if before is None:
        assertion.save(force_insert=True)
    else:
        assertion.save(update_fields=["expected", "blocking", "description", "metadata"])
    saved = assertions_of(assertion.organization).get(pk=assertion.pk)
    after = assertion_answer(saved)
    if before is None or after | {"updated_at": before["updated_at"]} != before:
        record(
            CREATED if before is None else UPDATED,
            actor=actor,
            organization_id=saved.organization_id,
            entity_id=saved.public_id,
            before=before,
            after=after,
        )
    return saved


def _refuse_untrue(assertion: BalanceAssertion) -> None:
    with connection.cursor() as cursor:
        asked = [assertion.organization_id, assertion.account_id, assertion.date]
        cursor.execute("select ledger_balance_on(%s, %s, %s)", asked)
        (balance,) = cursor.fetchone()
    if balance != assertion.expected:
        decimals = decimals_of(assertion.account.currency_id)
        raise AssertionNotTrue(
            details={"expected": exact(assertion.expected, decimals), "balance": exact(balance, decimals)},
            fields={"blocking": "Only a true assertion can block."},
        )
