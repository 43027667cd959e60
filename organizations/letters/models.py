from django.db import models
from django.db.models.functions import Now

from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs, tenant_reference

STATUSES = ("queued", "sent", "failed")


def statuses():
    return pairs(STATUSES)


class Letter(TenantRecord):
    """An e-mail on its way: written with its cause in one database transaction, sent afterwards by a worker.

    What it says never changes. ``about_kind`` and ``about_id`` name what it is about by its public id
    (``invoice``, ``INV_…``). ``round`` counts how often somebody asked to send it again after it had left or failed.
    """

    id = IdField(prefix="LTR")
    sender = models.CharField(max_length=254)
    sender_name = models.CharField(max_length=200, blank=True)
    to = models.JSONField(default=list, db_column="to_addresses")
    cc = models.JSONField(default=list, db_column="cc_addresses")
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=250)
    body = models.TextField()
    html = models.TextField(blank=True)
    about_kind = models.CharField(max_length=40, blank=True)
    about_id = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=6, default="queued", choices=statuses)
    round = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    last_error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "next_attempt_at"], condition=models.Q(status="queued"), name="letter_waiting"
            ),
            models.Index(fields=["organization", "about_id", "id"], name="letter_by_subject"),
        ]

    def __str__(self):
        return self.subject

    @property
    def message_id(self) -> str:
        """The ``Message-ID`` header (RFC 5322 §3.6.4): the same at each attempt, so that a double is known as one."""
        again = f".{self.round}" if self.round else ""
        return f"<{self.public_id.lower()}{again}@{self.sender.rpartition('@')[2]}>"


class LetterAttachment(models.Model):
    """A file that goes with a letter, kept as it was when the letter was written."""

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    letter = tenant_reference(Letter)
    number = models.IntegerField()
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "letter", "number"], name="letter_attachment_once")
        ]

    def __str__(self):
        return self.name
