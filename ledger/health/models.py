from django.db import models

from organizations.fields import IdField, TenantRecord, pairs

STATUSES = ("healthy", "broken", "unknown")
OCCASIONS = ("nightly", "request", "doctor")


def statuses():
    return pairs(STATUSES)


def occasions():
    return pairs(OCCASIONS)


class Examination(TenantRecord):
    """What an examination of the books came to. ``findings`` has one for each rule, as the API shows them."""

    id = IdField(prefix="EXM")
    status = models.CharField(max_length=7, choices=statuses)
    occasion = models.CharField(max_length=7, choices=occasions)
    duration_ms = models.BigIntegerField()
    rules = models.IntegerField()
    broken = models.IntegerField()
    findings = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="examination_latest")]

    def __str__(self):
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.status}"
