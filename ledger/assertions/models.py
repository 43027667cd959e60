from django.db import models

from ledger.accounts.models import Account
from organizations.fields import IdField, TenantRecord, tenant_reference


class BalanceAssertion(TenantRecord):
    """What an account's balance must be at the end of a day, signed by its normal balance.

    Such as a bank's statement says, or a closing that was audited. A posting dated on or before
    the day that breaks it is told by an event; a ``blocking`` one refuses it.
    """

    id = IdField(prefix="AST")
    account = tenant_reference(Account)
    date = models.DateField()
    expected = models.DecimalField(max_digits=28, decimal_places=8)
    blocking = models.BooleanField(default=False)
    description = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "account", "date"], name="balance_assertion_once")
        ]

    def __str__(self):
        return f"{self.account} on {self.date}"
