"""Remove files that no attachment names: `manage.py sweep_attachments [--dry-run]`. The clock does it every night."""

from django.core.management.base import BaseCommand

from ledger.attachments.sweeping import sweep_attachments


class Command(BaseCommand):
    help = "Remove files of attachments that no row names and that are older than a day."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count them")

    def handle(self, *, dry_run: bool, **options) -> None:
        found = sweep_attachments(dry_run=dry_run)
        self.stdout.write(f"{found} files that nobody names {'found' if dry_run else 'removed'}.")
