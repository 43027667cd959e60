from django.db import models

from organizations.fields import ExactDecoder, IdField, TenantQuerySet, TenantRecord, pairs

STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
FINISHED = STATUSES[2:]


def statuses():
    return pairs(STATUSES)


class Job(TenantRecord):
    """Long work that a client started and may watch.

    ``attempts`` are starts since it last came further; ``expired_at`` is when its result was forgotten.
    """

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
    attempts = models.SmallIntegerField(db_default=0, default=0)
    expired_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.kind} {self.public_id}"


class JobCancellation(models.Model):
    """Somebody wants a job to stop whose row its worker holds locked; the worker looks here."""

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    job_id = models.BigIntegerField()
    actor = models.JSONField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "job_id"], name="job_cancelled_once")]

    def __str__(self):
        return f"{self.job_id}"


class JobPart(models.Model):
    """The results of some items of a job, in their order, committed with what was done for them."""

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    job_id = models.BigIntegerField()
    number = models.IntegerField()
    results = models.JSONField(decoder=ExactDecoder)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "job_id", "number"], name="job_part_once")]

    def __str__(self):
        return f"{self.job_id} from {self.number}"
