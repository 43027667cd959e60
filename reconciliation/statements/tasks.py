"""Imports of statements as jobs: what a worker does with an uploaded file."""

from collections.abc import Callable

from ledger.accounts.models import Account
from organizations import ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import queue, runs
from organizations.jobs.tasks import start
from organizations.tenants.models import Organization
from reconciliation.statements.answers import statement_answer
from reconciliation.statements.importing import Imported, import_statement, told_answer
from reconciliation.statements.reading import Upload

KIND = "import_statement"

#: What else is begun when an import has brought new lines; told by those who do it, and committed with the import.
FollowUp = Callable[..., None]
follow_ups: list[FollowUp] = []


def queue_import(*, actor: Actor, organization: Organization, account: Account, upload: Upload, dry_run: bool) -> Job:
    """Queue the import of a file, and wake a worker when this transaction has committed."""
    job = queue(
        actor=actor,
        organization_id=organization.pk,
        kind=KIND,
        payload={
            "account_id": account.pk,
            "file_name": upload.file_name,
            "format": upload.format,
            "mapping": upload.mapping,
            "account_number": upload.account_number,
            "dry_run": dry_run,
        },
        file=upload.data,
    )
    start(job)
    return job


@runs(KIND)
def run_import(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job behind an import."""
    organization = Organization.objects.get(pk=job.organization_id)
    wish = job.payload
    account = Account.objects.of(organization).get(pk=wish["account_id"])
    upload = Upload(
        file_name=wish["file_name"],
        data=bytes(job.file),
        format=wish["format"],
        mapping=wish["mapping"],
        account_number=wish["account_number"],
    )
    done = import_statement(
        actor=actor,
        organization=organization,
        account=account,
        upload=upload,
        dry_run=wish["dry_run"],
        progress=progress,
    )
    if not done.dry_run and done.statement.new:
        for begin in follow_ups:
            begin(actor=actor, organization=organization, account=account)
    return import_answer(done, account)


def import_answer(done: Imported, account: Account) -> dict:
    """What an import did, or would do, line by line."""
    statement, decimals = done.statement, decimals_of(account.currency_id)
    kept = done.first or (None if done.dry_run else statement)
    shown = statement_answer(statement, account)
    same = {name: shown[name] for name in ("account_id", "file_name", "format", "start_date", "end_date")}
    counts = {name: shown[name] for name in ("new", "duplicates", "conflicts", "errors")}
    return {
        "object": "statement_import",
        "statement_id": ids.encode("STM", kept.pk) if kept else None,
        "dry_run": done.dry_run,
        "file_known": done.first is not None,
        **same,
        **counts,
        "opening_balance": shown["opening_balance"],
        "closing_balance": shown["closing_balance"],
        "mapping": done.mapping,
        "lines": [told_answer(one, decimals) for one in done.told],
        "lines_omitted": done.total - len(done.told),
    }
