"""The manifest of an archive, and checking an archive against it before a row of it is believed."""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.apps import apps

from ledger.archives.tables import ORGANIZATIONS, USERS, Table
from ledger.errors import ArchiveDiffers, ArchiveUnreadable
from organizations import ids
from organizations.jobs.progress import Progress

FORMAT = 1
NAME = "manifest.json"
LONGEST_MANIFEST = 256 * 1024 * 1024
PIECE = 1024 * 1024

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, UnicodeDecodeError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    organization_id: int
    name: str
    next_number: int
    files: dict[str, dict[str, Any]]
    missing_files: list[str]
    trial_balance: list[dict[str, Any]]
    head: dict[str, Any] | None
    exported_at: str


def schema() -> dict[str, str]:
    """The newest migration of each app of ours: rows fit only where the tables are the same."""
    found = {}
    for config in apps.get_app_configs():
        names = sorted(path.stem for path in (Path(config.path) / "migrations").glob("[0-9]*.py"))
        if names and not config.name.startswith("django."):
            found[config.label] = names[-1]
    return found


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an archive. Raises ArchiveUnreadable for a form that is not known here."""
    try:
        if archive.getinfo(NAME).file_size > LONGEST_MANIFEST:
            raise ArchiveUnreadable("The manifest is too long to be one.")
        said = json.loads(archive.read(NAME))
    except (KeyError, ValueError, *BROKEN) as problem:
        raise ArchiveUnreadable("This is not the archive of an organization.") from problem
    if not isinstance(said, dict) or said.get("object") != "organization_archive":
        raise ArchiveUnreadable("This is not the archive of an organization.")
    if said.get("format") != FORMAT:
        raise ArchiveUnreadable(f"The archive has format {said.get('format')}; this installation reads {FORMAT}.")
    if said.get("schema") != schema():
        raise ArchiveUnreadable(
            "The archive comes from another release; export and import with the same one.",
            details={"archive": said.get("schema"), "installation": schema()},
        )
    try:
        return Manifest(
            organization_id=ids.decode("ORG", said["organization_id"]),
            name=said["organization_name"],
            next_number=int(said["next_number"]),
            files={name: dict(each) for name, each in said["files"].items()},
            missing_files=list(said["missing_files"]),
            trial_balance=list(said["trial_balance"]),
            head=said["head"],
            exported_at=said["exported_at"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ArchiveUnreadable("The manifest is not whole.") from problem


def check(archive: zipfile.ZipFile, manifest: Manifest, tables: list[Table], progress: Progress) -> None:
    """That every file is there, is what the manifest says, and holds rows of this organization alone.

    Raises ArchiveUnreadable, ArchiveDiffers.
    """
    names = archive.namelist()
    expected = {NAME, *manifest.files}
    problems = {"missing": sorted(expected - set(names)), "unexpected": sorted(set(names) - expected)}
    if len(names) != len(set(names)) or problems["missing"] or problems["unexpected"]:
        raise ArchiveUnreadable("The files of the archive are not those that its manifest lists.", details=problems)
    listed = {name for name in manifest.files if not name.startswith("files/")}
    if listed != {table.file for table in tables}:
        raise ArchiveUnreadable("The tables of the archive are not those of this installation.")
    attached: dict[str, str] = {}
    for table in tables:
        _check_rows(archive, manifest, table, attached)
        progress.advance()
    _check_attached(manifest, attached)
    for name in attached:
        _check_digest(archive, manifest, name)
        progress.advance()


def _check_attached(manifest: Manifest, attached: dict[str, str]) -> None:
    """That the files are those that the rows of attachments name, with their digests."""
    gone = {f"files/{path}" for path in manifest.missing_files}
    for name in gone:
        attached.pop(name, None)
    there = {name: each.get("sha256") for name, each in manifest.files.items() if name.startswith("files/")}
    if there != attached:
        wrong = sorted(name for name in there.keys() | attached if there.get(name) != attached.get(name))
        raise ArchiveDiffers("The files are not those that the attachments name.", details={"files": wrong[:20]})


def lines_of(archive: zipfile.ZipFile, table: Table) -> Iterator[bytes]:
    """The rows of a table, as they stand in the archive."""
    with archive.open(table.file) as file:
        yield from file


def _check_rows(archive: zipfile.ZipFile, manifest: Manifest, table: Table, attached: dict[str, str]) -> None:
    digest, rows, place = hashlib.sha256(), 0, ids.encode("ORG", manifest.organization_id)
    of_attachments = re.compile(rf"{place}/\d{{4}}-\d\d/[0-9a-f]{{40}}")
    try:
        for line in lines_of(archive, table):
            digest.update(line)
            rows += 1
            row = json.loads(line)
            if not isinstance(row, dict) or tuple(row) != table.columns:
                raise ArchiveUnreadable(f"Line {rows} of {table.file} has not the columns of the table.")
            if table.name != USERS and row[table.owner] != manifest.organization_id:
                raise ArchiveDiffers(f"Line {rows} of {table.file} belongs to another organization.")
            if table.name == "ledger_attachment" and row["removed_at"] is None:
                if not of_attachments.fullmatch(row["path"]):
                    raise ArchiveDiffers(f"Line {rows} of {table.file} names a file of somebody else.")
                attached[f"files/{row['path']}"] = row["sha256"]
    except (ValueError, *BROKEN) as problem:
        raise ArchiveUnreadable(f"{table.file} cannot be read.") from problem
    said = manifest.files[table.file]
    if digest.hexdigest() != said.get("sha256") or rows != said.get("rows"):
        raise ArchiveUnreadable(f"{table.file} is not what the manifest says: its checksum differs.")
    if table.name == ORGANIZATIONS and rows != 1:
        raise ArchiveDiffers("An archive holds one organization.")


def _check_digest(archive: zipfile.ZipFile, manifest: Manifest, name: str) -> None:
    try:
        with archive.open(name) as file:
            found = digest_of(file)
    except BROKEN as problem:
        raise ArchiveUnreadable(f"{name} cannot be read.") from problem
    if found != manifest.files[name].get("sha256"):
        raise ArchiveUnreadable(f"{name} is not what the manifest says: its checksum differs.")


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
