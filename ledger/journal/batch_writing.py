"""Writing the items of a batch: together where the database takes the lot, else in halves until each is known.

What one item does to the next (a floor, a condition, what is left to reverse) is as if each had
come by itself, in the order of the request.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from ledger.errors import BatchFailed, PeriodLocked
from ledger.journal.answers import transaction_answers
from ledger.journal.models import Transaction
from ledger.journal.posting import FAILED, Plan, failure_texts, plan_reversal, write
from ledger.locks.barriers import barriers
from organizations.actors import Actor
from organizations.errors import Busy, Refusal
from organizations.events.recording import record
from organizations.tenants.models import Organization
from organizations.wire import batches
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of


@dataclass(slots=True)
class Item(batches.Item):
    """A transaction of a batch. ``path`` is its place in the request, before the names of its fields."""

    path: str = ""
    plan: Plan | None = None

    def refuse(self, refusal: Refusal) -> None:
        """Note why it failed."""
        self.refusal = batches.within(refusal, self.path)


KeepFailed = Callable[[Actor, Organization, Item], None]


def carry_out(
    actor: Actor, organization: Organization, items: list[Item], mode: str, dry_run: bool, keep_failed: KeepFailed
) -> dict:
    """Write what fits, keep what failed on posting, and answer. Raises BatchFailed where all were asked for or none."""
    with transaction.atomic():
        _note_locks(actor, organization, items)
        if mode == "stop_on_error":
            batches.skip_after_failure(items)
        fit = [item for item in items if item.refusal is None and not item.skipped]
        if mode != "atomic" or len(fit) == len(items):
            _write_in_halves(actor, organization, fit, stop=mode != "independent")
        if mode == "stop_on_error":
            batches.skip_after_failure(items)
        failed = [item for item in items if item.refusal is not None]
        if failed and mode == "atomic":
            batches.skip_all_but_failed(items)
            results = batches.batch_answer(items, noun="transaction", mode=mode, dry_run=dry_run)["results"]
            raise BatchFailed(failed[0].refusal, results=results)
        for item in failed:
            if item.plan is not None:
                keep_failed(actor, organization, item)
        answer = batches.batch_answer(items, noun="transaction", mode=mode, dry_run=dry_run)
        if dry_run:
            transaction.set_rollback(True)
    return answer


def _note_locks(actor: Actor, organization: Organization, items: list[Item]) -> None:
    """Refuse what would be posted into a locked period, in two queries at most."""
    posted = [item for item in items if item.refusal is None and item.plan is not None and item.plan.posted]
    dated = [(item.plan.weighed.draft.type, item.plan.weighed.date) for item in posted]
    for item, refusal in zip(posted, barriers(organization, dated, actor=actor), strict=True):
        if refusal is not None:
            item.refuse(refusal)


def _write_in_halves(actor: Actor, organization: Organization, items: list[Item], *, stop: bool) -> bool:
    """Write items in their order; False if one failed and the rest is not to be tried.

    Reversals that take from the same transaction are not written together: each must see what
    the one before it has left.
    """
    if not items:
        return True
    if len(items) == 1:
        return _write_one(actor, organization, items[0]) or not stop
    if not _share_an_original(items) and _write(actor, organization, items) is None:
        return True
    half = len(items) // 2
    first = _write_in_halves(actor, organization, items[:half], stop=stop)
    return first and _write_in_halves(actor, organization, items[half:], stop=stop)


def _write_one(actor: Actor, organization: Organization, item: Item) -> bool:
    refusal = _plan_again(organization, item) or _write(actor, organization, [item])
    if refusal is not None:
        item.refuse(refusal)
    return refusal is None


def _share_an_original(items: list[Item]) -> bool:
    """Whether two of them reverse the same transaction, directly or through a reversal of it."""
    touched: set[int] = set()
    for item in items:
        if item.plan.scope is not None:
            original = item.plan.original
            family = {original.pk, *([original.original_id] if original.reversal_scope else [])}
            if family & touched:
                return True
            touched |= family
    return False


def _plan_again(organization: Organization, item: Item) -> Refusal | None:
    """Weigh a saved reversal against what is left now; the refusal if that is no longer enough."""
    if item.plan.scope is None:
        return None
    saved = Transaction.objects.of(organization).get(pk=item.plan.saved.pk)
    try:
        item.plan = plan_reversal(organization, saved, item.plan.before)
    except Refusal as refusal:
        return refusal
    return None


def _write(actor: Actor, organization: Organization, items: list[Item]) -> Refusal | None:
    """Write plans under a savepoint; the refusal if the database has one by a rule of its own.

    A lock that does not come in time says nothing of the items: the whole request is refused.
    """
    versions = [(item.plan.saved, item.plan.saved.version) for item in items if item.plan.saved is not None]
    try:
        with transaction.atomic():
            write(actor=actor, organization=organization, plans=[item.plan for item in items])
    except PeriodLocked as refusal:  # the lock moved, or a lift ended, after it was looked at
        return refusal
    except DATABASE_ERRORS as problem:
        refusal = None if is_retryable(problem) else refusal_of(problem)
        if refusal is None or refusal.status >= 500 or isinstance(refusal, Busy):
            raise
        for saved, version in versions:
            saved.version = version
        return refusal
    for item in items:
        item.made = item.plan.answer
    return None


def keep_new_as_failed(actor: Actor, organization: Organization, item: Item) -> None:
    """A new transaction that cannot be posted is saved with the reason; not where even that is refused."""
    item.plan.posted, item.plan.failure, item.plan.entries = False, item.refusal, []
    item.plan.transaction = None
    if _write(actor, organization, [item]) is not None:
        item.made = None


def mark_failed(actor: Actor, organization: Organization, item: Item) -> None:
    """A saved transaction that cannot be posted is marked with the reason; its lines stay as they are."""
    saved = item.plan.saved
    code, message = failure_texts(item.refusal)
    rows = Transaction.objects.of(organization).filter(pk=saved.pk)
    rows.update(status="failed", error_code=code, error_message=message, version=saved.version + 1)
    item.made = transaction_answers([rows.get()], organization)[0]
    record(
        FAILED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=saved.public_id,
        before=item.plan.before,
        after=item.made,
    )
