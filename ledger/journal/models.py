from django.db import models

from ledger.accounts.models import Account
from ledger.journal.drafts import TYPES
from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs, tenant_reference

STATUSES = ("pending", "posted", "failed")
#: What a transaction may have been posted for, and the prefix of that object's id.
SOURCES = {
    "invoice": "INV",
    "bill": "BIL",
    "credit_note": "CRN",
    "vendor_credit": "VCR",
    "payment": "PAY",
    "settlement": "STL",
    "transfer": "TRF",
    "revaluation": "RVL",
}


def transaction_types():
    return pairs(TYPES)


def statuses():
    return pairs(STATUSES)


class Transaction(TenantRecord):
    """The header of a journal entry: what happened, and when.

    While it is pending or failed it is a document: its lines live in ``lines`` and may be
    edited. Posting writes the entries once; from then on nothing of it changes, ever.
    "Reversed" is not a column but a fact: nothing is left of its entries. ``original`` is
    what a reversal (``reversal_scope``: full or partial) or an adjustment (none) belongs to.
    Amounts are positive; ``total_debits`` and ``total_credits`` are in the base currency.
    """

    id = IdField(prefix="TXN")
    # The database asks for both by a rule (transactions_written): a key would lock a row that all postings share.
    organization = models.ForeignKey(
        "organizations.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        editable=False,
    )
    type = models.CharField(max_length=12, default="journal", choices=transaction_types)
    status = models.CharField(max_length=7, default="pending", choices=statuses)
    transaction_date = models.DateField()
    posting_date = models.DateTimeField(null=True, editable=False)
    description = models.TextField(blank=True)
    reference_number = models.CharField(max_length=100, blank=True)
    external_id = models.CharField(max_length=255, null=True, blank=True)
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    total_debits = models.DecimalField(max_digits=28, decimal_places=8)
    total_credits = models.DecimalField(max_digits=28, decimal_places=8)
    account = tenant_reference("ledger.Account", null=True, blank=True)
    contact_id = models.BigIntegerField(null=True, blank=True)
    category_id = models.BigIntegerField(null=True, blank=True)
    lines = models.JSONField(null=True, blank=True)
    entry_count = models.IntegerField(default=0, editable=False)
    original = tenant_reference("self", null=True, blank=True, editable=False)
    reversal_scope = models.CharField(max_length=7, null=True, blank=True, editable=False)
    reversal_reason = models.TextField(blank=True, editable=False)
    error_code = models.CharField(max_length=60, null=True, blank=True, editable=False)
    error_message = models.TextField(null=True, blank=True, editable=False)
    version = models.IntegerField(default=1, editable=False)
    # The entry that a posted header must have: a deferred foreign key leads there (transaction_has_entries).
    first_line = models.GeneratedField(
        expression=models.Case(models.When(status="posted", then=models.Value(1))),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                condition=models.Q(external_id__isnull=False),
                name="transaction_external_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "transaction_date", "id"], name="transaction_by_date"),
            models.Index(fields=["organization", "status", "transaction_date", "id"], name="transaction_by_status"),
            models.Index(
                fields=["organization", "contact_id", "transaction_date", "id"],
                condition=models.Q(contact_id__isnull=False),
                name="transaction_by_contact",
            ),
            models.Index(
                fields=["organization", "category_id", "transaction_date", "id"],
                condition=models.Q(category_id__isnull=False),
                name="transaction_by_category",
            ),
            models.Index(
                fields=["organization", "original"],
                condition=models.Q(original__isnull=False),
                name="transaction_by_original",
            ),
            models.Index(
                fields=["organization", "transaction_date"],
                condition=models.Q(type="closing", status="posted"),
                name="transaction_closings",
            ),
        ]

    def __str__(self):
        return f"{self.transaction_date} {self.description}"


class Entry(models.Model):
    """One line of a posted transaction: an amount on an account. Never changes.

    ``amount`` is signed, debit positive, in the account's currency; ``base_amount`` is
    the same in the organization's base currency, and sums to zero in every transaction.
    An entry of a reversal names in ``reverses_entry_id`` the one that it undoes.
    """

    id = IdField(prefix="LED")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    transaction = tenant_reference(Transaction, related_name="entries")
    line_no = models.IntegerField()
    account = tenant_reference(Account, related_name="entries")
    transaction_date = models.DateField()
    entry_type = models.CharField(max_length=6)
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    base_amount = models.DecimalField(max_digits=28, decimal_places=8)
    currency_rate = models.DecimalField(max_digits=30, decimal_places=18)
    description = models.TextField(blank=True)
    reference = models.CharField(max_length=100, blank=True)
    metadata = models.JSONField(null=True)
    reverses_entry_id = models.BigIntegerField(null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "transaction", "line_no"], name="entry_line_once")
        ]
        indexes = [models.Index(fields=["organization", "account", "transaction_date", "id"], name="entry_by_account")]
        verbose_name_plural = "entries"

    def __str__(self):
        return f"{self.entry_type} {abs(self.amount)} {self.currency_id}"


class Source(models.Model):
    """What a transaction was posted for: a document, a payment, a settlement, a transfer, a revaluation.

    Written with the posting, and final. Such a transaction is undone through that object alone, so that its
    open items and the books never part (``reversal_through_source``).
    """

    pk = models.CompositePrimaryKey("organization_id", "transaction_id")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    transaction = tenant_reference(Transaction)
    kind = models.CharField(max_length=13)
    object_id = models.BigIntegerField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "object_id"], name="source_by_object")]
