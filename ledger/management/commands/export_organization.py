"""Write one organization as an archive: `manage.py export_organization ORG_… FILE`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ledger.archives.exporting import export_organization, seal_first
from ledger.archives.manifests import digest_of
from ledger.archives.terminals import Bar
from organizations import scoping
from organizations.actors import system
from organizations.errors import Refusal
from organizations.requests.snapshots import one_snapshot
from organizations.tenants.models import Organization


class Command(BaseCommand):
    help = "Write everything that is one organization's into a file that import_organization reads."

    def add_arguments(self, parser) -> None:
        parser.add_argument("organization", help="ORG_…")
        parser.add_argument("file", type=Path, help="a new file, such as books.zip")

    def handle(self, *, organization: str, file: Path, **options) -> None:
        actor = system("export_organization")
        try:
            (number,) = scoping.asked_for(organization)
            seal_first(number)
            with file.open("xb") as target, Bar("Exporting") as bar, one_snapshot(), scoping.acting_in(number):
                found = Organization.objects.get(pk=number)
                manifest = export_organization(actor=actor, organization=found, target=target, progress=bar)
            with file.open("rb") as written:
                digest = digest_of(written)
        except (ValueError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        for path in manifest["missing_files"]:
            self.stderr.write(f"The storage does not give {path}; its row was exported.")
        rows = sum(each.get("rows", 0) for each in manifest["files"].values())
        self.stdout.write(f"{rows:,} rows of {manifest['organization_name']} written to {file}. SHA-256 {digest}")
