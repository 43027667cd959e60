"""Settling open items against each other, and undoing that.

A settlement takes amounts from a debit item and a credit item. What their carrying amounts differ by is realised and
posted by itself (IAS 21.28): EUR 100 carried at 110 and paid with 105 is a loss of 5, debited to the account for
realised exchange differences and credited to the receivable in base currency alone. Where the two stand on different
control accounts (another currency, another account of the contact), the posting carries the amount from one to the
other. The database adds up what is open (``open_item_within_amount``): of fifty that take the same, one succeeds.
On which day it may be is in ``dating``: never more is settled of an item on a day than there is on that day.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from ledger.accounts.finding import account_of_role
from ledger.accounts.models import Account
from ledger.contacts.families import head
from ledger.errors import AllocationMismatch, PaymentExceedsOpen
from ledger.journal.composing import composed, composed_line
from ledger.journal.posting import Plan, refuse_obstacles, write
from ledger.journal.reversing import reverse_transaction
from ledger.journal.saved import new_ids
from ledger.openitems.carrying import carried, difference
from ledger.openitems.models import ItemMovement, OpenItem
from ledger.settlements.dating import Days, days_of, free_from, move, refuse_shut
from ledger.settlements.models import Settlement
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.rows import insert_rows
from organizations.tenants.models import Organization

ZERO = Decimal(0)


@dataclass(slots=True)
class Pairing:
    """What is to be taken from a debit and a credit item; positive, each in its item's currency."""

    debit: OpenItem
    credit: OpenItem
    debit_amount: Decimal
    credit_amount: Decimal
    #: How the request names the amount, for a refusal.
    field: str = "amount"


def pairing_of(
    one: OpenItem, other: OpenItem, amount: Decimal, other_amount: Decimal, field: str = "amount"
) -> Pairing:
    """A pairing of two items, whichever is the debit. Raises AllocationMismatch for two of a side."""
    if (one.amount > 0) == (other.amount > 0):
        raise AllocationMismatch(
            fields={field: "A claim is settled with a payment or a credit, not with another claim."}
        )
    if one.amount > 0:
        return Pairing(one, other, amount, other_amount, field)
    return Pairing(other, one, other_amount, amount, field)


def held_items(organization: Organization, numbers: Sequence[int]) -> dict[int, OpenItem]:
    """Open items by the key of their document or payment, locked in one order until the end."""
    rows = (
        OpenItem.objects.of(organization).filter(object_id__in=list(numbers)).order_by("pk").select_related("contact")
    )
    return {item.object_id: item for item in rows.select_for_update(of=("self",), no_key=True)}


@transaction.atomic
def settle(
    *, actor: Actor, organization: Organization, pairings: Sequence[Pairing], date: datetime.date | None = None
) -> list[Settlement]:
    """Settle pairs of items that are held (``held_items``), in this order, in a fixed number of queries.

    Dated ``date`` or today, and never before either item, nor before what is taken of them was open again. Raises
    PaymentExceedsOpen, BooksClosed, PeriodLocked, and what stands in the way of posting a realised difference.
    """
    date = date or clock.today(organization.time_zone)
    base_decimals = decimals_of(organization.base_currency_id)
    _, numbers = new_ids(len(pairings))
    accounts = Account.objects.of(organization).in_bulk(
        {item.account_id for pairing in pairings for item in (pairing.debit, pairing.credit)}
    )
    days = days_of(organization, [item for pairing in pairings for item in (pairing.debit, pairing.credit)])
    made: list[tuple[Settlement, Pairing, Plan | None]] = []
    for number, pairing in zip(numbers, pairings, strict=True):
        debit_base = _take(pairing.debit, pairing.debit_amount, base_decimals, pairing.field)
        credit_base = _take(pairing.credit, -pairing.credit_amount, base_decimals, pairing.field)
        row = Settlement(
            pk=number,
            organization=organization,
            debit_item=pairing.debit,
            credit_item=pairing.credit,
            date=_day(date, pairing, days),
            debit_amount=pairing.debit_amount,
            debit_base=debit_base,
            credit_amount=pairing.credit_amount,
            credit_base=credit_base,
            realised=difference(debit_base, credit_base),
        )
        made.append((row, pairing, _plan(actor, organization, row, pairing, accounts)))
    refuse_shut(organization, [(each.debit, each.credit, row.date) for row, each, _ in made], actor=actor)
    _write(actor, organization, made)
    return [row for row, _, _ in made]


def _day(date: datetime.date, pairing: Pairing, days: dict[int, Days]) -> datetime.date:
    """When both sides have as much, ``date`` at the earliest; noted in ``days`` for the next pairing."""
    debit, credit = pairing.debit, pairing.credit
    free = [
        free_from(item, days[item.pk], part)
        for item, part in ((debit, pairing.debit_amount), (credit, pairing.credit_amount))
    ]
    day = max(date, *free)
    move(days[debit.pk], day, -pairing.debit_amount)
    move(days[credit.pk], day, pairing.credit_amount)
    return day


