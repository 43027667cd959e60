"""Read an archive of an organization into this installation: `manage.py import_organization FILE [--sha256 …]`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ledger.archives.importing import import_organization
from ledger.archives.terminals import Bar
from organizations import ids
from organizations.actors import system
from organizations.errors import Refusal


class Command(BaseCommand):
    help = "Read an archive of export_organization, with its ids, balances and proofs; all of it or nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--sha256", help="what the export said; an archive that has another is refused")

    def handle(self, *, file: Path, sha256: str | None, **options) -> None:
        with Bar("Importing") as bar:
            try:
                done = import_organization(actor=system("import_organization"), path=file, sha256=sha256, progress=bar)
            except Refusal as refusal:
                said = "".join(f" {name}: {value}." for name, value in refusal.details.items() if value)
                raise CommandError(f"{refusal.message}{said} ({refusal.code}) Nothing was imported.") from refusal
        if done.parent_left:
            self.stdout.write(f"Its parent {done.parent_left} is not here: it stands alone now and pays for itself.")
        self.stdout.write(
            f"{done.name} ({ids.encode('ORG', done.organization_id)}) is here: {sum(done.rows.values()):,} rows, "
            f"{done.files:,} files; the trial balance, the chain of seals and every rule of the doctor hold. "
            "Its people need a new password, its API keys a new secret (rotate); "
            "webhooks and payment providers are connected again."
        )
