from django.db import models
from django.db.models.functions import Now

from organizations.fields import IdField, TenantQuerySet


class SpoolPosition(models.Model):
    """How far a spool file has been counted: committed with the counts, so that no line counts twice."""

    name = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField()

    def __str__(self):
        return f"{self.name} {self.position}"


class CreditPool(models.Model):
    """How an organization's credits are kept: whether who pays must have them, and what is bought when they run out.

    Without a row the installation's rule decides (CREDITS_ENFORCED), and nothing is bought by itself. ``customer`` and
    ``method`` are Stripe's names of who pays and how, kept from the first purchase.
    """

    organization = models.OneToOneField(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    enforced = models.BooleanField(null=True)
    recharge_below = models.IntegerField(null=True)
    recharge_package = models.CharField(max_length=20, blank=True)
    customer = models.CharField(max_length=255, blank=True)
    method = models.CharField(max_length=255, blank=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    def __str__(self):
        return f"credits of {self.organization_id}"


class CreditPurchase(models.Model):
    """A package of credits that is being bought: on Stripe's page by a person, or by itself with the method on file.

    ``preparing`` until Stripe knows of it, ``open`` while it may be paid; then ``paid``, ``expired`` or ``failed``.
    """

    id = IdField(prefix="CPU")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    package = models.CharField(max_length=20)
    credits = models.BigIntegerField()
    cents = models.BigIntegerField()
    by_itself = models.BooleanField(default=False)
    status = models.CharField(max_length=9, default="preparing")
    success_url = models.TextField(blank=True)
    cancel_url = models.TextField(blank=True)
    checkout_url = models.TextField(blank=True)
    provider_id = models.CharField(max_length=255, blank=True)
    error = models.TextField(blank=True)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(by_itself=True, status__in=["preparing", "open"]),
                name="one_recharge_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.package} {self.status}"


def _account(*, gets: bool) -> models.Case:
    """The pool where credits come to it (or leave it), the account named like the kind on the other side."""
    side = {"credits__gt": 0} if gets else {"credits__lt": 0}
    return models.Case(models.When(**side, then=models.Value("pool")), default=models.F("kind"))


class CreditEntry(models.Model):
    """What came to an organization's credits or left them. Never changes; their sum is the balance.

    Each is a double entry: ``debit_account`` receives what ``credit_account`` gives, and one of the two is the pool.
    The database works both out, so that no entry is one-sided.

    ``credits`` is positive for what was granted or bought, negative for what was spent or has expired. ``reference`` is
    what makes it happen once: what paid for it, or which day's usage it is.
    """

    id = IdField(prefix="CRE")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=8)
    credits = models.BigIntegerField()
    reference = models.CharField(max_length=100)
    note = models.TextField(blank=True)
    debit_account = models.GeneratedField(
        expression=_account(gets=True), output_field=models.CharField(max_length=8), db_persist=True
    )
    credit_account = models.GeneratedField(
        expression=_account(gets=False), output_field=models.CharField(max_length=8), db_persist=True
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "reference"], name="credits_once")]
        verbose_name_plural = "credit entries"

    def __str__(self):
        return f"{self.kind} {self.credits}"
