from django.db import models

from ledger.taxes.models import Tax
from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantQuerySet, TenantRecord, tenant_reference


class Item(TenantRecord):
    """A product or a service that lines of documents name. Documents keep what it said when they were written."""

    id = IdField(prefix="ITM")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=50, blank=True)
    description = models.TextField(blank=True)
    unit = models.CharField(max_length=20, blank=True)
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    sale_price = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    purchase_price = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    revenue_account = tenant_reference("ledger.Account", null=True, blank=True)
    expense_account = tenant_reference("ledger.Account", null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"], condition=~models.Q(code=""), name="item_code_once"
            )
        ]
        indexes = [models.Index(fields=["organization", "name", "id"], name="item_by_name")]

    def __str__(self):
        return self.name


class ItemTax(models.Model):
    """A tax that an item brings to lines of sales or of purchases, in order."""

    id = IdField(prefix="")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    item = tenant_reference(Item, related_name="taxes")
    tax = tenant_reference(Tax)
    is_sale = models.BooleanField()
    place = models.SmallIntegerField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["organization", "item", "is_sale", "tax"], name="item_tax_once")]
        indexes = [models.Index(fields=["organization", "tax"], name="item_tax_by_tax")]
