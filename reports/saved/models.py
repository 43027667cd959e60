from django.contrib.postgres.fields import ArrayField
from django.db import models

from organizations.fields import IdField, TenantRecord, pairs

FREQUENCIES = ("never", "daily", "weekly", "monthly", "quarterly")
PERIODS = ("so_far", "this_month", "last_month", "last_quarter", "last_year")
FORMATS = ("pdf", "xlsx", "csv", "json")
STATUSES = ("active", "paused")


def statuses():
    return pairs(STATUSES)


class SavedReport(TenantRecord):
    """A report with its parameters, and who gets it by e-mail how often.

    ``parameters`` are those of the report's own address, as texts; ``period`` gives its dates on the day on which it is
    made. It is sent on ``next_run`` and every ``frequency`` after.
    """

    id = IdField(prefix="SRP")
    name = models.CharField(max_length=100)
    report = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict, blank=True)
    period = models.CharField(max_length=12, default="so_far")
    format = models.CharField(max_length=4, default="pdf")
    frequency = models.CharField(max_length=9, default="never")
    recipients = ArrayField(models.CharField(max_length=254), default=list, blank=True)
    next_run = models.DateField(null=True, blank=True)
    last_run_at = models.DateTimeField(null=True, editable=False)
    status = models.CharField(max_length=6, default="active", choices=statuses)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "next_run", "id"],
                condition=models.Q(status="active", next_run__isnull=False),
                name="saved_report_due",
            )
        ]

    def __str__(self):
        return self.name
