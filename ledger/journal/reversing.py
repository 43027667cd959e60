"""Undoing a posted transaction by its mirror image, linked to it."""

import datetime

from django.db import transaction

from ledger.errors import TransactionAlreadyReversed, TransactionNotPosted
from ledger.journal.answers import transaction_answers
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import Plan, locked, refuse_obstacles, write
from ledger.journal.weighing import Weighed, WeighedLine
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.events.recording import event, record
from organizations.money import exact
from organizations.tenants.models import Organization

REVERSED = event("transaction.reversed")


@transaction.atomic
def reverse_transaction(
    *,
    actor: Actor,
    organization: Organization,
    transaction_id: int,
    reason: str = "",
    reversal_date: datetime.date | None = None,
    auto_post: bool = True,
    description: str | None = None,
) -> Plan:
    """Reverse a posted transaction in full: the same entries on the other side, at the same rates.

    Dated today unless told. Raises TransactionNotPosted, TransactionAlreadyReversed, and with
    ``auto_post`` what stands in the way of posting (closed books, an inactive account).
    """
    original = locked(organization, transaction_id)
    if original.status != "posted":
        raise TransactionNotPosted()
    undone = Transaction.objects.of(organization).filter(original=original, reversal_scope="full", status="posted")
    if undone.exists():
        raise TransactionAlreadyReversed()
    before = transaction_answers([original], organization)[0]
    weighed = mirror(original, reversal_date or clock.today(organization.time_zone))
    weighed.draft.description = description or f"Reversal: {original.description}"[:2000]
    plan = Plan(weighed, auto_post, original=original, reversal_reason=reason)
    if auto_post:
        refuse_obstacles(plan, organization)
    write(actor=actor, organization=organization, plans=[plan])
    if auto_post:
        note_reversed(actor, organization, original, before)
    return plan


def note_reversed(actor: Actor, organization: Organization, original: Transaction, before: dict) -> None:
    """Let the original's own trail say that it was reversed."""
    record(
        REVERSED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=original.public_id,
        before=before,
        after=transaction_answers([original], organization)[0],
    )


def mirror(original: Transaction, date: datetime.date) -> Weighed:
    """The original's entries on the other side, line by line, with its own rates and base amounts."""
    entries = Entry.objects.of(original.organization_id).filter(transaction=original).order_by("line_no")
    lines = []
    for entry in entries.select_related("account"):
        line = Line(
            account_id=entry.account_id,
            entry_type="credit" if entry.entry_type == "debit" else "debit",
            amount=exact(abs(entry.amount), decimals_of(entry.currency_id)),
            currency=entry.currency_id,
            rate=entry.currency_rate.normalize(),
            description=entry.description,
            reference=entry.reference,
            metadata=entry.metadata or {},
        )
        lines.append(WeighedLine(line, entry.account, -entry.amount, entry.currency_rate, -entry.base_amount))
    draft = Draft(
        lines=[weighed.line for weighed in lines],
        type=original.type,
        date=date,
        reference_number=original.reference_number,
        currency=original.currency_id,
        account_id=original.account_id,
        contact_id=original.contact_id,
        category_id=original.category_id,
    )
    return Weighed(
        draft, date, original.currency_id, original.amount, original.total_credits, original.total_debits, lines
    )
