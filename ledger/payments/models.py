from django.db import models

from ledger.openitems.models import OpenItem
from organizations.currencies.iso import decimals_of
from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantRecord, tenant_reference
from organizations.money import exact

DIRECTIONS = ("in", "out")
STATUSES = ("posted", "reversed")


class Payment(TenantRecord):
    """Money that came from a customer or went to a vendor, or back (``refund_of``).

    ``amount`` is what the contact's account is credited (or debited) with, in ``currency``; ``account_amount`` is
    what moved on the bank or cash account, in that account's currency, less a ``fee`` that somebody kept on the
    way. Its own open item holds whatever of it is not allocated: the contact's credit.
    """

    id = IdField(prefix="PAY")
    direction = models.CharField(max_length=3)
    status = models.CharField(max_length=8, default="posted")
    contact = tenant_reference("ledger.Contact")
    account = tenant_reference("ledger.Account")
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    currency_rate = models.DecimalField(max_digits=30, decimal_places=18)
    account_amount = models.DecimalField(max_digits=28, decimal_places=8)
    fee_amount = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    payment_date = models.DateField()
    payment_method = models.CharField(max_length=50, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    notes = models.TextField(blank=True)
    refund_of = tenant_reference("self", null=True, blank=True)
    transaction = tenant_reference("ledger.Transaction")
    reversed_on = models.DateField(null=True, blank=True)
    reversed_transaction = tenant_reference("ledger.Transaction", null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "payment_date", "id"], name="payment_by_date"),
            models.Index(fields=["organization", "contact", "payment_date", "id"], name="payment_by_contact"),
            models.Index(
                fields=["organization", "refund_of", "id"],
                condition=models.Q(refund_of__isnull=False),
                name="payment_by_refunded",
            ),
        ]

    def __str__(self):
        amount = exact(self.amount, decimals_of(self.currency_id))
        whom = f"{'from' if self.direction == 'in' else 'to'} {self.contact.name}"
        return f"{self.payment_date} {amount:,} {self.currency_id} {whom}"

    @property
    def sign(self) -> int:
        """Which side of the control account it stands on: money in is a credit there."""
        return -1 if self.direction == "in" else 1

    @property
    def item(self) -> OpenItem:
        """Its open item."""
        return OpenItem.objects.of(self.organization_id).get(object_id=self.pk)
