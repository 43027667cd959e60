"""Results of jobs are kept for ``JOB_RESULTS_KEPT_DAYS``; that there was a job, and how it ended, for ever."""

import datetime

from django.conf import settings

from organizations import clock, scoping
from organizations.jobs.models import Job, JobCancellation, JobPart

AT_ONCE = 200


def forget(organization_id: int) -> int:
    """Forget results whose time is over; how many jobs had one."""
    forgotten = 0
    while found := _forget_some(organization_id):
        forgotten += found
    return forgotten


def _forget_some(organization_id: int) -> int:
    now = clock.now()
    over = now - datetime.timedelta(days=settings.JOB_RESULTS_KEPT_DAYS)
    with scoping.acting_in(organization_id):
        rows = Job.objects.of(organization_id)
        old = rows.filter(finished_at__lt=over, expired_at=None).order_by("pk")
        found = list(old.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:AT_ONCE])
        for beside in (JobPart, JobCancellation):
            beside.objects.of(organization_id).filter(job_id__in=found).delete()
        return rows.filter(pk__in=found).update(payload={}, result=None, expired_at=now, updated_at=now)
