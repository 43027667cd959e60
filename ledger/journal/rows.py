"""The rows of a new posting, before the database has them: as ``ledger_write_rows`` reads them.

They answer to the same names as the models, so that answers are made of either. A model's
instance costs thirty times as much to make, and a batch makes tens of thousands. What is
None is not written: the database reads what it does not find as null.
"""

import datetime
from decimal import Decimal

import msgspec

from organizations import ids


class NewTransaction(msgspec.Struct, omit_defaults=True):
    """The header of a transaction (``ledger.journal.models.Transaction``)."""

    id: int
    organization_id: int
    type: str
    transaction_date: datetime.date
    description: str
    reference_number: str
    currency_id: str
    reversal_reason: str
    metadata: dict
    created_at: datetime.datetime
    external_id: str | None = None
    account_id: int | None = None
    contact_id: int | None = None
    category_id: int | None = None
    original_id: int | None = None
    reversal_scope: str | None = None
    status: str | None = None  # this and the figures are known when it is weighed
    amount: Decimal | None = None
    total_debits: Decimal | None = None
    total_credits: Decimal | None = None
    lines: list | None = None
    entry_count: int | None = None
    posting_date: datetime.datetime | None = None
    updated_at: datetime.datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    version: int = 0

    @property
    def pk(self) -> int:
        return self.id

    @property
    def public_id(self) -> str:
        return ids.encode("TXN", self.id)


class NewEntry(msgspec.Struct, omit_defaults=True):
    """One line of it (``ledger.journal.models.Entry``)."""

    id: int
    organization_id: int
    transaction_id: int
    line_no: int
    account_id: int
    transaction_date: datetime.date
    entry_type: str
    currency_id: str
    amount: Decimal
    base_amount: Decimal
    currency_rate: Decimal
    description: str
    reference: str
    metadata: dict | None = None
    reverses_entry_id: int | None = None

    @property
    def pk(self) -> int:
        return self.id
