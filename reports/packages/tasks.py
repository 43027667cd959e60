"""Sealing a period as background work, which sees the books at one moment."""

import datetime

from organizations.actors import Actor
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization
from reports.packages.answers import package_answer
from reports.packages.sealing import seal_package
from reports.periods import Period

KIND = "close_package"


@runs(KIND, one_snapshot=True)
def run_sealing(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job: its result is the package without its contents."""
    organization = Organization.objects.get(pk=job.organization_id)
    start, end = (datetime.date.fromisoformat(job.payload[name]) for name in ("start_date", "end_date"))
    note = job.payload.get("note", "")
    made = seal_package(actor=actor, organization=organization, period=Period(start, end), note=note)
    return package_answer(made)
