"""What a payment posts: cash against the contact's control account, and what was kept on the way; and its own item."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ledger.accounts.choosing import check_named
from ledger.accounts.finding import account_of_role
from ledger.accounts.models import Account
from ledger.contacts.models import Contact
from ledger.journal.composing import composed, composed_line
from ledger.journal.posting import Plan, refuse_obstacles, write
from ledger.journal.saved import new_ids
from ledger.openitems.models import OpenItem
from ledger.openitems.opening import open_items
from ledger.payments.models import Payment
from ledger.payments.moneys import Moneys
from organizations.actors import Actor
from organizations.tenants.models import Organization


class Wished(Protocol):
    """As much of a new payment as this reads."""

    fee_account_id: int | None
    method: str
    reference: str
    notes: str
    metadata: dict
    refund_of: Payment | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What was found out of a payment: how much, whose, which way, when, and between which accounts."""

    moneys: Moneys
    contact: Contact
    direction: str
    date: datetime.date
    account: Account
    control: Account


def post_payment(actor: Actor, organization: Organization, new: Wished, terms: Terms) -> Payment:
    """Post a payment and open its item. Raises what stands in the way of posting."""
    _, (number,) = new_ids(1)
    moneys, control = terms.moneys, terms.control
    payment = Payment(
        pk=number,
        organization=organization,
        direction=terms.direction,
        contact=terms.contact,
        account=terms.account,
        currency_id=control.currency_id,
        amount=moneys.amount,
        currency_rate=moneys.rate,
        account_amount=moneys.account_amount,
        fee_amount=abs(moneys.fee),
        payment_date=terms.date,
        payment_method=new.method,
        reference=new.reference,
        notes=new.notes,
        metadata=new.metadata,
        refund_of=new.refund_of,
    )
    plan = _plan(actor, organization, new, terms, payment)
    refuse_obstacles(plan, organization)
    write(actor=actor, organization=organization, plans=[plan])
    payment.transaction_id = plan.number
    payment.save(force_insert=True)
    payment.refresh_from_db(fields=["created_at", "updated_at"])
    item = OpenItem(
        organization=organization,
        kind="payment",
        object_id=number,
        contact=terms.contact,
        account=control,
        currency_id=control.currency_id,
        date=terms.date,
        due_date=terms.date,
        amount=payment.sign * moneys.amount,
        base_amount=payment.sign * moneys.base,
    )
    open_items([item], [plan.number])
    return payment


def _plan(actor: Actor, organization: Organization, new: Wished, terms: Terms, payment: Payment) -> Plan:
    moneys, sign = terms.moneys, payment.sign
    lines = [
        composed_line(terms.account, -sign * moneys.account_amount, -sign * moneys.account_base),
        composed_line(terms.control, sign * moneys.amount, sign * moneys.base, rate=moneys.rate),
    ]
    if moneys.fee:
        fees = _fee_account(actor, organization, new, terms.control.currency_id)
        cost = abs(moneys.fee_base)
        fee = abs(moneys.fee) if fees.currency_id == terms.control.currency_id else cost
        lines.append(composed_line(fees, fee, cost, description="Fee"))
    words = ["Refund" if new.refund_of else "Payment", "from" if terms.direction == "in" else "to", terms.contact.name]
    return composed(
        organization,
        lines,
        type="transfer",
        date=terms.date,
        source=("payment", payment.pk),
        description=" ".join(words),
        reference_number=new.reference,
        currency=terms.control.currency_id,
        amount=moneys.amount,
        contact_id=terms.contact.pk,
    )


def _fee_account(actor: Actor, organization: Organization, new: Wished, currency: str) -> Account:
    """Where the fee goes: an account that anybody posts to, in base currency or the payment's.

    Raises AccountNotFound, AccountInactive, AccountUnfit.
    """
    if new.fee_account_id is None:
        return account_of_role(actor=actor, organization=organization, role="bank_fees", field="fee_account_id")
    check_named(organization, {"fee_account_id": new.fee_account_id}, (organization.base_currency_id, currency))
    return Account.objects.of(organization).get(pk=new.fee_account_id)


def control_account(
    actor: Actor,
    organization: Organization,
    contact: Contact,
    direction: str,
    currency: str,
    held: Mapping[int, OpenItem],
    *,
    refund: bool,
) -> Account:
    """The control account that a payment stands on: that of what it pays, if that is in its currency."""
    for item in held.values():
        if item.currency_id == currency:
            return Account.objects.of(organization).get(pk=item.account_id)
    role = "receivable" if (direction == "in") != refund else "payable"
    if held:
        role = Account.objects.of(organization).get(pk=next(iter(held.values())).account_id).role
    own = getattr(contact, f"{role}_account")
    if own is not None and own.currency_id == currency and own.status == "active":
        return own
    return account_of_role(actor=actor, organization=organization, role=role, currency=currency)
