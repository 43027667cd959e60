from django.db import models
from django.db.models.functions import Now

from organizations import ids
from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs

TARGETS = ("file", "webhook")
PUSH_STATUSES = ("pending", "pushed", "failed")


def targets():
    return pairs(TARGETS)


def push_statuses():
    return pairs(PUSH_STATUSES)


class Checkpoint(models.Model):
    """A seal on the next batch of postings and events of one organization. Never changes, never goes back.

    ``root`` is the Merkle root over the batch, ``previous_hash`` the hash of the checkpoint before, ``hash``
    binds both together with everything else that stands here. Records are sealed in the order in which they
    settled: (epoch, xid, kind, id); ``last_…`` is the last of them. ``leaves`` repeats which record has which
    hash, so that a break can be named; ``root`` follows from it.

    An epoch is the life of one PostgreSQL cluster. A dump that is restored elsewhere brings the numbers of
    database transactions of the old cluster into one that counts anew; the next epoch begins there.
    """

    id = IdField(prefix="CHK")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    seq = models.BigIntegerField()
    epoch = models.IntegerField(default=1)
    epoch_began_at = models.DateTimeField(null=True)
    leaf_version = models.SmallIntegerField()
    count = models.IntegerField()
    total = models.BigIntegerField()
    last_xid = models.BigIntegerField()
    last_kind = models.SmallIntegerField()
    last_id = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    leaves = models.BinaryField()
    sealed_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["organization", "seq"], name="checkpoint_once")]
        indexes = [
            models.Index(
                fields=["organization", "epoch", "last_xid", "last_kind", "last_id"], name="checkpoint_by_position"
            )
        ]

    def __str__(self):
        return f"Checkpoint {self.seq}"

    @property
    def public_id(self) -> str:
        return ids.encode("CHK", self.pk)


class Anchor(TenantRecord):
    """Where an organization's checkpoints are pushed to, beside the file of the installation: a webhook."""

    id = IdField(prefix="ANC")
    url = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="anchor_once")]

    def __str__(self):
        return self.url


class AnchorPush(TenantRecord):
    """One checkpoint on its way to one place outside: written with the checkpoint, done when it has arrived."""

    id = IdField(prefix="APU")
    seq = models.BigIntegerField()
    target = models.CharField(max_length=7, choices=targets)
    status = models.CharField(max_length=7, default="pending", choices=push_statuses)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    pushed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "anchor pushes"
        constraints = [models.UniqueConstraint(fields=["organization", "seq", "target"], name="anchor_push_once")]
        indexes = [
            models.Index(
                fields=["organization", "target", "seq"],
                condition=models.Q(status="pending"),
                name="anchor_push_pending",
            )
        ]

    def __str__(self):
        return f"{self.target} {self.seq} {self.status}"
