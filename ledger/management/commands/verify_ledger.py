"""Verify the chain of seals: `manage.py verify_ledger [--organization ORG_…] [--anchor FILE] [--export FILE]`.

Exits non-zero at the first break and names it.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ledger.proof import anchor_files
from ledger.proof.anchoring import anchored
from ledger.proof.exporting import export_lines
from ledger.proof.verifying import Verdict, verify
from organizations import ids, scoping
from organizations.jobs.bars import Bar


class Command(BaseCommand):
    help = "Work every checkpoint out again from the rows; with an anchor, also find a chain that was cut or made anew."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--organization", help="ORG_…; all if left out")
        parser.add_argument("--anchor", type=Path, help="checkpoints that were pushed outside; else ANCHOR_DIRECTORY's")
        parser.add_argument("--export", type=Path, help="write one organization's export for the stand-alone verifier")

    def handle(self, *, organization: str | None, anchor: Path | None, export: Path | None, **options) -> None:
        if export and not organization:
            raise CommandError("--export needs --organization: a file holds the books of one.")
        try:
            numbers = scoping.asked_for(organization)
            outside = anchor_files.read(anchor) if anchor else None
        except (ValueError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        if export:
            self._export(numbers[0], export)
        missing = {each["organization_id"] for each in outside or ()} - {ids.encode("ORG", each) for each in numbers}
        if missing and not organization:
            raise CommandError(f"{min(missing)} has anchored checkpoints, and there is no such organization.")
        for number in numbers:
            self._report(self._verify(number, outside), alone=organization is not None)
        self.stdout.write(f"{len(numbers)} organizations verified; every chain is intact.")

    def _verify(self, number: int, outside: list[dict] | None) -> Verdict:
        bar = Bar("Verifying", unit="checkpoint")
        try:
            with scoping.acting_in(number):
                return verify(number, anchors=anchored(number) if outside is None else outside, progress=bar)
        except (OSError, ValueError) as problem:
            raise CommandError(f"The anchor cannot be read: {problem}") from problem
        finally:
            bar.close()

    def _report(self, verdict: Verdict, *, alone: bool) -> None:
        name = ids.encode("ORG", verdict.organization_id)
        if verdict.first_break is not None:
            raise CommandError(f"{name}: {verdict.first_break.message} ({verdict.first_break.code})")
        if alone:
            self.stdout.write(
                f"{name}: {verdict.checkpoints} checkpoints over {verdict.records} records, "
                f"{verdict.anchors} of them anchored; head {verdict.head or 'none yet'}."
            )

    def _export(self, number: int, file: Path) -> None:
        try:
            with file.open("wb") as opened:
                for line in export_lines(number):
                    opened.write(line)
        except OSError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Exported to {file}.")
