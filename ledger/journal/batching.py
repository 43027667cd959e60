"""Many transactions in one request, by one contract for every batch.

``independent`` (the default): each item succeeds or fails by itself. ``atomic``: all or
none. ``stop_on_error``: in order up to the first failure, the rest skipped. Items that
fit are written together by the set-based statements of ``posting``; only where the
database itself refuses the lot are they tried one by one. An item that is well-formed but
fails on posting is kept as ``failed`` with its reason, can be corrected and posted again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ledger.categories.choosing import Choices
from ledger.errors import BatchFailed, ExternalIdTaken, TransactionAlreadyPosted
from ledger.journal.answers import transaction_answers
from ledger.journal.drafts import Draft, read_draft
from ledger.journal.models import Transaction
from ledger.journal.posting import FAILED, Plan, failure_texts, plan_reversal, write
from ledger.journal.saved import accounts_of, draft_of
from ledger.journal.weighing import obstacles, weigh
from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound, Refusal
from organizations.events.recording import record
from organizations.tenants.models import Organization
from organizations.wire.answering import describe
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of


@dataclass(slots=True)
class Item:
    """One item of a batch on its way: a plan, or the refusal that ended it."""

    index: int
    client_ref: str | None = None
    plan: Plan | None = None
    refusal: Refusal | None = None
    transaction: dict | None = None
    skipped: bool = False


def create_batch(
    *, actor: Actor, organization: Organization, bodies: list[Any], mode: str, dry_run: bool, auto_post: bool = False
) -> dict:
    """Create (and with ``auto_post``, of the batch or of an item, post) transactions. Raises BatchFailed if atomic."""
    items = [Item(index, _client_ref(body)) for index, body in enumerate(bodies)]
    drafts = {}
    for item, body in zip(items, bodies, strict=True):
        try:
            drafts[item.index] = _read(body, item.index, auto_post)
        except Refusal as refusal:
            item.refusal = refusal
    accounts = accounts_of(organization, [draft for draft, _ in drafts.values()])
    taken = _taken(organization, [draft.external_id for draft, _ in drafts.values()])
    categories = Choices(organization, [draft.category_id for draft, _ in drafts.values()])
    today = clock.today(organization.time_zone)
    for item in items:
        if item.refusal is None:
            draft, post = drafts[item.index]
            path = f"transactions[{item.index}]."
            item.refusal = categories.obstacle(draft.category_id, path)
        if item.refusal is None:
            try:
                _claim_external_id(draft, taken, path)
                item.plan = Plan(weigh(draft, accounts, organization, today, path=path), post)
            except Refusal as refusal:
                item.refusal = refusal
                continue
            if post:
                _note_obstacles(item, organization, path)
    return _carry_out(actor, organization, items, mode, dry_run, _keep_new_as_failed)


def post_batch(
    *, actor: Actor, organization: Organization, transaction_ids: list[int], mode: str, dry_run: bool
) -> dict:
    """Post pending or failed transactions. One that cannot be posted becomes ``failed`` and keeps the reason."""
    with transaction.atomic():
        # Locked in one order, whatever order the request has, so that two batches cannot deadlock.
        rows = Transaction.objects.of(organization).filter(pk__in=transaction_ids).order_by("pk")
        saved = {each.pk: each for each in rows.select_for_update(of=("self",))}
        items = [Item(index) for index in range(len(transaction_ids))]
        drafts = {number: draft_of(each) for number, each in saved.items() if each.status != "posted"}
        accounts = accounts_of(organization, drafts.values())
        befores = transaction_answers([saved[number] for number in drafts], organization)
        before = dict(zip(drafts, befores, strict=True))
        seen: set[int] = set()
        for item, number in zip(items, transaction_ids, strict=True):
            path = f"transaction_ids[{item.index}]"
            if number not in saved:
                item.refusal = NotFound("There is no such transaction", fields={path: "There is no such transaction."})
            elif number not in drafts or number in seen:
                item.refusal = TransactionAlreadyPosted(fields={path: TransactionAlreadyPosted.message})
            else:
                seen.add(number)
                _plan_saved(item, saved[number], drafts[number], accounts, before[number], organization)
        return _carry_out(actor, organization, items, mode, dry_run, _mark_failed)


def _plan_saved(item, saved, draft, accounts, before, organization) -> None:
    try:
        if saved.reversal_scope:
            item.plan = plan_reversal(organization, saved, before)
        else:
            weighed = weigh(draft, accounts, organization, saved.transaction_date)
            item.plan = Plan(weighed, True, saved=saved, before=before, original=saved.original)
    except Refusal as refusal:
        item.plan = Plan(None, True, saved=saved, before=before)
        item.refusal = refusal
        return
    _note_obstacles(item, organization, "")


def _note_obstacles(item: Item, organization: Organization, path: str) -> None:
    reversing = item.plan.scope is not None
    item.refusal = next(iter(obstacles(item.plan.weighed, organization, path=path, reversing=reversing)), None)


# --- Reading items ----------------------------------------------------------------------------------------------------


def _client_ref(body: Any) -> str | None:
    reference = body.get("client_ref") if isinstance(body, dict) else None
    return reference if isinstance(reference, str) else None


def _read(body: Any, index: int, auto_post: bool) -> tuple[Draft, bool]:
    path = f"transactions[{index}]"
    if not isinstance(body, dict):
        raise Invalid(fields={path: "An object."})
    found, problems = read_draft(body)
    post = body.get("auto_post", auto_post)
    if not isinstance(post, bool):
        problems["auto_post"] = "true or false."
    if problems:
        raise Invalid(fields={f"{path}.{name}": problem for name, problem in problems.items()})
    return Draft(**found), post


def _taken(organization: Organization, external_ids: list[str | None]) -> set[str]:
    wanted = [each for each in external_ids if each is not None]
    if not wanted:
        return set()
    rows = Transaction.objects.of(organization).filter(external_id__in=wanted)
    return set(rows.values_list("external_id", flat=True))


def _claim_external_id(draft: Draft, taken: set[str], path: str) -> None:
    if draft.external_id is None:
        return
    if draft.external_id in taken:
        raise ExternalIdTaken(fields={f"{path}external_id": ExternalIdTaken.message})
    taken.add(draft.external_id)


# --- Carrying out -----------------------------------------------------------------------------------------------------

KeepFailed = Callable[[Actor, Organization, Item], None]


def _carry_out(actor, organization, items: list[Item], mode: str, dry_run: bool, keep_failed: KeepFailed) -> dict:
    with transaction.atomic():
        if mode == "stop_on_error":
            _skip_after_failure(items)
        fit = [item for item in items if item.refusal is None and not item.skipped]
        _write_together(actor, organization, fit, mode)
        if mode == "stop_on_error":
            _skip_after_failure(items)
        failed = [item for item in items if item.refusal is not None]
        if failed and mode == "atomic":
            raise _all_or_none(failed[0], items, mode, dry_run)
        for item in failed:
            if item.plan is not None:
                keep_failed(actor, organization, item)
        answer = batch_answer(items, mode, dry_run)
        if dry_run:
            transaction.set_rollback(True)
    return answer


def _skip_after_failure(items: list[Item]) -> None:
    first = next((item.index for item in items if item.refusal is not None), len(items))
    for item in items[first + 1 :]:
        item.skipped, item.refusal = True, None


def _write_together(actor, organization, items: list[Item], mode: str) -> None:
    """Write all that fit at once; if the database refuses the lot, find out which, one by one.

    Reversals that take from the same transaction go one by one from the start: each must see what
    the one before it has left.
    """
    if not items:
        return
    if not _share_an_original(items) and _write(actor, organization, items) is None:
        return
    for item in items:
        item.refusal = _plan_again(organization, item) or _write(actor, organization, [item])
        if item.refusal is not None and mode == "stop_on_error":
            return


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


def _write(actor, organization, items: list[Item]) -> Refusal | None:
    """Write plans under a savepoint; the refusal if the database has one by a rule of its own."""
    versions = [(item.plan.saved, item.plan.saved.version) for item in items if item.plan.saved is not None]
    try:
        with transaction.atomic():
            write(actor=actor, organization=organization, plans=[item.plan for item in items])
    except DATABASE_ERRORS as problem:
        refusal = None if is_retryable(problem) else refusal_of(problem)
        if refusal is None:
            raise
        for saved, version in versions:
            saved.version = version
        return refusal
    for item in items:
        item.transaction = item.plan.answer
    return None


def _keep_new_as_failed(actor: Actor, organization: Organization, item: Item) -> None:
    """A new transaction that cannot be posted is saved with the reason."""
    item.plan.posted, item.plan.failure, item.plan.entries = False, item.refusal, []
    item.plan.transaction = None
    refusal = _write(actor, organization, [item])
    if refusal is not None:
        item.refusal, item.transaction = refusal, None


def _mark_failed(actor: Actor, organization: Organization, item: Item) -> None:
    """A saved transaction that cannot be posted is marked with the reason; its lines stay as they are."""
    saved = item.plan.saved
    code, message = failure_texts(item.refusal)
    rows = Transaction.objects.of(organization).filter(pk=saved.pk)
    rows.update(status="failed", error_code=code, error_message=message, version=saved.version + 1)
    item.transaction = transaction_answers([rows.get()], organization)[0]
    record(
        FAILED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=saved.public_id,
        before=item.plan.before,
        after=item.transaction,
    )


def _all_or_none(first: Item, items: list[Item], mode: str, dry_run: bool) -> Refusal:
    """The first item's refusal, with what became of every item."""
    for item in items:
        if item.refusal is None:
            item.skipped, item.transaction = True, None
    return BatchFailed(first.refusal, results=batch_answer(items, mode, dry_run)["results"])


def batch_answer(items: list[Item], mode: str, dry_run: bool) -> dict:
    """The answer of every batch: a summary, and the results in the order of the request."""
    results = [_result(item) for item in items]
    statuses = [result["status"] for result in results]
    return {
        "object": "batch",
        "mode": mode,
        "dry_run": dry_run,
        "summary": {status: statuses.count(status) for status in ("succeeded", "failed", "skipped")},
        "results": results,
    }


def _result(item: Item) -> dict:
    result: dict[str, Any] = {"index": item.index, "client_ref": item.client_ref}
    if item.refusal is not None:
        result |= {"status": "failed", "error": describe(item.refusal, None)["error"]}
    else:
        result["status"] = "skipped" if item.skipped else "succeeded"
    if item.transaction is not None:
        result["transaction"] = item.transaction
    return result
