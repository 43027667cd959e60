"""Archives to read, and archives that somebody has tampered with."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from ledger.archives.exporting import export_organization
from ledger.archives.importing import Imported, import_organization
from ledger.archives.tasks import KIND
from organizations.actors import system
from organizations.jobs.progress import Progress
from organizations.jobs.running import queue, run
from organizations.keys.minting import create_key
from organizations.tenants.models import Organization
from tests.cast import ALL, Api, Books, path_of

Change = Callable[[bytes], bytes]


def export(books: Books, file: Path) -> dict:
    """Export without leaving a trace in the books; the manifest."""
    with file.open("wb") as target, transaction.atomic():
        with books.acting():
            organization = Organization.objects.get(pk=books.organization.pk)
            manifest = export_organization(
                actor=books.actor, organization=organization, target=target, progress=Progress()
            )
        transaction.set_rollback(True)
    return manifest


def exported(books: Books) -> str:
    """A job that has written an archive: its id."""
    with books.acting():
        job = queue(actor=books.actor, organization_id=books.organization.pk, kind=KIND, payload={})
    assert run(books.organization.pk, job.pk) == "succeeded"
    return job.public_id


def bring_in(file: Path, **options) -> Imported:
    """Import into the installation that connections lead to now."""
    return import_organization(actor=system("test"), path=file, **options)


def arrived(books: Books) -> Api:
    """HTTP to the books where they have been imported, with a key of that installation."""
    with books.acting():
        organization = Organization.objects.get(pk=books.organization.pk)
        _, secret = create_key(
            actor=books.actor, organization_id=organization.pk, mode=organization.mode, name="New", permissions=ALL
        )
    return Api(secret, path_of(organization))


def contents(file: Path) -> dict[str, bytes]:
    """The files of an archive by name."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(file: Path, files: dict[str, bytes]) -> Path:
    """An archive of these files."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


def forged(
    file: Path, target: Path, *, manifest: Callable[[dict], None] = lambda said: None, **changes: Change
) -> Path:
    """An archive with other rows, by table, and a manifest that fits them again: its checksums are made anew."""
    files = contents(file)
    said = json.loads(files["manifest.json"])
    for table, change in changes.items():
        name = f"tables/{table}.jsonl"
        files[name] = change(files[name])
        said["files"][name]["sha256"] = hashlib.sha256(files[name]).hexdigest()
        said["files"][name]["rows"] = files[name].count(b"\n")
    manifest(said)
    return write(target, files | {"manifest.json": json.dumps(said).encode()})


def each_row(change: Callable[[int, dict], dict | None]) -> Change:
    """Change rows by number; None leaves one out."""

    def changed(text: bytes) -> bytes:
        rows = [change(number, json.loads(line)) for number, line in enumerate(text.splitlines())]
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows if row is not None)

    return changed
