from django.db import models

from ledger.accounts.models import Account
from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs, tenant_reference
from reconciliation.rules.conditions import MATCHES


def rule_matches():
    return pairs(MATCHES)


class BankRule(TenantRecord):
    """Where the money of a line goes that fulfils the conditions, decided once for all such lines.

    Of an organization's active rules the first takes a line: by ``priority``, lower first, then by
    age. ``account`` is the bank account that it is limited to. ``conditions`` and ``actions`` are
    kept as ``conditions.py`` and ``actions.py`` read them. ``automatic`` books without asking.
    ``version`` is raised by the database with every change.
    """

    id = IdField(prefix="RUL")
    name = models.CharField(max_length=100)
    priority = models.IntegerField(default=100)
    account = tenant_reference(Account, null=True, blank=True)
    match = models.CharField(max_length=3, default="all", choices=rule_matches)
    conditions = models.JSONField()
    actions = models.JSONField()
    automatic = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1, editable=False)

    def __str__(self):
        return self.name


class LearnedToken(models.Model):
    """How many lines of a bank account with this word in them a person booked to this counter account.

    The empty token counts the lines themselves, whatever their words.
    """

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    account = tenant_reference(Account)
    token = models.CharField(max_length=30)
    counter_account = tenant_reference(Account)
    count = models.IntegerField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "account", "token", "counter_account"], name="learned_token_once"
            )
        ]

    def __str__(self):
        return self.token
