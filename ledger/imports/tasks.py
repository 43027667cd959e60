"""Imports as long work: what a worker does with a queued file."""

from ledger.imports.answers import import_answer
from ledger.imports.importing import import_journal
from organizations.actors import Actor
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization

KIND = "import_journal"


@runs(KIND)
def run_import(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job behind a large import."""
    accounts = job.payload.get("accounts")
    done = import_journal(
        actor=actor,
        organization=Organization.objects.get(pk=job.organization_id),
        journal=bytes(job.file),
        accounts=None if accounts is None else accounts.encode("utf-8", "surrogateescape"),
        progress=progress,
    )
    return import_answer(done, job.organization_id)
