"""Posting what a statement has and the books have not, such as a fee: transactions with an entry on the account."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts.models import Account
from ledger.currencies.rates import rate_on
from ledger.errors import AccountNotFound, ExchangeRateMissing
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import Plan, write
from ledger.journal.rating import rates_for
from ledger.journal.weighing import obstacles, weigh
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.money import MoneyError, read_amount, read_rate, to_base
from reconciliation.sessions.models import Adjustment, Reconciliation


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """``amount`` as the statement has it: money in is positive. ``account_id`` is the other side.

    ``date`` is the statement's last day unless given; ``currency_rate`` is for accounts in a foreign currency.
    """

    amount: object
    account_id: int
    description: str
    date: datetime.date | None = None
    currency_rate: object = None


def post_adjustments(*, actor: Actor, session: Reconciliation, adjustments: Collection[NewAdjustment]) -> list[int]:
    """Post one transaction for each, and note that the session did; their entries on the account.

    The session is held by the caller. Raises AccountNotFound, Invalid, ExchangeRateMissing, and what posting raises.
    """
    organization = session.organization
    wanted = {each.account_id for each in adjustments} | {session.account_id}
    accounts = {account.pk: account for account in Account.objects.of(organization).filter(pk__in=wanted)}
    plans = []
    for place, each in enumerate(adjustments):
        path = f"adjustments[{place}]."
        draft = _draft(session, each, accounts, path)
        rates = rates_for(organization, [draft], accounts, session.end_date)
        weighed = weigh(draft, accounts, organization, session.end_date, path=path, rates=rates)
        for refusal in obstacles(weighed, organization, path=path):
            raise refusal
        plans.append(Plan(weighed, True))
    write(actor=actor, organization=organization, plans=plans)
    Adjustment.objects.bulk_create(
        Adjustment(organization=organization, reconciliation=session, transaction_id=plan.transaction.pk)
        for plan in plans
    )
    return [entry.id for plan in plans for entry in plan.entries if entry.account_id == session.account_id]


def _draft(session: Reconciliation, new: NewAdjustment, accounts: dict[int, Account], path: str) -> Draft:
    own, other = session.account, accounts.get(new.account_id)
    if other is None:
        raise AccountNotFound(fields={f"{path}account_id": "There is no such account."})
    if other.pk == own.pk:
        raise Invalid(fields={f"{path}account_id": "Another account than the one that is reconciled."})
    try:
        amount = read_amount(new.amount, decimals=decimals_of(own.currency_id), signed=True)
    except MoneyError as problem:
        raise Invalid(fields={f"{path}amount": problem.message}) from problem
    there = _in_currency_of(other, abs(amount), session, new, path)
    sides = ("debit", "credit") if amount > 0 else ("credit", "debit")
    return Draft(
        lines=[
            Line(own.pk, sides[0], abs(amount), rate=new.currency_rate),
            Line(other.pk, sides[1], there, rate=new.currency_rate),
        ],
        date=new.date or session.end_date,
        description=new.description,
        currency=own.currency_id,
        account_id=own.pk,
    )


def _in_currency_of(other: Account, amount: Decimal, session: Reconciliation, new: NewAdjustment, path: str) -> Decimal:
    """The amount as the other account takes it: in the same currency, or in base currency at the rate.

    Where none is given, it is the organization's own of the day, which the line of the account takes too.
    """
    currency, base = session.account.currency_id, session.organization.base_currency_id
    if other.currency_id == currency:
        return amount
    if other.currency_id != base:
        reason = f"The account is in {other.currency_id}; one in {currency} or {base} is needed."
        raise Invalid(fields={f"{path}account_id": reason})
    rate = new.currency_rate
    if rate is None:
        found = rate_on(session.organization, currency, base, new.date or session.end_date)
        rate = found and found.rate
    if rate is None:
        reason = f"A rate from {currency} is needed."
        raise ExchangeRateMissing(details={"reason": reason}, fields={f"{path}currency_rate": reason})
    try:
        return to_base(amount, read_rate(rate), decimals_of(base))
    except MoneyError as problem:
        raise Invalid(fields={f"{path}currency_rate": problem.message}) from problem
