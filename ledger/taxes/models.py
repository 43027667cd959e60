from django.db import models

from organizations.fields import IdField, TenantRecord, pairs, tenant_reference

TAX_TYPES = ("sales_tax", "vat", "excise", "other")
TREATMENTS = ("standard", "zero_rated", "exempt", "reverse_charge")


def tax_types():
    return pairs(TAX_TYPES)


def treatments():
    return pairs(TREATMENTS)


class Tax(TenantRecord):
    """A tax at a rate. Rate and kind are fixed for life: another rate is another tax, from its day on.

    ``rate`` is in percent. An inclusive tax is contained in prices; a compound one is also counted on the taxes
    before it. ``is_recoverable``: on purchases it is claimed back; otherwise it is part of the cost. Sales go to
    ``account`` (else to the account with the role ``tax_payable``), purchases to ``purchase_account`` (else there too).
    """

    id = IdField(prefix="TAX")
    name = models.CharField(max_length=100)
    rate = models.DecimalField(max_digits=12, decimal_places=6)
    tax_type = models.CharField(max_length=9, default="sales_tax", choices=tax_types)
    treatment = models.CharField(max_length=14, default="standard", choices=treatments)
    is_compound = models.BooleanField(default=False)
    is_inclusive = models.BooleanField(default=False)
    is_recoverable = models.BooleanField(default=True)
    account = tenant_reference("ledger.Account", null=True, blank=True)
    purchase_account = tenant_reference("ledger.Account", null=True, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "name", "id"], name="tax_by_name")]
        verbose_name_plural = "taxes"

    def __str__(self):
        return self.name
