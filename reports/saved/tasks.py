"""Reports that are made in the background: as jobs, and by e-mail when they are due."""

from celery import shared_task

from organizations import scoping
from organizations.actors import Actor
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization
from reports.saved.keeping import due, send_due
from reports.saved.running import make

KIND = "report"


@runs(KIND, one_snapshot=True)
def run_report(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job: its result is the report, as its own address answers it."""
    organization = Organization.objects.get(pk=job.organization_id)
    progress.start(1)
    made = make(actor, organization, job.payload["report"], job.payload["parameters"])
    progress.advance()
    return made.answer


@shared_task
def send_due_reports() -> int:
    """Send the reports that are due, in every organization; how many."""
    return sum(send_due(organization_id) for organization_id in due(scoping.every_organization(at_work=True)))
