from django.db import models
from django.db.models.functions import Lower

from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs, tenant_reference

STATUSES = ("active", "archived")


def statuses():
    return pairs(STATUSES)


class Budget(TenantRecord):
    """What an organization means to earn and spend, in base currency, from ``starts_on`` through ``ends_on``.

    Both are whole months. There may be several for one year: a plan, a cautious one, a revised one.
    """

    id = IdField(prefix="BUD")
    name = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=8, default="active", choices=statuses)

    class Meta:
        constraints = [models.UniqueConstraint("organization", Lower("name"), name="budget_name_once")]

    def __str__(self):
        return self.name


class BudgetLine(models.Model):
    """What is meant for one account in one month, which is named by its first day.

    Positive where the account usually goes up: revenue that is earned, expenses that are spent.
    """

    id = IdField(prefix="")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    budget = tenant_reference(Budget, related_name="lines", on_delete=models.CASCADE)
    account = tenant_reference("ledger.Account")
    month = models.DateField()
    amount = models.DecimalField(max_digits=28, decimal_places=8)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "budget", "account", "month"], name="budget_line_once")
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.amount}"
