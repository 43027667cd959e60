from django.db import models

from ledger.journal.models import Transaction
from organizations.fields import IdField, TenantRecord, tenant_reference


class Attachment(TenantRecord):
    """A file on a transaction: the receipt, the contract, the letter.

    Beside the books, never in them: a posted transaction may still get one. The file is kept
    under a name of our own (``path``), never its sender's. On a posted transaction the row
    outlives its file: ``removed_at`` says when that went, ``sha256`` what it was.
    """

    id = IdField(prefix="ATT")
    transaction = tenant_reference(Transaction)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "path"], name="attachment_path_once"),
            models.UniqueConstraint(
                fields=["organization", "transaction", "sha256"],
                condition=models.Q(removed_at__isnull=True),
                name="attachment_once",
            ),
        ]
        indexes = [models.Index(fields=["organization", "transaction", "id"], name="attachment_by_transaction")]

    def __str__(self):
        return self.name
