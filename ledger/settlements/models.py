from django.db import models

from ledger.openitems.models import OpenItem
from organizations.fields import IdField, TenantQuerySet, tenant_reference


class Settlement(models.Model):
    """A debit item and a credit item set off against each other: a payment and an invoice, a credit note and
    an invoice, a refund and a credit.

    Each amount is positive, in the currency of its own item. ``realised`` is what the two carrying amounts differ
    by, in base currency: a gain is positive. ``transaction`` posts it (and carries the amount from one control
    account to the other where the two differ). Undone once, on a day, for good: a new settlement may follow.
    """

    id = IdField(prefix="STL")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    debit_item = tenant_reference(OpenItem)
    credit_item = tenant_reference(OpenItem)
    date = models.DateField()
    debit_amount = models.DecimalField(max_digits=28, decimal_places=8)
    debit_base = models.DecimalField(max_digits=28, decimal_places=8)
    credit_amount = models.DecimalField(max_digits=28, decimal_places=8)
    credit_base = models.DecimalField(max_digits=28, decimal_places=8)
    realised = models.DecimalField(max_digits=28, decimal_places=8)
    transaction = tenant_reference("ledger.Transaction", null=True)
    undone_on = models.DateField(null=True)
    undone_transaction = tenant_reference("ledger.Transaction", null=True)
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "debit_item", "id"], name="settlement_by_debit"),
            models.Index(fields=["organization", "credit_item", "id"], name="settlement_by_credit"),
        ]
