"""How well matching does on a practice year: `manage.py match_report [--seed N]`. Touches no data."""

from django.core.management.base import BaseCommand

from reconciliation.practice.judging import Tally, Verdict, judge
from reconciliation.practice.rehearsing import at_once, by_statement
from reconciliation.practice.years import practice_year
from reconciliation.scoring.weights import SCORING_VERSION


class Command(BaseCommand):
    help = "Precision and recall of automatic matches on a practice year that is drawn from a seed."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="which year; 1 if left out")

    def handle(self, *, seed: int, **options) -> None:
        year = practice_year(seed)
        self.stdout.write(
            f"Year {seed}, scoring version {SCORING_VERSION}: {len(year.statements)} statements, "
            f"{len(year.lines):,} lines, {len(year.entries):,} entries."
        )
        self._report("All at once", judge(year, at_once(year)))
        self._report("Statement by statement, learning", judge(year, by_statement(year)))

    def _report(self, title: str, verdict: Verdict) -> None:
        self.stdout.write(f"\n{title:<34}{'true':>8}{'accepted':>10}{'right':>8}{'precision':>11}{'recall':>9}")
        for kind, tally in (*verdict.kinds.items(), ("together", verdict.overall)):
            self.stdout.write(f"  {kind:<32}{_figures(tally)}")


def _figures(tally: Tally) -> str:
    return f"{tally.truths:>8,}{tally.accepted:>10,}{tally.right:>8,}{tally.precision:>11}{tally.recall:>9}"
