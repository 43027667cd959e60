"""Examine the books: `manage.py doctor [--organization ORG_…] [--repair]`. Exits non-zero if a rule is broken."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ledger.health.examining import examine, repair_tree
from organizations import ids, scoping


class Command(BaseCommand):
    help = "Examine the books of one organization or of all; --repair mends what is only a cache."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--organization", help="ORG_…; all if left out")
        parser.add_argument("--repair", action="store_true", help="number the account trees anew")

    def handle(self, *, organization: str | None, repair: bool, **options) -> None:
        try:
            numbers = [ids.decode("ORG", organization)] if organization else scoping.every_organization()
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        broken = 0
        for number in tqdm(numbers, unit="organization", desc="Examining", disable=len(numbers) < 2):
            with scoping.acting_in(number):
                if repair:
                    moved = repair_tree(number)
                    if moved:
                        self.stdout.write(f"{ids.encode('ORG', number)}: moved {moved} accounts to their places.")
                for finding in examine(number):
                    broken += bool(finding.broken)
                    self._report(number, finding, alone=organization is not None)
        if broken:
            raise CommandError(f"{broken} rules are broken.")
        self.stdout.write(f"{len(numbers)} organizations examined; every rule holds.")

    def _report(self, number: int, finding, *, alone: bool) -> None:
        if finding.broken:
            self.stderr.write(
                f"{ids.encode('ORG', number)} {finding.name}: {finding.broken} of {finding.checked} broken, "
                f"first {finding.first_offender}. {finding.meaning} {finding.hint}"
            )
        elif alone:
            self.stdout.write(f"{finding.name}: {finding.checked} checked, all well.")
