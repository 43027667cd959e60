from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from organizations import ids
from organizations.fields import IdField, SealedField, TenantQuerySet, TenantRecord, tenant_reference

STATUSES = ("enabled", "disabled")
DELIVERY_STATUSES = ("queued", "delivered", "failed")


class Webhook(TenantRecord):
    """An address of somebody else that hears of events.

    Its secret is worked out from ``root``, which is kept sealed, ``salt`` and ``secret_version``. Each of
    ``ending_secrets``, ``{"version", "until"}``, signs, too, until its end; ``overlap_until`` is the last end.
    ``through_xid`` is how far events have become deliveries.
    """

    id = IdField(prefix="WHK")
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=500, blank=True)
    events = ArrayField(models.CharField(max_length=60), default=list)
    status = models.CharField(max_length=8, default="enabled")
    disabled_reason = models.CharField(max_length=300, blank=True)
    root = SealedField(null=True)
    salt = models.BinaryField()
    secret_version = models.IntegerField(default=1)
    ending_secrets = models.JSONField(default=list, db_default=[])
    overlap_until = models.DateTimeField(null=True)
    through_xid = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["organization", "status", "id"], name="webhook_by_status")]

    def __str__(self):
        return self.description or self.url


class Delivery(models.Model):
    """One event on its way to one webhook. Its id goes with it each time, so that a double is known as one."""

    id = IdField(prefix="WHD")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    webhook = tenant_reference(Webhook)
    event_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    event_type = models.CharField(max_length=60)
    entity_id = models.CharField(max_length=24)
    status = models.CharField(max_length=9, default="queued")
    attempts = models.IntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(db_default=Now())
    response_status = models.IntegerField(null=True)
    response_excerpt = models.CharField(max_length=500, blank=True, db_default="")
    last_error = models.CharField(max_length=300, blank=True, db_default="")
    duration_ms = models.IntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["organization", "webhook", "event_id"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["organization", "webhook", "entity_id", "seq"],
                condition=models.Q(status="queued"),
                name="delivery_waiting",
            ),
            models.Index(fields=["organization", "created_at", "id"], name="delivery_by_age"),
        ]

    def __str__(self):
        return f"{self.event_type} {self.entity_id}"

    @property
    def public_id(self) -> str:
        return ids.encode("WHD", self.pk)
