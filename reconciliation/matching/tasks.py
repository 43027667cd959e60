"""Runs of matching as jobs."""

import dataclasses

from ledger.accounts.models import Account
from organizations import ids
from organizations.actors import Actor
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import queue, runs
from organizations.jobs.tasks import start
from organizations.tenants.models import Organization
from reconciliation.matching.proposing import propose_matches
from reconciliation.statements.tasks import follow_ups

KIND = "match_statement_lines"


def queue_matching(*, actor: Actor, organization: Organization, account: Account) -> Job:
    """Queue a run of matching, and wake a worker when this transaction has committed."""
    payload = {"account_id": account.pk}
    job = queue(actor=actor, organization_id=organization.pk, kind=KIND, payload=payload)
    start(job)
    return job


follow_ups.append(queue_matching)


@runs(KIND)
def run_matching(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job behind a run of matching."""
    organization = Organization.objects.get(pk=job.organization_id)
    account = Account.objects.of(organization).get(pk=job.payload["account_id"])
    outcome = propose_matches(actor=actor, organization=organization, account=account, progress=progress)
    return {
        "object": "matching",
        "account_id": ids.encode("ACT", account.pk),
        **dataclasses.asdict(outcome),
    }
