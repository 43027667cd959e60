from django.db import models

from organizations.fields import ExactDecoder, IdField, TenantRecord, pairs

STATUSES = ("queued", "running", "succeeded", "failed")


def statuses():
    return pairs(STATUSES)


class Job(TenantRecord):
    """Long work that a client started and may watch: queued, running, succeeded or failed."""

    id = IdField(prefix="REQ")
    kind = models.CharField(max_length=60)
    status = models.CharField(
        max_length=9,
        default="queued",
        choices=statuses,
    )
    payload = models.JSONField(default=dict)
    file = models.BinaryField(null=True)
    progress_done = models.IntegerField(default=0)
    progress_total = models.IntegerField(null=True)
    result = models.JSONField(null=True, decoder=ExactDecoder)
    error = models.JSONField(null=True, decoder=ExactDecoder)
    actor = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.kind} {self.public_id}"
