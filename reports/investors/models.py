from decimal import Decimal

from django.db import models

from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs, tenant_reference

STATUSES = ("active", "archived")


def statuses():
    return pairs(STATUSES)


class Investor(TenantRecord):
    """Who has put money into the organization. What they put in and took out stands on their ``account`` of equity.

    ``preferred_return_rate`` is in percent a year, of what was put in and not given back.
    """

    id = IdField(prefix="IVR")
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    account = tenant_reference("ledger.Account")
    preferred_return_rate = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    status = models.CharField(max_length=8, default="active", choices=statuses)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "account"], name="investor_account_once")]

    def __str__(self):
        return self.name


class Holding(models.Model):
    """What an investor has from a day on, until the next row: a ``percentage`` of the whole, or ``units`` that share
    what percentages leave; and how much the investor has committed to put in.
    """

    id = IdField(prefix="")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    investor = tenant_reference(Investor, related_name="holdings")
    effective_date = models.DateField()
    percentage = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    units = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    commitment = models.DecimalField(max_digits=28, decimal_places=8, default=Decimal(0))

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "investor", "effective_date"], name="holding_once")
        ]

    def __str__(self):
        return f"{self.effective_date} {self.percentage or self.units}"
