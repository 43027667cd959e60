"""Batches of accounts, in a request or as long work."""

from typing import Any

from ledger.accounts.batching import open_batch
from organizations.actors import Actor
from organizations.jobs.batches import go_through
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization
from organizations.wire.batches import MOST_ITEMS_OF_A_JOB

OPEN = "open_accounts"


def open_items(*, actor: Actor, organization: Organization, items: list[Any], start: int, wish: dict) -> dict:
    """Carry out a batch of new accounts."""
    return open_batch(
        actor=actor, organization=organization, bodies=items, mode=wish["mode"], dry_run=wish["dry_run"], start=start
    )


@runs(OPEN)
def run_open(actor: Actor, job: Job, progress: Progress) -> dict | None:
    """The job behind a large batch of accounts. It takes one step: parents may come after their children."""
    return go_through(actor, job, progress, name="accounts", carry_out=open_items, step=MOST_ITEMS_OF_A_JOB)
