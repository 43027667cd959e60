"""Many transactions in one request, by the contract of every batch (``organizations/wire/batches.py``).

Items that fit are written together by the set-based statements of ``posting``. An item that is
well-formed but fails on posting is kept as ``failed`` with its reason, can be corrected and posted again.
"""

from typing import Any

from django.db import transaction

from ledger.categories.choosing import Choices as Categories
from ledger.contacts.choosing import Choices as Contacts
from ledger.errors import ExternalIdTaken, TransactionAlreadyPosted
from ledger.journal.answers import transaction_answers
from ledger.journal.batch_reading import read_item
from ledger.journal.batch_streaming import create_if_all_is_well
from ledger.journal.batch_writing import Item, carry_out, keep_new_as_failed, mark_failed
from ledger.journal.delivering import PART
from ledger.journal.drafts import Draft
from ledger.journal.models import Transaction
from ledger.journal.posting import Plan, plan_reversal
from ledger.journal.rating import rates_for
from ledger.journal.saved import accounts_of, draft_of
from ledger.journal.weighing import obstacles, weigh
from organizations import clock, ids
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound, Refusal
from organizations.tenants.models import Organization
from organizations.wire.batches import client_ref_of, problem_with_reference


def create_batch(
    *,
    actor: Actor,
    organization: Organization,
    bodies: list[Any],
    mode: str,
    dry_run: bool,
    auto_post: bool = False,
    start: int = 0,
) -> dict:
    """Create (and with ``auto_post``, of the batch or of an item, post) transactions. Raises BatchFailed if atomic.

    ``start`` is the place of the first of these in the whole request.
    """
    if len(bodies) > PART:
        what = {"bodies": bodies, "mode": mode, "dry_run": dry_run, "auto_post": auto_post, "start": start}
        done = create_if_all_is_well(actor=actor, organization=organization, **what)
        if done is not None:
            return done
    items, drafts = [], []
    for index, body in enumerate(bodies, start):
        item = Item(index, client_ref_of(body), path=f"transactions[{index}].")
        items.append(item)
        try:
            drafts.append(read_item(body, item, auto_post))
        except Refusal as refusal:
            item.refuse(refusal)
            drafts.append((None, False))
        bodies[index - start] = None  # read; ten thousand of them are 40 MB
    wanted = [draft for draft, _ in drafts if draft is not None]
    accounts = accounts_of(organization, wanted)
    taken = _taken(organization, [draft.external_id for draft in wanted])
    categories = Categories(organization, [draft.category_id for draft in wanted])
    contacts = Contacts(organization, [draft.contact_id for draft in wanted])
    today = clock.today(organization.time_zone)
    rates = rates_for(organization, wanted, accounts, today)
    for item, (draft, post) in zip(items, drafts, strict=True):
        if draft is None:
            continue
        try:
            contacts.check(draft.contact_id)
            categories.check(draft.category_id)
            plan = Plan(weigh(draft, accounts, organization, today, rates=rates), post)
            _note_obstacles(item, plan, organization)
            _claim_external_id(draft, taken, failing=item.refusal is not None)
            item.plan = plan
        except Refusal as refusal:
            item.refuse(refusal)
    return carry_out(actor, organization, items, mode, dry_run, keep_new_as_failed)


def post_batch(
    *, actor: Actor, organization: Organization, wanted: list[Any], mode: str, dry_run: bool, start: int = 0
) -> dict:
    """Post pending or failed transactions. One that cannot be posted becomes ``failed`` and keeps the reason.

    ``wanted`` are ids, or objects with a ``transaction_id`` and a ``client_ref``.
    """
    items = [
        Item(index, client_ref_of(each), path=f"transaction_ids[{index}].") for index, each in enumerate(wanted, start)
    ]
    numbers = [_number(each, item) for each, item in zip(wanted, items, strict=True)]
    with transaction.atomic():
        # Locked in one order, whatever order the request has, so that two batches cannot deadlock.
        rows = Transaction.objects.of(organization).filter(pk__in=[each for each in numbers if each is not None])
        saved = {each.pk: each for each in rows.order_by("pk").select_for_update(of=("self",))}
        drafts = {number: draft_of(each) for number, each in saved.items() if each.status != "posted"}
        accounts = accounts_of(organization, drafts.values())
        rates = rates_for(organization, drafts.values(), accounts, clock.today(organization.time_zone))
        befores = transaction_answers([saved[number] for number in drafts], organization)
        before = dict(zip(drafts, befores, strict=True))
        seen: set[int] = set()
        for item, number in zip(items, numbers, strict=True):
            path = item.path.removesuffix(".")
            if number is None:
                continue
            if number not in saved:
                item.refusal = NotFound("There is no such transaction", fields={path: "There is no such transaction."})
            elif number not in drafts or number in seen:
                item.refusal = TransactionAlreadyPosted(fields={path: TransactionAlreadyPosted.message})
            else:
                seen.add(number)
                _plan_saved(item, saved[number], drafts[number], accounts, rates, before[number], organization)
        return carry_out(actor, organization, items, mode, dry_run, mark_failed)


def _plan_saved(item, saved, draft, accounts, rates, before, organization) -> None:
    try:
        if saved.reversal_scope:
            item.plan = plan_reversal(organization, saved, before)
        else:
            weighed = weigh(draft, accounts, organization, saved.transaction_date, rates=rates)
            item.plan = Plan(weighed, True, saved=saved, before=before, original=saved.original)
    except Refusal as refusal:
        item.plan = Plan(None, True, saved=saved, before=before)
        item.refuse(refusal)
        return
    _note_obstacles(item, item.plan, organization)


def _note_obstacles(item: Item, plan: Plan, organization: Organization) -> None:
    if plan.posted:
        for refusal in obstacles(plan.weighed, organization, reversing=plan.scope is not None):
            item.refuse(refusal)
            return


# --- Reading items ----------------------------------------------------------------------------------------------------


def _number(wanted: Any, item: Item) -> int | None:
    """The key of a transaction to post; None where the item does not name one."""
    named, path = (wanted.get("transaction_id"), "transaction_id") if isinstance(wanted, dict) else (wanted, "")
    try:
        number = ids.decode("TXN", named)
        problems = problem_with_reference(wanted) if isinstance(wanted, dict) else {}
    except ValueError as problem:
        number, problems = None, {path: str(problem)}
    if not problems:
        return number
    place = item.path if isinstance(wanted, dict) else item.path.removesuffix(".")
    item.refusal = Invalid(fields={f"{place}{name}": said for name, said in problems.items()})
    return None


def _taken(organization: Organization, external_ids: list[str | None]) -> set[str]:
    wanted = [each for each in external_ids if each is not None]
    if not wanted:
        return set()
    rows = Transaction.objects.of(organization).filter(external_id__in=wanted)
    return set(rows.values_list("external_id", flat=True))


def _claim_external_id(draft: Draft, taken: set[str], *, failing: bool) -> None:
    """Raises ExternalIdTaken, unless the item has failed already for a reason that comes first."""
    if draft.external_id is None:
        return
    if draft.external_id in taken and not failing:
        raise ExternalIdTaken(fields={"external_id": ExternalIdTaken.message})
    taken.add(draft.external_id)
