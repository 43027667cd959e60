"""Sealing and pushing by themselves. Each looks for what waits in rows, and is safe to run twice."""

import structlog
from celery import shared_task

from ledger.errors import BooksFromElsewhere
from ledger.proof.anchoring import anchored, push_due
from ledger.proof.sealing import seal
from ledger.proof.verifying import Break, Verdict, verdict_answer, verify
from ledger.proof.waiting import unpushed, unsealed
from organizations import scoping
from organizations.actors import Actor, system
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable

KIND = "verify_ledger"
#: Checkpoints of one organization in one run; the next run goes on.
MOST_AT_ONCE = 50

log = structlog.get_logger()


@shared_task
def seal_what_is_settled() -> int:
    """Seal every organization that has something settled; how many checkpoints came to be."""
    made = 0
    for organization_id in unsealed(scoping.every_organization()):
        made += seal_one(organization_id)
    return made


@shared_task
def push_anchors() -> int:
    """Push the checkpoints that wait; how many arrived."""
    return sum(push_due(organization_id) for organization_id in unpushed(scoping.every_organization()))


def seal_one(organization_id: int) -> int:
    """Seal one organization, a checkpoint a transaction; another that is at it, or a restore, is left for later."""
    made = 0
    try:
        while made < MOST_AT_ONCE:
            with scoping.acting_in(organization_id):
                if seal(actor=system("seal"), organization_id=organization_id) is None:
                    break
            made += 1
    except BooksFromElsewhere as refusal:
        log.error("books were not sealed", organization_id=organization_id, problem=refusal.message)
    except DATABASE_ERRORS as problem:
        if not is_retryable(problem) and getattr(problem.__cause__, "sqlstate", "") != "55P03":
            raise
    return made


@runs(KIND)
def run_verification(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job behind "verify now": walks the whole chain, with the installation's own anchor file if there is one."""
    try:
        anchors = anchored(job.organization_id)
    except (OSError, ValueError) as problem:
        broken = Break("anchor_unreadable", 0, None, f"The anchor's file cannot be read: {problem}")
        return verdict_answer(Verdict(job.organization_id, first_break=broken))
    return verdict_answer(verify(job.organization_id, anchors=anchors, progress=progress))
