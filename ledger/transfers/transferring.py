"""Moving money between one's own accounts, and undoing that."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.accounts.finding import account_of_role
from ledger.accounts.models import BALANCE_SHEET_TYPES, Account
from ledger.currencies.rates import rate_on
from ledger.errors import ExchangeRateMissing, TransferReversed
from ledger.journal.composing import composed, composed_line, implied_rate
from ledger.journal.posting import Plan, refuse_obstacles, write
from ledger.journal.reversing import reverse_transaction
from ledger.journal.saved import new_ids
from ledger.transfers.answers import transfer_answer
from ledger.transfers.models import Transfer
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events import recording
from organizations.money import MoneyError, add_up, read_amount, to_base
from organizations.tenants.models import Organization

CREATED = recording.event("transfer.created")
REVERSED = recording.event("transfer.reversed")
ZERO, ONE = Decimal(0), Decimal(1)
NOT_ONES_OWN = ("receivable", "payable")


@dataclass(slots=True)
class NewTransfer:
    """A transfer as it is wished. ``to_amount`` None: by the rates of the day, or as it left."""

    from_account_id: int
    to_account_id: int
    amount: Any
    to_amount: Any = None
    currency: str | None = None
    fee_amount: Any = None
    date: datetime.date | None = None
    description: str = ""
    reference: str = ""
    metadata: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """What left and arrived, and both in base currency; all positive."""

    amount: Decimal
    fee: Decimal
    arrived: Decimal
    left_base: Decimal
    arrived_base: Decimal


@transaction.atomic
def make_transfer(*, actor: Actor, organization: Organization, new: NewTransfer) -> Transfer:
    """Post a transfer. Raises Invalid, ExchangeRateMissing, and what stands in the way of posting.

    In base currency as much arrives as left, less the fee: the side in base currency says how much, and of two foreign
    ones the rate of the one that the money left.
    """
    date = new.date or clock.today(organization.time_zone)
    left, reached = _accounts(organization, new)
    found = _figures(organization, new, left, reached, date)
    _, (number,) = new_ids(1)
    plan = _plan(actor, organization, new, left, reached, found, number, date)
    refuse_obstacles(plan, organization)
    write(actor=actor, organization=organization, plans=[plan])
    row = Transfer(
        pk=number,
        organization=organization,
        from_account=left,
        to_account=reached,
        currency_id=left.currency_id,
        amount=found.amount,
        to_amount=found.arrived,
        fee_amount=found.fee,
        transferred_at=date,
        description=new.description,
        reference=new.reference,
        metadata=new.metadata,
        transaction_id=plan.number,
    )
    row.save(force_insert=True)
    row.refresh_from_db(fields=["created_at", "updated_at"])
    recording.record(
        CREATED, actor=actor, organization_id=organization.pk, entity_id=row.public_id, after=transfer_answer(row)
    )
    return row


def _plan(
    actor: Actor,
    organization: Organization,
    new: NewTransfer,
    left: Account,
    reached: Account,
    found: Figures,
    number: int,
    date: datetime.date,
) -> Plan:
    lines = [
        composed_line(reached, found.arrived, found.arrived_base),
        composed_line(left, -found.amount, -found.left_base),
    ]
    cost = add_up([found.left_base, -found.arrived_base])
    if cost:
        fees = account_of_role(actor=actor, organization=organization, role="bank_fees", field="fee_amount")
        lines.append(composed_line(fees, cost, cost, description="Fee"))
    return composed(
        organization,
        lines,
        type="transfer",
        date=date,
        source=("transfer", number),
        description=new.description or f"Transfer from {left.name} to {reached.name}",
        reference_number=new.reference,
        currency=left.currency_id,
        amount=found.amount,
    )


def _figures(
    organization: Organization, new: NewTransfer, left: Account, reached: Account, date: datetime.date
) -> Figures:
    amount, fee, arrived = _amounts(new, left, reached)
    net = add_up([amount, -fee])
    base = organization.base_currency_id
    if arrived is None:
        arrived = _by_rates(organization, left, reached, net, date)
    if reached.currency_id == base != left.currency_id:
        whole = arrived if not fee else to_base(amount, implied_rate(net, arrived), decimals_of(base))
        return Figures(amount, fee, arrived, whole, arrived)
    whole = _in_base(organization, left.currency_id, amount, date)
    kept = to_base(fee, implied_rate(amount, whole), decimals_of(base)) if fee else ZERO
    return Figures(amount, fee, arrived, whole, add_up([whole, -kept]))


@transaction.atomic
def reverse_transfer(
    *,
    actor: Actor,
    organization: Organization,
    transfer_id: int,
    date: datetime.date | None = None,
    reason: str = "",
) -> Transfer:
    """Undo a transfer that never was. Raises NotFound, TransferReversed, and what stands in the way of posting."""
    rows = Transfer.objects.of(organization).filter(pk=transfer_id).select_related("from_account", "to_account")
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise NotFound()
    if row.reversed_on is not None:
        raise TransferReversed()
    before = transfer_answer(row)
    date = date or max(clock.today(organization.time_zone), row.transferred_at)
    plan = reverse_transaction(
        actor=actor,
        organization=organization,
        transaction_id=row.transaction_id,
        reason=reason,
        reversal_date=date,
        source=("transfer", row.pk),
    )
    row.reversed_on, row.reversed_transaction_id = date, plan.number
    row.save(update_fields=["reversed_on", "reversed_transaction"])
    row.refresh_from_db(fields=["updated_at"])
    recording.record(
        REVERSED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=row.public_id,
        before=before,
        after=transfer_answer(row),
    )
    return row


def _accounts(organization: Organization, new: NewTransfer) -> tuple[Account, Account]:
    found = Account.objects.of(organization).in_bulk([new.from_account_id, new.to_account_id])
    problems = {}
    for name in ("from_account_id", "to_account_id"):
        account = found.get(getattr(new, name))
        if account is None:
            problems[name] = "There is no such account."
        elif account.type not in BALANCE_SHEET_TYPES or account.role in NOT_ONES_OWN:
            problems[name] = "A transfer moves between one's own accounts: assets, liabilities, equity."
    if new.from_account_id == new.to_account_id:
        problems["to_account_id"] = "Another account than the one that the money leaves."
    if not problems and new.currency not in (None, found[new.from_account_id].currency_id):
        problems["currency_id"] = f"The account is in {found[new.from_account_id].currency_id}."
    if problems:
        raise Invalid(fields=problems)
    return found[new.from_account_id], found[new.to_account_id]


def _amounts(new: NewTransfer, left: Account, reached: Account) -> tuple[Decimal, Decimal, Decimal | None]:
    """What left, the fee, and what reached the other account, where that is said."""
    problems: dict[str, str] = {}

    def read(name: str, currency: str, **more) -> Decimal:
        try:
            return read_amount(getattr(new, name), decimals=decimals_of(currency), **more)
        except MoneyError as problem:
            problems[name] = problem.message
            return ZERO

    amount = read("amount", left.currency_id)
    fee = ZERO if new.fee_amount is None else read("fee_amount", left.currency_id, allow_zero=True)
    arrived = None if new.to_amount is None else read("to_amount", reached.currency_id)
    if not problems and fee >= amount:
        problems["fee_amount"] = "Less than the amount."
    if not problems and left.currency_id == reached.currency_id:
        net = add_up([amount, -fee])
        if arrived not in (None, net):
            problems["to_amount"] = f"In one currency {net} arrives."
        arrived = net
    if problems:
        raise Invalid(fields=problems)
    return amount, fee, arrived


def _rate(organization: Organization, currency: str, date: datetime.date) -> Decimal:
    base = organization.base_currency_id
    found = rate_on(organization, currency, base, date)
    if found is None:
        reason = f"A rate from {currency} on {date} is needed, or what reached the other account."
        raise ExchangeRateMissing(details={"reason": reason}, fields={"to_amount": reason})
    return found.rate


def _in_base(organization: Organization, currency: str, amount: Decimal, date: datetime.date) -> Decimal:
    base = organization.base_currency_id
    if currency == base:
        return amount
    return to_base(amount, _rate(organization, currency, date), decimals_of(base))


def _by_rates(
    organization: Organization, left: Account, reached: Account, net: Decimal, date: datetime.date
) -> Decimal:
    in_base = _in_base(organization, left.currency_id, net, date)
    if reached.currency_id == organization.base_currency_id:
        return in_base
    inverse = implied_rate(_rate(organization, reached.currency_id, date), ONE)
    return to_base(in_base, inverse, decimals_of(reached.currency_id))
