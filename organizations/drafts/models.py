from django.db import models

from organizations.fields import ExactDecoder, IdField, TenantRecord, pairs

STATUSES = ("pending", "approved", "rejected", "expired")


def statuses():
    return pairs(STATUSES)


class Draft(TenantRecord):
    """A write that waits for somebody to approve it: an operation of the API, with what it would be sent.

    ``valid``, ``problems``, ``preview`` and ``current`` are what a dry run said when it was last looked at. The author
    and who decided are a key or a user each.
    """

    id = IdField(prefix="DRF")
    operation = models.CharField(max_length=100)
    parameters = models.JSONField(default=dict)
    payload = models.JSONField(default=dict, decoder=ExactDecoder)
    note = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=8, default="pending", choices=statuses)
    expires_at = models.DateTimeField()
    author_key_id = models.BigIntegerField(null=True)
    author_user_id = models.BigIntegerField(null=True)
    valid = models.BooleanField(null=True)
    problems = models.JSONField(null=True, decoder=ExactDecoder)
    preview = models.JSONField(null=True, decoder=ExactDecoder)
    current = models.JSONField(null=True, decoder=ExactDecoder)
    validated_at = models.DateTimeField(null=True)
    decider_key_id = models.BigIntegerField(null=True)
    decider_user_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    result_status = models.IntegerField(null=True)
    result = models.JSONField(null=True, decoder=ExactDecoder)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "status", "id"], name="draft_by_status"),
            models.Index(
                fields=["organization", "expires_at"], condition=models.Q(status="pending"), name="draft_expiring"
            ),
        ]

    def __str__(self):
        return f"{self.operation} {self.public_id}"
