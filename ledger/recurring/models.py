from django.db import models

from ledger.recurring.calendars import Rhythm
from organizations import ids
from organizations.fields import IdField, TenantQuerySet, TenantRecord, tenant_reference

TYPES = ("transaction", "invoice", "bill")
STATUSES = ("active", "paused", "completed", "cancelled")
CATCH_UPS = ("all", "latest", "none")
OUTCOMES = ("succeeded", "failed", "skipped")


class Recurring(TenantRecord):
    """A schedule: what is posted again and again, and on which days.

    Occurrences are counted from 1. The one with number ``anchor_number`` is due on ``anchor``; every other day follows
    from these two and the rhythm. ``revisions`` are templates, each from a day on: the request's own form of a
    transaction, an invoice or a bill. ``next_execution`` is the day on which ``next_number`` is due, None when there is
    none any more. Missed days up to ``make_up_through`` are all made up for, whatever ``catch_up`` says: somebody asked
    for it on resuming.
    """

    id = IdField(prefix="RCR")
    name = models.CharField(max_length=200, blank=True)
    recurable_type = models.CharField(max_length=11)
    status = models.CharField(max_length=9, default="active")
    pause_reason = models.CharField(max_length=200, blank=True)
    frequency = models.CharField(max_length=12)
    interval = models.IntegerField(default=1)
    month_end = models.BooleanField(default=False)
    business_day = models.CharField(max_length=8, default="none")
    started_at = models.DateField()
    anchor = models.DateField()
    anchor_number = models.IntegerField(default=1)
    ended_at = models.DateField(null=True, blank=True)
    max_executions = models.IntegerField(null=True, blank=True)
    catch_up = models.CharField(max_length=6, default="all")
    catch_up_limit = models.IntegerField(default=400)
    make_up_through = models.DateField(null=True, blank=True)
    auto_post = models.BooleanField(default=True)
    auto_send = models.BooleanField(default=False)
    revisions = models.JSONField()
    depreciation = models.JSONField(null=True, blank=True)
    next_number = models.IntegerField(default=1)
    next_execution = models.DateField(null=True, blank=True)
    executions_count = models.IntegerField(default=0)
    last_execution = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "next_execution", "id"],
                condition=models.Q(status="active"),
                name="recurring_due",
            )
        ]
        verbose_name_plural = "recurring"

    def __str__(self):
        return self.name or f"{self.frequency} {self.recurable_type}"

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.frequency, self.anchor, self.interval, self.month_end, self.business_day)


class Execution(models.Model):
    """One occurrence of a schedule: what became of it. Its number is taken once (``recurring_occurrence_once``).

    It is committed with what it posted, so that no occurrence is posted twice. A failed one names the failed
    transaction that holds the reason, or the draft of the document, if one could be saved; it may be tried again.
    """

    id = IdField(prefix="EXC")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recurring = tenant_reference(Recurring)
    number = models.IntegerField()
    due_date = models.DateField()
    status = models.CharField(max_length=9)
    transaction = tenant_reference("ledger.Transaction", null=True)
    document_id = models.CharField(max_length=20, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    attempts = models.IntegerField(default=1)
    executed_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "recurring", "number"], name="recurring_occurrence_once")
        ]
        indexes = [
            models.Index(fields=["organization", "due_date", "id"], name="execution_by_date"),
            models.Index(
                fields=["organization", "id"], condition=models.Q(status="failed"), name="execution_that_failed"
            ),
        ]

    def __str__(self):
        return f"{self.number} of {self.due_date}"

    @property
    def public_id(self) -> str:
        return ids.encode("EXC", self.pk)
