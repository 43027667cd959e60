"""How good matching is: `manage.py match_report [--seed N ...]`. Exits non-zero where a target is missed."""

from decimal import Decimal

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from reconciliation.practice.enacting import Enacted, enact
from reconciliation.practice.judging import Tally

PRECISION = Decimal("0.995")
RECALL = Decimal("0.90")


class Command(BaseCommand):
    help = "Post, import and match practice years whose truth is known, print precision and recall, and leave nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3], help="the years, by their seeds")

        parser.add_argument("--lines", type=int, default=6_000, help="lines of the bank in a year")
        parser.add_argument("--entries", type=int, default=8_000, help="entries of the books in a year")

    def handle(self, *, seed: list[int], lines: int, entries: int, **options) -> None:
        missed = []
        for number in tqdm(seed, unit="year", desc="Matching", disable=len(seed) < 2):
            found = enact(number, lines=lines, entries=entries)
            self._report(number, found)
            overall = found.verdict.overall
            if overall.precision < PRECISION or overall.recall < RECALL:
                missed.append(number)
        if missed:
            raise CommandError(f"Precision below {PRECISION} or recall below {RECALL} for seed {missed}.")

    def _report(self, seed: int, found: Enacted) -> None:
        self.stdout.write(
            f"Seed {seed}: {found.lines:,} lines against {found.entries:,} entries;"
            f" imported in {found.seconds_to_import} s, matched in {found.seconds_to_match} s"
        )
        self.stdout.write(f"  {'':28} {'true':>6} {'accepted':>9} {'right':>6} {'precision':>10} {'recall':>7}")
        for name, tally in {**found.verdict.kinds, "all": found.verdict.overall}.items():
            self.stdout.write(f"  {name:28} {self._row(tally)}")

    def _row(self, tally: Tally) -> str:
        return f"{tally.truths:>6} {tally.accepted:>9} {tally.right:>6} {tally.precision:>10} {tally.recall:>7}"
