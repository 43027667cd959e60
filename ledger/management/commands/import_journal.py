"""Import a journal file from the command line: `manage.py import_journal FILE.csv --organization ORG_…`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ledger.errors import JournalFileInvalid
from ledger.imports.importing import Imported, import_journal, problem_answer
from organizations import ids, scoping
from organizations.actors import system
from organizations.errors import Refusal
from organizations.jobs.bars import Bar
from organizations.tenants.models import Organization


class Command(BaseCommand):
    help = "Import a journal from a CSV file: checked whole, then posted whole or not at all."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help="transaction,date,description,reference,account_code,debit,…")
        parser.add_argument("--organization", required=True, help="ORG_…")
        parser.add_argument("--accounts", type=Path, help="accounts to open: code,name,type,parent_code,currency")
        parser.add_argument("--dry-run", action="store_true", help="list every problem and change nothing")

    def handle(self, *, file: Path, organization: str, accounts: Path | None, dry_run: bool, **options) -> None:
        try:
            number = ids.decode("ORG", organization)
            journal, chart = file.read_bytes(), accounts.read_bytes() if accounts else None
        except (ValueError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        bar = Bar("Posting", unit="transaction")
        try:
            with scoping.acting_in(number):
                books = Organization.objects.filter(pk=number).first()
                if books is None:
                    raise CommandError(f"There is no organization {organization}.")
                done = import_journal(
                    actor=system("import_journal"),
                    organization=books,
                    journal=journal,
                    accounts=chart,
                    dry_run=dry_run,
                    progress=bar,
                )
        except JournalFileInvalid as refusal:
            self._list(refusal.details["problems"])
            raise CommandError("Nothing was imported.") from refusal
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        finally:
            bar.close()
        self._report(done)

    def _list(self, problems: list[dict]) -> None:
        for problem in problems:
            where = f"line {problem['line']}" + (f", {problem['column']}" if problem["column"] else "")
            self.stderr.write(f"{where}: {problem['message']} ({problem['code']})")
        self.stderr.write(f"{len(problems)} problems.")

    def _report(self, done: Imported) -> None:
        if done.problems:
            self._list([problem_answer(problem) for problem in done.problems])
            raise CommandError("Nothing would be imported.")
        verb = "Would post" if done.dry_run else "Posted"
        self.stdout.write(
            f"{verb} {done.transactions} transactions with {done.entries} entries, "
            f"opened {done.accounts_created} accounts, left out {done.skipped} that are in the books already."
        )
