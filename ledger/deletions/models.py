from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from organizations import ids
from organizations.fields import IdField, TenantQuerySet


class Deletion(models.Model):
    """Somebody wants the organization deleted, ``days`` after ``created_at``, which the database gives.

    The row is taken away when it is called off, and goes with the organization when it is done.
    """

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    days = models.SmallIntegerField()
    reason = models.TextField(blank=True)
    actor = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="deletion_once")]

    def __str__(self):
        return f"asked for on {self.created_at:%Y-%m-%d}"


class DeletionCertificate(models.Model):
    """That an organization was deleted, and what of it: all that is left. Written by the database, never changed.

    It belongs to nobody's books: ``reader_ids`` are the organizations that owned or oversaw the deleted one.
    ``counts`` are rows by table, ``head`` is the hash of the newest seal, ``digest`` the SHA-256 of ``statement``, the
    certificate as a text.
    """

    id = IdField(prefix="DLC")
    deleted_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    reader_ids = ArrayField(models.BigIntegerField(), default=list)
    reason = models.TextField(blank=True)
    asked_by = models.JSONField()
    asked_at = models.DateTimeField()
    deleted_at = models.DateTimeField()
    counts = models.JSONField()
    head = models.CharField(max_length=64, null=True)
    statement = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.name

    @property
    def public_id(self) -> str:
        return ids.encode("DLC", self.pk)
