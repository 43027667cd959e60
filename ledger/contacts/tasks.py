"""Imports of contacts as long work."""

from ledger.contacts.importing import import_answer, import_contacts
from organizations.actors import Actor
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization

KIND = "import_contacts"
#: A longer file becomes a job.
MOST_AT_ONCE = 1_000  # lines


@runs(KIND)
def run_contact_import(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job behind a long file."""
    organization = Organization.objects.get(pk=job.organization_id)
    done = import_contacts(actor=actor, organization=organization, data=bytes(job.file), progress=progress)
    return import_answer(done, organization.pk)
