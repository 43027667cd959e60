"""Exports as background work."""

import secrets
import tempfile

from django.core.files import File

from ledger.archives.exporting import export_organization, seal_first
from ledger.archives.manifests import digest_of
from ledger.attachments import storing
from organizations.actors import Actor
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization

KIND = "organization_export"


@runs(KIND, one_snapshot=True, before=seal_first)
def run_export(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job: it leaves a file in the storage of attachments, which no attachment names: it is swept after a day."""
    organization = Organization.objects.get(pk=job.organization_id)
    with tempfile.TemporaryFile() as target:
        manifest = export_organization(actor=actor, organization=organization, target=target, progress=progress)
        size = target.tell()
        target.seek(0)
        digest = digest_of(target)
        target.seek(0)
        path = f"{storing.folder_of(organization.pk)}/exports/{secrets.token_hex(20)}"
        job.payload = {"path": storing.storage().save(path, File(target))}
    job.save(update_fields=["payload"])
    shown = ("object", "format", "organization_id", "exported_at", "head", "missing_files")
    return {name: manifest[name] for name in shown} | {
        "rows": sum(each.get("rows", 0) for each in manifest["files"].values()),
        "size": size,
        "sha256": digest,
        "download": f"/organizations/{organization.public_id}/exports/{job.public_id}/file",
    }
