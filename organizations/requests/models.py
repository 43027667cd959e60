from django.db import models
from django.db.models.functions import Now

from organizations.fields import TenantQuerySet


class Claim(models.Model):
    """An Idempotency-Key and the answer that was given for it, committed with the effect."""

    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    body = models.TextField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True


class IdempotencyKey(Claim):
    """A claim within an organization."""

    pk = models.CompositePrimaryKey("organization_id", "key")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )


class SignupKey(Claim):
    """A claim of a caller who has no organization yet: keyed by address."""

    pk = models.CompositePrimaryKey("address", "key")
    address = models.GenericIPAddressField()


class Usage(models.Model):
    """How often a key asked for an operation on a day (UTC). People without a key have key 0.

    ``refused`` are those that were answered with an error; they are not in ``requests``.
    """

    pk = models.CompositePrimaryKey("organization_id", "day", "api_key_id", "operation")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    day = models.DateField()
    api_key_id = models.BigIntegerField()
    operation = models.CharField(max_length=80)
    requests = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "usage"

    def __str__(self):
        return f"{self.day} {self.operation} {self.requests}"
