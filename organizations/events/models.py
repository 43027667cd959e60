from django.db import models
from django.db.models.functions import Now

from organizations.fields import ExactDecoder, IdField, NextId, TenantQuerySet


class EventSequence(models.Func):
    """The feed's own counter, small enough for any JSON reader."""

    template = "nextval('crane_event_seq')"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """One fact of the audit trail, written in the transaction of what it records.

    Append-only: the application's role may only select and insert.
    """

    id = IdField(prefix="EVT", db_default=NextId())
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    seq = models.BigIntegerField(db_default=EventSequence())
    event_type = models.CharField(max_length=60)
    entity_type = models.CharField(max_length=30)
    entity_id = models.CharField(max_length=24)
    before_state = models.JSONField(null=True, decoder=ExactDecoder)
    after_state = models.JSONField(null=True, decoder=ExactDecoder)
    changes = models.JSONField(null=True, decoder=ExactDecoder)
    api_key_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    system = models.CharField(max_length=60, null=True)
    ip_address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=60, null=True)
    timestamp = models.DateTimeField(db_default=Now())

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        indexes = [
            models.Index(fields=["organization", "seq"], name="event_by_seq"),
            models.Index(fields=["organization", "entity_type", "entity_id", "seq"], name="event_by_entity"),
        ]

    def __str__(self):
        return f"{self.event_type} {self.entity_id}"
