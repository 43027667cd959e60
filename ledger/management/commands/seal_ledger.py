"""Seal what is settled: `manage.py seal_ledger [--organization ORG_…] [--after-restore]`."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ledger.proof.anchoring import push_due
from ledger.proof.sealing import seal
from organizations import ids, scoping
from organizations.actors import system
from organizations.errors import Refusal


class Command(BaseCommand):
    help = "Seal settled postings and events of one organization or of all, and push the checkpoints to their anchors."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--organization", help="ORG_…; all if left out")
        parser.add_argument(
            "--after-restore",
            action="store_true",
            help="the books were restored from a dump of another cluster: seal what came, and begin a new epoch",
        )

    def handle(self, *, organization: str | None, after_restore: bool, **options) -> None:
        try:
            numbers = scoping.asked_for(organization)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        made = 0
        for number in tqdm(numbers, unit="organization", desc="Sealing", disable=len(numbers) < 2):
            try:
                made += self._seal(number, after_restore=after_restore)
            except Refusal as refusal:
                raise CommandError(f"{ids.encode('ORG', number)}: {refusal.message}") from refusal
            push_due(number)
        self.stdout.write(f"{made} checkpoints made.")

    def _seal(self, number: int, *, after_restore: bool) -> int:
        made = 0
        while True:
            with scoping.acting_in(number):
                done = seal(actor=system("seal_ledger"), organization_id=number, after_restore=after_restore)
            if done is None:
                return made
            made += 1
