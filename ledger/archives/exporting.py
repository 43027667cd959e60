"""Writing an archive: all rows of an organization, of one moment, and the files that belong to them."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.db import connection, transaction

from ledger.archives.figures import trial_balance
from ledger.archives.manifests import FORMAT, NAME, schema
from ledger.archives.tables import LEFT_OUT, Table, archived
from ledger.attachments import storing
from ledger.attachments.models import Attachment
from ledger.proof.answers import anchor_line
from ledger.proof.sealing import newest, seal_all
from organizations import clock, scoping
from organizations.actors import Actor, system
from organizations.events.recording import event, record
from organizations.jobs.progress import Progress
from organizations.tenants.models import Organization
from organizations.wire.rendering import dumps

EXPORTED = event("organization.exported")
AT_ONCE = 2_000
MOST_CHECKPOINTS = 1_000_000


def seal_first(organization_id: int) -> None:
    """Seal all that waits, before the export's snapshot: what is sealed cannot be altered on the way unnoticed."""
    with scoping.acting_in(organization_id):
        seal_all(actor=system("export"), organization_id=organization_id, most_checkpoints=MOST_CHECKPOINTS)


@transaction.atomic
def export_organization(
    *, actor: Actor, organization: Organization, target: IO[bytes], progress: Progress
) -> dict[str, Any]:
    """Write the organization's archive to ``target``; its manifest comes back.

    Call within the organization's walls and within one snapshot. Files are read from their storage while the
    database transaction is open: it holds nothing but its snapshot, which is what makes rows and files one.
    """
    tables, paths = archived(), _paths(organization.pk)
    progress.start(len(tables) + len(paths))
    files: dict[str, dict[str, Any]] = {}
    missing = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            files[table.file] = _write(archive, table.file, _lines(table, organization.pk))
            progress.advance()
        for path in paths:
            try:
                pieces = storing.pieces(path)
            except FileNotFoundError:
                missing.append(path)  # it is lost here, too; whoever reads the archive is told
            else:
                files[f"files/{path}"] = _write(archive, f"files/{path}", pieces)
                del files[f"files/{path}"]["rows"]
            progress.advance()
        manifest = _manifest(organization, files, missing)
        archive.writestr(NAME, dumps(manifest))
    after = {name: manifest[name] for name in ("object", "format", "organization_id", "exported_at", "head")}
    after["rows"] = sum(each.get("rows", 0) for each in files.values())
    record(EXPORTED, actor=actor, organization_id=organization.pk, entity_id=organization.public_id, after=after)
    return manifest


def _paths(organization_id: int) -> list[str]:
    rows = Attachment.objects.of(organization_id).filter(removed_at=None).order_by("pk")
    return list(rows.values_list("path", flat=True))


def _lines(table: Table, organization_id: int) -> Iterator[bytes]:
    """The rows of a table as lines of JSON, through one cursor on the server."""
    key = ", ".join(f'"{name}"' for name in table.key)
    rows = f"select {table.quoted()} from {table.name} where {table.belongs} order by {key}"
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"select row_to_json(r)::text from ({rows}) r", {"organization": organization_id})
        while batch := cursor.fetchmany(AT_ONCE):
            for (line,) in batch:
                yield line.encode() + b"\n"


def _write(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> dict[str, Any]:
    digest, size, count = hashlib.sha256(), 0, 0
    with archive.open(name, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            count += 1
    return {"sha256": digest.hexdigest(), "bytes": size, "rows": count}


def _manifest(organization: Organization, files: dict[str, dict[str, Any]], missing: list[str]) -> dict[str, Any]:
    head = newest(organization.pk)
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text")
        (next_number,) = cursor.fetchone()
    return {
        "object": "organization_archive",
        "format": FORMAT,
        "organization_id": organization.public_id,
        "organization_name": organization.name,
        "exported_at": clock.now(),
        "schema": schema(),
        "next_number": next_number,
        "head": anchor_line(head) if head else None,
        "trial_balance": trial_balance(organization.pk),
        "files": files,
        "missing_files": missing,
        "left_out": LEFT_OUT,
    }