def _take(item: OpenItem, amount: Decimal, base_decimals: int, field: str) -> Decimal:
    """Take a signed amount from an item in memory; the base amount that goes along, positive."""
    part, left = abs(amount), abs(item.open_amount)
    if part > left or not part:
        left = exact(left, decimals_of(item.currency_id))
        reason = f"Only {left} {item.currency_id} is open."
        raise PaymentExceedsOpen(details={"reason": reason, "open_amount": left}, fields={field: reason})
    base = carried(left, abs(item.open_base), part, base_decimals)
    item.open_amount = add_up([item.open_amount, -amount])
    item.open_base = add_up([item.open_base, -base if amount > 0 else base])
    return base


def _plan(
    actor: Actor, organization: Organization, row: Settlement, pairing: Pairing, accounts: dict[int, Account]
) -> Plan | None:
    """What the settlement posts: nothing where both sides cancel out on one account."""
    debited, credited = accounts[pairing.debit.account_id], accounts[pairing.credit.account_id]
    what = "gain" if row.realised > 0 else "loss"
    lines = []
    if debited.pk == credited.pk:
        if not row.realised:
            return None
        lines.append(composed_line(debited, ZERO, row.realised))
    else:
        lines.append(composed_line(debited, -row.debit_amount, -row.debit_base))
        lines.append(composed_line(credited, row.credit_amount, row.credit_base))
    if row.realised:
        result = account_of_role(actor=actor, organization=organization, role="realised_exchange")
        lines.insert(0, composed_line(result, -row.realised, -row.realised, description=f"Realised exchange {what}"))
    return composed(
        organization,
        lines,
        type=_type(pairing),
        date=row.date,
        source=("settlement", row.pk),
        description=f"Currency exchange {what}" if row.realised else "Settlement between accounts",
        contact_id=head(pairing.debit.contact),
    )


def _type(pairing: Pairing) -> str:
    """The type that brings the posting into the area, and so behind the lock, of what settles: bank with money."""
    kinds = {pairing.debit.kind, pairing.credit.kind}
    if "payment" in kinds:
        return "transfer"
    return "income" if "invoice" in kinds else "expense"


def _write(actor: Actor, organization: Organization, made: list[tuple[Settlement, Pairing, Plan | None]]) -> None:
    plans = [plan for _, _, plan in made if plan is not None]
    for plan in plans:
        refuse_obstacles(plan, organization)
    if plans:
        write(actor=actor, organization=organization, plans=plans)
    for row, _, plan in made:
        row.transaction_id = None if plan is None else plan.number
    insert_rows([row for row, _, _ in made])
    insert_rows(
        [
            movement
            for row, pairing, _ in made
            for movement in (
                _movement(row, pairing.debit, "settled", -row.debit_amount, -row.debit_base),
                _movement(row, pairing.credit, "settled", row.credit_amount, row.credit_base),
            )
        ]
    )


def _movement(row: Settlement, item: OpenItem, kind: str, amount: Decimal, base_amount: Decimal) -> ItemMovement:
    undone = kind == "unsettled"
    return ItemMovement(
        organization_id=row.organization_id,
        item=item,
        account_id=item.account_id,
        kind=kind,
        date=row.undone_on if undone else row.date,
        amount=amount,
        base_amount=base_amount,
        transaction_id=row.undone_transaction_id if undone else row.transaction_id,
        settlement_id=row.pk,
    )


@transaction.atomic
def unsettle(
    *,
    actor: Actor,
    organization: Organization,
    settlements: Sequence[Settlement],
    date: datetime.date | None = None,
    reason: str = "",
) -> list[Settlement]:
    """Undo settlements that stand: their items are open again, and what was realised is taken back.

    Dated ``date`` or today, and never before the settlement. The items must be held. Raises BooksClosed, PeriodLocked.
    """
    date = date or clock.today(organization.time_zone)
    dated = [(row.debit_item, row.credit_item, max(date, row.date)) for row in settlements]
    refuse_shut(organization, dated, actor=actor)
    movements = []
    for row in settlements:
        row.undone_on = max(date, row.date)
        if row.transaction_id is not None:
            plan = reverse_transaction(
                actor=actor,
                organization=organization,
                transaction_id=row.transaction_id,
                reason=reason,
                reversal_date=row.undone_on,
                source=("settlement", row.pk),
            )
            row.undone_transaction_id = plan.number
        row.save(update_fields=["undone_on", "undone_transaction"])
        movements += [
            _movement(row, row.debit_item, "unsettled", row.debit_amount, row.debit_base),
            _movement(row, row.credit_item, "unsettled", -row.credit_amount, -row.credit_base),
        ]
    insert_rows(movements)
    return list(settlements)


def standing(organization: Organization, items: Sequence[OpenItem]):
    """The settlements of some items that were not undone, in the order in which they were made."""
    numbers = [item.pk for item in items]
    rows = Settlement.objects.of(organization).filter(undone_on=None).select_related("debit_item", "credit_item")
    either = rows.filter(debit_item__in=numbers) | rows.filter(credit_item__in=numbers)
    return either.order_by("pk")
