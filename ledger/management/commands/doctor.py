"""Examine the books: `manage.py doctor [--organization ORG_…] [--repair]`. Exits non-zero if a rule is broken."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ledger.health.examining import examine_and_keep, repair_tree
from organizations import ids, scoping
from organizations.actors import system


class Command(BaseCommand):
    help = "Examine the books of one organization or of all; --repair mends what is only a cache."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--organization", help="ORG_…; all if left out")
        parser.add_argument("--repair", action="store_true", help="number the account trees anew")

    def handle(self, *, organization: str | None, repair: bool, **options) -> None:
        try:
            numbers = scoping.asked_for(organization)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        broken = unknown = 0
        for number in tqdm(numbers, unit="organization", desc="Examining", disable=len(numbers) < 2):
            if repair:
                self._repair(number)
            kept = examine_and_keep(actor=system("doctor"), organization_id=number, occasion="doctor")
            for finding in kept.findings:
                broken += finding["status"] == "broken"
                unknown += finding["status"] == "unknown"
                self._report(number, finding, alone=organization is not None)
        if broken or unknown:
            raise CommandError(f"{broken} rules are broken; {unknown} could not be examined in time.")
        self.stdout.write(f"{len(numbers)} organizations examined; every rule holds.")

    def _repair(self, number: int) -> None:
        with scoping.acting_in(number):
            moved = repair_tree(number)
        if moved:
            self.stdout.write(f"{ids.encode('ORG', number)}: moved {moved} accounts to their places.")

    def _report(self, number: int, finding: dict, *, alone: bool) -> None:
        who = ids.encode("ORG", number)
        if finding["status"] == "broken":
            self.stderr.write(
                f"{who} {finding['name']}: {finding['broken']} broken ({finding['checked']} rows checked), "
                f"first {finding['first_offender']}. {finding['meaning']} {finding['hint']}"
            )
        elif finding["status"] == "unknown":
            self.stderr.write(f"{who} {finding['name']}: not known. {finding['hint']}")
        elif alone:
            self.stdout.write(f"{finding['name']}: {finding['checked']} checked, all well.")
