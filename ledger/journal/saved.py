"""Drafts as they are kept, read back, and the accounts that they name."""

from collections.abc import Iterable

from ledger.accounts.models import Account
from ledger.journal.drafts import Draft, read_stored_lines
from ledger.journal.models import Transaction
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.models import Organization


def draft_of(transaction: Transaction) -> Draft:
    """The draft that a pending or failed transaction keeps."""
    return Draft(
        lines=read_stored_lines(transaction.lines),
        type=transaction.type,
        date=transaction.transaction_date,
        description=transaction.description,
        reference_number=transaction.reference_number,
        external_id=transaction.external_id,
        currency=transaction.currency_id,
        amount=exact(transaction.amount, decimals_of(transaction.currency_id)) if transaction.amount else None,
        account_id=transaction.account_id,
        contact_id=transaction.contact_id,
        category_id=transaction.category_id,
        metadata=transaction.metadata,
    )


def accounts_of(organization: Organization, drafts: Iterable[Draft]) -> dict[int, Account]:
    """The accounts that drafts name and this organization has, by id, in one query."""
    wanted = {line.account_id for draft in drafts for line in draft.lines}
    wanted |= {draft.account_id for draft in drafts if draft.account_id is not None}
    if not wanted:
        return {}
    return Account.objects.of(organization).in_bulk(list(wanted))
