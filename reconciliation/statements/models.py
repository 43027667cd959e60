from django.db import models
from django.db.models.functions import Now

from ledger.accounts.models import Account
from organizations import ids
from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs, tenant_reference

STATUSES = ("unmatched", "suggested", "matched", "created", "ignored")
VERDICTS = ("new", "conflict")
REMARKS = ("duplicate_of", "conflict", "error")


def line_statuses():
    return pairs(STATUSES)


def line_verdicts():
    return pairs(VERDICTS)


def remark_verdicts():
    return pairs(REMARKS)


class Statement(TenantRecord):
    """One file of a bank that was imported into an account: what it said, and what became of it.

    The same file cannot stand twice for an account (``statement_file_once``) unless its import
    was undone. Balances are signed as lines are; ``account_number`` and ``currency`` are the file's words.
    """

    id = IdField(prefix="STM")
    account = tenant_reference(Account)
    file_name = models.CharField(max_length=255)
    format = models.CharField(max_length=10)
    file_hash = models.CharField(max_length=64)
    mapping = models.JSONField(null=True)
    account_number = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    opening_balance = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    closing_balance = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    new = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    conflicts = models.IntegerField(default=0)
    errors = models.IntegerField(default=0)
    undone_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "account", "file_hash"],
                condition=models.Q(undone_at__isnull=True),
                name="statement_file_once",
            )
        ]
        indexes = [models.Index(fields=["organization", "account", "id"], name="statement_by_account")]

    def __str__(self):
        return f"{self.file_name} ({self.format})"


class StatementLine(models.Model):
    """One movement on the account as the bank wrote it. What the bank said never changes; what became of it does.

    ``amount`` is signed, in the account's currency: positive is money in. ``fingerprint`` with
    ``occurrence`` is what makes a line one and the same in every file: the bank's id with amount and
    date, or else date, amount and text; the second of two equal coffees is occurrence 2. ``content``
    is the fingerprint of date, amount and text alone. ``match_id`` is its match, suggested or accepted.
    """

    id = IdField(prefix="LIN")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    statement = tenant_reference(Statement, related_name="lines")
    account = tenant_reference(Account)
    place = models.IntegerField()
    date = models.DateField()
    value_date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    balance = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    description = models.TextField(blank=True)
    counterparty = models.TextField(blank=True)
    counterparty_account = models.TextField(blank=True)
    reference = models.TextField(blank=True)
    bank_id = models.TextField(blank=True)
    kind = models.TextField(blank=True)
    fingerprint = models.BinaryField(max_length=16)
    content = models.BinaryField(max_length=16)
    occurrence = models.IntegerField(default=1)
    verdict = models.CharField(max_length=8, default="new", choices=line_verdicts)
    status = models.CharField(max_length=9, default="unmatched", choices=line_statuses)
    ignore_reason = models.TextField(blank=True)
    match_id = models.BigIntegerField(null=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "account", "fingerprint", "occurrence"], name="statement_line_once"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "account", "date", "id"], name="line_by_account"),
            models.Index(fields=["organization", "date", "id"], name="line_by_date"),
            models.Index(fields=["organization", "status", "date", "id"], name="line_by_status"),
            models.Index(fields=["organization", "account", "content"], name="line_by_content"),
            models.Index(
                fields=["organization", "account", "bank_id"], condition=~models.Q(bank_id=""), name="line_by_bank_id"
            ),
            models.Index(
                fields=["organization", "match_id"], condition=models.Q(match_id__isnull=False), name="line_by_match"
            ),
            models.Index(fields=["organization", "statement", "place"], name="line_by_statement"),
        ]

    def __str__(self):
        return f"{self.date} {self.amount} {self.description}"

    @property
    def public_id(self) -> str:
        return ids.encode("LIN", self.pk)


class Remark(models.Model):
    """What an import did not simply take: a duplicate of a known line, a conflict with one, or an error. For ever.

    ``place`` as in the file; ``line_id`` is the known line of a duplicate or conflict; ``bank_id`` what the file
    called a known line that has no id of its own.
    """

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    statement = tenant_reference(Statement, related_name="remarks")
    place = models.IntegerField()
    verdict = models.CharField(max_length=12, choices=remark_verdicts)
    code = models.CharField(max_length=60)
    reason = models.TextField()
    line_id = models.BigIntegerField(null=True)
    date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    description = models.TextField(blank=True)
    bank_id = models.TextField(blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "statement", "place", "id"], name="remark_by_statement"),
            models.Index(fields=["organization", "line_id"], condition=~models.Q(bank_id=""), name="remark_by_line"),
        ]

    def __str__(self):
        return f"{self.place}: {self.verdict}"


class SavedMapping(TenantRecord):
    """How an account's CSV files are to be read: what a person decided, or what was guessed and confirmed."""

    id = IdField()
    account = tenant_reference(Account)
    mapping = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "account"], name="saved_mapping_once")]

    def __str__(self):
        return f"{self.account}"
