from django.db import models

from ledger.journal.models import Transaction
from organizations.fields import IdField, TenantRecord, tenant_reference


class YearClosing(TenantRecord):
    """A fiscal year that was closed: its revenue and expenses are in retained earnings.

    ``year`` is the calendar year in which it ends. ``closed_before`` is where
    ``books_closed_through`` stood; reopening puts it back. A closing that was reopened stays on record.
    """

    id = IdField(prefix="FYC")
    year = models.SmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    closed_before = models.DateField(null=True)
    reopened_at = models.DateTimeField(null=True)
    reopen_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year"], condition=models.Q(reopened_at__isnull=True), name="year_closed_once"
            )
        ]

    def __str__(self):
        return f"Fiscal year {self.year}"


class ClosingPosting(TenantRecord):
    """A transaction that closes a year: one for each currency of its revenue and expense accounts."""

    id = IdField(prefix="FCP")
    closing = tenant_reference(YearClosing, related_name="postings")
    transaction = tenant_reference(Transaction)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "transaction"], name="closing_posting_once")]
        indexes = [models.Index(fields=["organization", "closing"], name="closing_posting_by_closing")]

    def __str__(self):
        return f"{self.closing_id} {self.transaction_id}"
