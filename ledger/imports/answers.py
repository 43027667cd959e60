"""An import as the API shows it."""

from ledger.imports.importing import Imported, problem_answer
from organizations import ids


def import_answer(done: Imported, organization_id: int) -> dict:
    """What the import did, or would do."""
    return {
        "object": "journal_import",
        "organization_id": ids.encode("ORG", organization_id),
        "status": "failed" if done.problems else "succeeded",
        "dry_run": done.dry_run,
        "transactions": done.transactions,
        "entries": done.entries,
        "accounts_created": done.accounts_created,
        "skipped": done.skipped,
        "problems": [problem_answer(problem) for problem in done.problems],
    }
