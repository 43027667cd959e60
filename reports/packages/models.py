from django.db import models
from django.db.models.functions import Now

from organizations import ids
from organizations.fields import IdField, TenantQuerySet


class ClosePackage(models.Model):
    """All statements of a period as they were when it was closed. Never changes.

    ``content`` is the JSON text, ``digest`` its SHA-256 in hexadecimal, which the event of its making has, too. Another
    one of the same period is the next ``version``.
    """

    id = IdField(prefix="CLP")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    start_date = models.DateField()
    end_date = models.DateField()
    version = models.IntegerField()
    note = models.TextField(blank=True)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "start_date", "end_date", "version"], name="close_package_version_once"
            )
        ]

    def __str__(self):
        return f"{self.start_date} to {self.end_date}, version {self.version}"

    @property
    def public_id(self) -> str:
        return ids.encode("CLP", self.pk)
