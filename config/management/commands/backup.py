"""Take a backup: `manage.py backup [FOLDER]`."""

from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backups.archives import SUMS, BackupProblem, digest
from config.backups.taking import back_up
from organizations import clock
from organizations.jobs.bars import Bars


class Command(BaseCommand):
    help = (
        "Write the database, the files on transactions and their checksums to a new folder, while all goes on working."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="a new folder; one in BACKUP_DIRECTORY if left out")

    def handle(self, *, folder: Path | None, **options) -> None:
        if folder is None and not settings.BACKUP_DIRECTORY:
            raise CommandError("Say where to, or set BACKUP_DIRECTORY.")
        target = folder or Path(settings.BACKUP_DIRECTORY) / f"{clock.now():crane-%Y-%m-%dT%H%M%SZ}"
        with closing(Bars(dumping="table")) as bars:
            try:
                manifest = back_up(target, progress=bars)
            except BackupProblem as problem:
                raise CommandError(str(problem)) from problem
        for path in manifest["files"]["not_as_attached"]:
            self.stderr.write(f"The file {path} is missing, or is not what was attached.")
        self.stdout.write(
            f"{target}: {manifest['organizations']} organizations with {manifest['postings']} postings, "
            f"{manifest['files']['count']} files. SHA-256 of {SUMS}: {digest(target / SUMS)}"
        )
