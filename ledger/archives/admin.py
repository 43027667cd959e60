"""Exports in the back office: a button on the organization's page; the archive is loaded down from its job."""

from django.urls import reverse

from ledger.archives.tasks import KIND
from organizations.actors import Actor
from organizations.directory.admin import ACTS, Act
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.tenants.models import Organization


def export(actor: Actor, organization: Organization) -> str:
    """Queue an export; the page of its job comes next."""
    job = queue(actor=actor, organization_id=organization.pk, kind=KIND, payload={})
    start(job)
    return reverse("admin:organizations_job_change", args=[job.pk])


ACTS.append(
    Act(
        name="export",
        title="Export everything",
        icon="archive",
        resource="exports",
        verb=export,
        done="It is exported in the background; the archive is kept for a day.",
    )
)
