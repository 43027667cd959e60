from django.contrib.postgres.fields import ArrayField
from django.db import models

from organizations.fields import IdField, TenantRecord


class ApiKey(TenantRecord):
    """A program's way in: belongs to one organization, with permissions and an expiry.

    ``scope`` narrows it to some accounts and contacts (``account_ids``, ``contact_ids``, both lists of keys), to read;
    ``allowed_addresses`` are the networks that it works from. Null and empty: no such limit.
    """

    id = IdField(prefix="KEY")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    permissions = models.JSONField()
    scope = models.JSONField(null=True, blank=True)
    allowed_addresses = ArrayField(models.CharField(max_length=43), default=list, db_default=[], blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.name


class KeySecret(TenantRecord):
    """One secret of a key. Rotation adds a second and lets the first run out.

    Only a hash is stored. ``prefix`` is the public half by which a request's secret is
    found: random, so its uniqueness across organizations tells nothing.
    """

    id = IdField(prefix="SEC")
    api_key_id = models.BigIntegerField()
    prefix = models.CharField(max_length=12, unique=True)
    preview = models.CharField(max_length=30)
    secret_hash = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.preview
