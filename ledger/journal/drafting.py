"""Editing and deleting drafts. What is posted is never edited, only reversed."""

from typing import Any

from django.db import transaction

from ledger.errors import ReversalBeforeOriginal, ReversalLinesFixed, TransactionIsPosted
from ledger.journal.answers import transaction_answers
from ledger.journal.drafts import stored_lines
from ledger.journal.models import Transaction
from ledger.journal.posting import locked
from ledger.journal.rating import rates_for
from ledger.journal.saved import accounts_of, draft_of
from ledger.journal.weighing import weigh
from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.tenants.models import Organization

UPDATED = event("transaction.updated")
DELETED = event("transaction.deleted")


@transaction.atomic
def update_draft(
    *, actor: Actor, organization: Organization, transaction_id: int, changes: dict[str, Any]
) -> Transaction:
    """Change fields or all lines of a pending or failed transaction; a failed one is pending again.

    ``changes`` are attributes of ``Draft``. Raises TransactionIsPosted, ReversalLinesFixed,
    ReversalBeforeOriginal, and what ``weigh`` raises. An unbalanced draft may be saved.
    """
    saved = locked(organization, transaction_id)
    if saved.status == "posted":
        raise TransactionIsPosted()
    if saved.reversal_scope and changes.keys() & {"lines", "type", "currency", "amount"}:
        raise ReversalLinesFixed()
    date = changes.get("date")
    if saved.reversal_scope and date is not None and date < saved.original.transaction_date:
        raise ReversalBeforeOriginal.of(saved.original.transaction_date, field="transaction_date")
    before = transaction_answers([saved], organization)[0]
    draft = draft_of(saved)
    if changes.keys() & {"lines", "currency"}:
        draft.amount = None
    for name, value in changes.items():
        setattr(draft, name, value)
    accounts = accounts_of(organization, [draft])
    rates = rates_for(organization, [draft], accounts, saved.transaction_date)
    weighed = weigh(draft, accounts, organization, saved.transaction_date, rates=rates)
    columns = {
        "type": draft.type,
        "status": "pending",
        "transaction_date": weighed.date,
        "description": draft.description,
        "reference_number": draft.reference_number,
        "external_id": draft.external_id,
        "currency_id": weighed.currency,
        "amount": weighed.amount,
        "total_debits": weighed.total_debits,
        "total_credits": weighed.total_credits,
        "account_id": draft.account_id,
        "contact_id": draft.contact_id,
        "category_id": draft.category_id,
        "lines": stored_lines(draft.lines),
        "entry_count": len(draft.lines),
        "metadata": draft.metadata,
        "version": saved.version + 1,
        "error_code": None,
        "error_message": None,
    }
    Transaction.objects.of(organization).filter(pk=saved.pk).update(**columns)
    updated = Transaction.objects.of(organization).get(pk=saved.pk)
    record(
        UPDATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=updated.public_id,
        before=before,
        after=transaction_answers([updated], organization)[0],
    )
    return updated


@transaction.atomic
def delete_draft(*, actor: Actor, organization: Organization, transaction_id: int) -> None:
    """Delete a pending or failed transaction. Raises TransactionIsPosted."""
    saved = locked(organization, transaction_id)
    if saved.status == "posted":
        raise TransactionIsPosted()
    before = transaction_answers([saved], organization)[0]
    Transaction.objects.of(organization).filter(pk=saved.pk)._raw_delete(using="default")
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=saved.public_id, before=before)
