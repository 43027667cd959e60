from django.db import models

from organizations.fields import TenantQuerySet


class AccountTotal(models.Model):
    """What was posted to an account on one day (grain D) or in one month (grain M).

    Additive, debit and credit apart, in the account's currency and in the base currency.
    Kept by one database trigger; the application's role can only read it. A back-dated
    posting touches one day and one month, nothing later. ``slot`` spreads a busy account
    over several rows, so that writers on different connections do not wait for each other.
    """

    pk = models.CompositePrimaryKey("organization_id", "account_id", "grain", "starts", "slot")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    account_id = models.BigIntegerField()
    grain = models.CharField(max_length=1)
    starts = models.DateField()
    slot = models.SmallIntegerField(default=0)
    debit = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    credit = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    base_debit = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    base_credit = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    entries = models.BigIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "grain", "starts", "account_id"], name="total_by_day")]
