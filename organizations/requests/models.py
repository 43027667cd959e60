from django.db import models
from django.db.models.functions import Now


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
