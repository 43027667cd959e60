from django.db import models
from django.db.models.functions import Now

from ledger.accounts.models import Account
from ledger.journal.models import Entry, Transaction
from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs, tenant_reference

STATUSES = ("in_progress", "completed", "cancelled")
OPENINGS = ("books", "previous", "given")


def session_statuses():
    return pairs(STATUSES)


def session_openings():
    return pairs(OPENINGS)


class Reconciliation(TenantRecord):
    """A session that proves an account against the bank's statement of a period.

    One at a time for each account, each beginning after the one before, with its closing balance.
    Amounts are signed as on the statement: money in is positive, so what a credit card owes is below
    zero. The first opening balance is taken from the ``books`` or ``given``; ``covers_through`` is then
    the last entry that the books had: what is dated before the first day, up to that one, belongs to the opening.
    """

    id = IdField(prefix="REC")
    account = tenant_reference(Account)
    start_date = models.DateField()
    end_date = models.DateField()
    opening_balance = models.DecimalField(max_digits=28, decimal_places=8)
    opening_from = models.CharField(max_length=8, choices=session_openings)
    covers_through = models.BigIntegerField(null=True, editable=False)
    closing_balance = models.DecimalField(max_digits=28, decimal_places=8)
    status = models.CharField(max_length=11, default="in_progress", choices=session_statuses)
    completed_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "account"],
                condition=models.Q(status="in_progress"),
                name="reconciliation_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "account", "end_date", "id"], name="reconciliation_by_account"),
            models.Index(fields=["organization", "end_date", "id"], name="reconciliation_by_end"),
        ]

    def __str__(self):
        return f"{self.account} {self.start_date} to {self.end_date}"


class ReconciledEntry(models.Model):
    """An entry that the bank's statement shows: its mark in a session. Posted entries do not change.

    Marks come and go while their session is open, and stay once it is completed.
    """

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    reconciliation = tenant_reference(Reconciliation, related_name="marks")
    entry = tenant_reference(Entry)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "entry"], name="reconciled_entry_once")]
        indexes = [models.Index(fields=["organization", "reconciliation", "entry"], name="reconciled_by_session")]
        verbose_name_plural = "reconciled entries"

    def __str__(self):
        return f"{self.reconciliation_id}: {self.entry_id}"


class Adjustment(models.Model):
    """A transaction that a session posted to make books and statement agree, such as a fee. For ever."""

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    reconciliation = tenant_reference(Reconciliation, related_name="adjustments")
    transaction = tenant_reference(Transaction)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "transaction"], name="adjustment_once")]
        indexes = [models.Index(fields=["organization", "reconciliation"], name="adjustment_by_session")]

    def __str__(self):
        return f"{self.reconciliation_id}: {self.transaction_id}"
