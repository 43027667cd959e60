"""Taking payments back: out of documents, to the payer, or altogether."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.errors import PaymentReversed, RefundExceedsPayment
from ledger.journal.reversing import reverse_transaction
from ledger.openitems.carrying import carried
from ledger.openitems.models import OpenItem
from ledger.openitems.opening import move_back
from ledger.payments.answers import payment_answers
from ledger.payments.models import Payment
from ledger.payments.paying import NewPayment, record_payment
from ledger.settlements.dating import days_of, free_from, refuse_future
from ledger.settlements.models import Settlement
from ledger.settlements.settling import held_items, pairing_of, settle, standing, unsettle
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events import recording
from organizations.money import MoneyError, add_up, exact, read_amount
from organizations.tenants.models import Organization

UNALLOCATED = recording.event("payment.unallocated")
REFUNDED = recording.event("payment.refunded")
REVERSED = recording.event("payment.reversed")


def held_payment(organization: Organization, number: int) -> Payment:
    """A payment, locked until the end. Raises NotFound."""
    rows = Payment.objects.of(organization).filter(pk=number).select_related("account", "contact")
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise NotFound()
    found.organization = organization
    return found


@transaction.atomic
def unallocate_payment(
    *,
    actor: Actor,
    organization: Organization,
    payment: Payment,
    document_ids: list[int] | None = None,
    date: datetime.date | None = None,
    reason: str = "",
) -> Payment:
    """Take a payment that is held out of some documents, or of all; they are open again, and it is credit.

    What was paid back of it stays so: that is not there to be allocated again. Raises PaymentReversed, Invalid where it
    is not allocated to one of them or the day is still to come, BooksClosed, PeriodLocked.
    """
    _refuse_reversed(payment)
    (before,) = payment_answers([payment], organization)
    own = payment.item
    rows = [row for row in _settlements(organization, payment, document_ids) if _other(row, own).kind != "payment"]
    refuse_future(organization, date, *(row.date for row in rows))
    unsettle(actor=actor, organization=organization, settlements=rows, date=date, reason=reason)
    _record(UNALLOCATED, actor, organization, payment, before)
    return payment


@transaction.atomic
def refund_payment(
    *,
    actor: Actor,
    organization: Organization,
    payment: Payment,
    amount: Any = None,
    date: datetime.date | None = None,
    account_id: int | None = None,
    account_amount: Any = None,
    rate: Any = None,
    method: str = "",
    reference: str = "",
    reason: str = "",
) -> Payment:
    """Pay money back, all of it or a part; answers the refund, a payment in the other direction.

    It takes from what is not allocated first. What goes beyond takes the payment out of its documents, the last
    first, which are open again by as much: credit them where nothing is owed any more.
    Raises PaymentReversed, Invalid, RefundExceedsPayment, and what recording a payment raises.
    """
    _refuse_reversed(payment)
    (before,) = payment_answers([payment], organization)
    wanted = _wanted(organization, payment, amount)
    date = date or max(clock.today(organization.time_zone), payment.payment_date)
    _free(actor, organization, payment, wanted, date, reason)
    refund = record_payment(
        actor=actor,
        organization=organization,
        new=NewPayment(
            amount=wanted,
            direction="out" if payment.direction == "in" else "in",
            contact_id=payment.contact_id,
            account_id=payment.account_id if account_id is None else account_id,
            currency=payment.currency_id,
            rate=rate,
            account_amount=account_amount,
            date=date,
            method=method or payment.payment_method,
            reference=reference or payment.reference,
            notes=reason,
            refund_of=payment,
        ),
    )
    held = held_items(organization, [payment.pk, refund.pk])
    settle(
        actor=actor,
        organization=organization,
        pairings=[pairing_of(held[payment.pk], held[refund.pk], wanted, wanted)],
        date=date,
    )
    _record(REFUNDED, actor, organization, payment, before)
    return refund


@transaction.atomic
def reverse_payment(
    *,
    actor: Actor,
    organization: Organization,
    payment: Payment,
    date: datetime.date | None = None,
    reason: str = "",
) -> Payment:
    """Undo a payment that never was (a returned cheque, a wrong entry): take it out of everything, reverse its posting.

    A returned cheque is reversed on the day it came back; a wrong entry may be on the payment's own, as if it had never
    been. Raises PaymentReversed, Invalid for a day that is still to come or on which it was allocated to what it was
    taken out of later, and what stands in the way of posting the reversal.
    """
    _refuse_reversed(payment)
    (before,) = payment_answers([payment], organization)
    rows = _settlements(organization, payment, None)
    refuse_future(organization, date, payment.payment_date, *(row.date for row in rows))
    asked, date = date, date or max(clock.today(organization.time_zone), payment.payment_date)
    unsettle(actor=actor, organization=organization, settlements=rows, date=date, reason=reason)
    own = held_items(organization, [payment.pk])[payment.pk]
    free = free_from(own, days_of(organization, [own])[own.pk], abs(own.open_amount))
    if asked is not None and payment.payment_date <= asked < free:
        raise Invalid(fields={"date": f"Not before {free}: until then it was allocated."})
    date = date if asked else max(date, free)
    plan = reverse_transaction(
        actor=actor,
        organization=organization,
        transaction_id=payment.transaction_id,
        reason=reason,
        reversal_date=date,
        source=("payment", payment.pk),
    )
    move_back([own], [plan.number], date)
    payment.status, payment.reversed_on, payment.reversed_transaction_id = "reversed", date, plan.number
    payment.save(update_fields=["status", "reversed_on", "reversed_transaction"])
    _record(REVERSED, actor, organization, payment, before)
    return payment


def _refuse_reversed(payment: Payment) -> None:
    if payment.status == "reversed":
        raise PaymentReversed()


def _record(event: str, actor: Actor, organization: Organization, payment: Payment, before: dict) -> None:
    payment.refresh_from_db(fields=["updated_at"])
    (after,) = payment_answers([payment], organization)
    recording.record(
        event, actor=actor, organization_id=organization.pk, entity_id=payment.public_id, before=before, after=after
    )


def _settlements(organization: Organization, payment: Payment, document_ids: list[int] | None) -> list[Settlement]:
    """The standing settlements of a payment, the items of both sides held."""
    own = payment.item
    rows = list(standing(organization, [own]))
    others = {row.pk: _other(row, own) for row in rows}
    if document_ids is not None:
        known = {other.object_id for other in others.values()}
        problems = {
            f"document_ids[{place}]": "The payment is not allocated to this document."
            for place, number in enumerate(document_ids)
            if number not in known
        }
        if problems:
            raise Invalid(fields=problems)
        rows = [row for row in rows if others[row.pk].object_id in document_ids]
    held_items(organization, [payment.pk, *(other.object_id for other in others.values())])
    return rows


def _other(row: Settlement, own: OpenItem) -> OpenItem:
    return row.credit_item if row.debit_item_id == own.pk else row.debit_item


def _wanted(organization: Organization, payment: Payment, amount: Any) -> Decimal:
    """How much is paid back: no more than what no refund has taken yet."""
    decimals = decimals_of(payment.currency_id)
    earlier = Payment.objects.of(organization).filter(refund_of=payment, status="posted")
    left = add_up([payment.amount, *(-refund.amount for refund in earlier)])
    if amount is None:
        wanted = exact(left, decimals)
    else:
        try:
            wanted = read_amount(amount, decimals=decimals)
        except MoneyError as problem:
            raise Invalid(fields={"amount": problem.message}) from problem
    if wanted > left or not wanted:
        shown = exact(left, decimals)
        reason = f"Only {shown} {payment.currency_id} is left to refund."
        raise RefundExceedsPayment(details={"reason": reason, "refundable": shown}, fields={"amount": reason})
    return wanted


def _free(actor: Actor, organization: Organization, payment: Payment, wanted: Decimal, date, reason: str) -> None:
    """Take the payment out of documents, the last first, until as much of it is free; put back what was too much."""
    own = held_items(organization, [payment.pk])[payment.pk]
    for row in reversed(_settlements(organization, payment, None)):
        free = abs(held_items(organization, [payment.pk])[payment.pk].open_amount)
        if free >= wanted:
            return
        other = _other(row, own)
        if other.kind == "payment":
            continue  # an earlier refund stays
        unsettle(actor=actor, organization=organization, settlements=[row], date=date, reason=reason)
        mine, theirs = row.debit_amount, row.credit_amount
        if row.debit_item_id != own.pk:
            mine, theirs = theirs, mine
        keep = add_up([free, mine, -wanted])
        # Of a document in another currency, as much as the two were settled at.
        kept = carried(mine, theirs, keep, decimals_of(other.currency_id)) if keep > 0 else keep
        if kept > 0:
            held = held_items(organization, [payment.pk, other.object_id])
            pairing = pairing_of(held[other.object_id], held[payment.pk], kept, keep)
            settle(actor=actor, organization=organization, pairings=[pairing], date=date)
