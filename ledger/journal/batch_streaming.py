"""A long batch in which nothing is wrong: each part is read and weighed while the one before it is being written.

What is wrong with an item, and what then becomes of the others, is not decided here. Where anything
is in doubt all of it is undone, and the batch goes the careful way (``batching``).
"""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from ledger.accounts.models import Account
from ledger.journal.batch_reading import read_item
from ledger.journal.batch_writing import Item
from ledger.journal.delivering import Courier, parts
from ledger.journal.posting import Plan, deliver_part, refuse_obstacles
from ledger.journal.rating import rates_for_bodies
from ledger.journal.saved import new_ids
from ledger.journal.weighing import weigh
from organizations import clock, ids
from organizations.actors import Actor
from organizations.errors import Refusal
from organizations.tenants.models import Organization
from organizations.wire.batches import batch_answer, client_ref_of
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable


def create_if_all_is_well(
    *,
    actor: Actor,
    organization: Organization,
    bodies: list[Any],
    mode: str,
    dry_run: bool,
    auto_post: bool,
    start: int,
) -> dict | None:
    """The answer of the batch; None, and nothing written, where an item cannot be as it was sent."""
    named = _accounts_named(bodies)
    if named is None:
        return None
    accounts = Account.objects.of(organization).in_bulk(named)
    now, numbers = new_ids(sum(1 + len(body["entries"]) for body in bodies))
    today, items, numbers = clock.today(organization.time_zone), [], iter(numbers)
    rates = rates_for_bodies(organization, bodies, accounts, today)
    try:
        with transaction.atomic():
            with Courier() as courier:
                for some in parts(bodies):
                    part = []
                    for index, body in enumerate(some, start + len(items)):
                        item = Item(index, client_ref_of(body))
                        draft, post = read_item(body, item, auto_post)
                        item.plan = Plan(weigh(draft, accounts, organization, today, rates=rates), post)
                        if post:
                            refuse_obstacles(item.plan, organization)
                        part.append(item)
                    deliver_part(courier, actor, organization, [item.plan for item in part], now, numbers)
                    for item in part:
                        item.made, item.plan = item.plan.answer, None
                    items += part
            if dry_run:
                transaction.set_rollback(True)
    except Refusal:
        return None
    except DATABASE_ERRORS as problem:
        if is_retryable(problem):
            raise
        return None
    return batch_answer(items, noun="transaction", mode=mode, dry_run=dry_run)


def _accounts_named(bodies: list[Any]) -> set[int] | None:
    """The accounts that the items name; None where one of them is not even of the form of a transaction."""
    texts = set(_account_texts(bodies))
    if None in texts:
        return None
    try:
        return {ids.decode("ACT", text) for text in texts}
    except (ids.MalformedId, ids.WrongKind):
        return None


def _account_texts(bodies: list[Any]) -> Iterator[str | None]:
    for body in bodies:
        entries = body.get("entries") if isinstance(body, dict) else None
        if not isinstance(entries, list):
            yield None
            return
        for each in (body, *entries) if body.get("account_id") is not None else entries:
            text = each.get("account_id") if isinstance(each, dict) else None
            yield text if isinstance(text, str) else None
