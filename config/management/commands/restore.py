"""Restore a backup into an empty database and prove that it is whole: `manage.py restore FOLDER`."""

from contextlib import closing
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from config.backups.archives import BackupProblem
from config.backups.restoring import restore
from organizations.jobs.bars import Bars


class Command(BaseCommand):
    help = "Restore a backup into an empty database, then verify every chain of seals and examine the books."

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, help="a backup that `manage.py backup` wrote")

    def handle(self, *, folder: Path, **options) -> None:
        with closing(Bars(restoring="table", counting="number", verifying="organization")) as bars:
            try:
                done = restore(folder, progress=bars)
            except BackupProblem as problem:
                raise CommandError(f"Nothing was restored. {problem}") from problem
        for line in (*done.remarks, *done.problems):
            self.stderr.write(line)
        self.stdout.write(
            f"Restored {done.organizations} organizations with {done.postings} postings, {done.checkpoints} "
            f"checkpoints and {done.files} files; {done.skipped_numbers} numbers of database transactions were skipped."
        )
        if done.problems:
            raise CommandError(f"{len(done.problems)} things are not as they were. Do not go on with these books.")
        self.stdout.write("Every seal leads to the backup's heads, and every rule of the books holds.")
