from django.db import models

from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantRecord, tenant_reference


class Transfer(TenantRecord):
    """Money moved between two accounts of one's own, in one currency or from one into another.

    ``amount`` is what left ``from_account``, in its currency; ``to_amount`` what reached ``to_account``, in that one's.
    A ``fee`` that somebody kept on the way came out of ``amount``. Posted at once; undone by a reversal, once.
    """

    id = IdField(prefix="TRF")
    from_account = tenant_reference("ledger.Account")
    to_account = tenant_reference("ledger.Account")
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    to_amount = models.DecimalField(max_digits=28, decimal_places=8)
    fee_amount = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    transferred_at = models.DateField()
    description = models.TextField(blank=True)
    reference = models.CharField(max_length=100, blank=True)
    transaction = tenant_reference("ledger.Transaction")
    reversed_on = models.DateField(null=True, blank=True)
    reversed_transaction = tenant_reference("ledger.Transaction", null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "transferred_at", "id"], name="transfer_by_date")]

    def __str__(self):
        return f"Transfer of {self.transferred_at}"
