"""What posting reads before it writes: a kept draft, the accounts that drafts name, and new ids."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import connection

from ledger.accounts.models import Account
from ledger.journal.drafts import Draft, Line, read_stored_lines
from ledger.journal.models import Entry, Transaction
from organizations.currencies.iso import decimals_of
from organizations.money import exact, plain_rate
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


ACCOUNT_FIELDS = Account._meta.concrete_fields
ACCOUNT_COLUMNS = [field.attname for field in ACCOUNT_FIELDS]
ACCOUNTS = f"select {', '.join(ACCOUNT_COLUMNS)} from ledger_account where organization_id = %s and id = any(%s)"
NEW_IDS = "select now(), array(select crane_next_id() from generate_series(1, %s))"


def copy_of(transaction: Transaction, date: datetime.date) -> Draft:
    """A draft with the same header and lines under a new date; what must be unique is left out."""
    if transaction.status != "posted":
        draft = draft_of(transaction)
        draft.date, draft.external_id, draft.amount = date, None, None
        return draft
    entries = Entry.objects.of(transaction.organization_id).filter(transaction=transaction).order_by("line_no")
    return Draft(
        lines=[
            Line(
                account_id=entry.account_id,
                entry_type=entry.entry_type,
                amount=exact(abs(entry.amount), decimals_of(entry.currency_id)),
                currency=entry.currency_id,
                rate=plain_rate(entry.currency_rate),
                description=entry.description,
                reference=entry.reference,
                metadata=entry.metadata or {},
            )
            for entry in entries
        ],
        type=transaction.type,
        date=date,
        description=transaction.description,
        reference_number=transaction.reference_number,
        currency=transaction.currency_id,
        contact_id=transaction.contact_id,
        category_id=transaction.category_id,
        metadata=transaction.metadata,
    )


def accounts_of(organization: Organization, drafts: Iterable[Draft]) -> dict[int, Account]:
    """The accounts that drafts name and this organization has, by id, in one query."""
    wanted = _named(drafts)
    return Account.objects.of(organization).in_bulk(wanted) if wanted else {}


def _named(drafts: Iterable[Draft]) -> list[int]:
    wanted = {line.account_id for draft in drafts for line in draft.lines}
    return list(wanted | {draft.account_id for draft in drafts if draft.account_id is not None})


def new_ids(count: int) -> tuple[datetime.datetime, list[int]]:
    """The instant of this database transaction, and so many new ids."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_IDS, [count])
        return cursor.fetchone()


def opening_reads(
    organization: Organization, drafts: Sequence[Draft], count: int
) -> tuple[dict[int, Account], datetime.datetime, list[int]]:
    """``accounts_of`` and ``new_ids`` in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(f"{ACCOUNTS};\n{NEW_IDS}", [organization.pk, _named(drafts), count])
        rows = cursor.fetchall()
        cursor.nextset()
        now, numbers = cursor.fetchone()
    return {account.pk: account for account in map(_account, rows)}, now, numbers


def _account(row: tuple) -> Account:
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(ACCOUNT_FIELDS, row, strict=True)
    ]
    return Account.from_db("default", ACCOUNT_COLUMNS, values)
