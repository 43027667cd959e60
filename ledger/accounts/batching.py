"""Many accounts in one request, by the contract of every batch (``organizations/wire/batches.py``).

All or none unless the request says otherwise: a chart belongs together. An account whose parent,
named by its code, fails in the same batch fails with it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from ledger.accounts import shapes
from ledger.accounts.answers import account_answers
from ledger.accounts.opening import NewAccount, new_account, open_accounts
from ledger.errors import BatchFailed
from organizations.actors import Actor
from organizations.errors import Invalid, Refusal
from organizations.tenants.models import Organization
from organizations.wire import batches
from organizations.wire.choosing import with_choices
from organizations.wire.refusing import invalid
from organizations.wire.unknown_fields import unknown_fields, with_warnings

_PLACE = re.compile(r"accounts\[(\d+)\]\.?(.*)")


@dataclass(slots=True)
class Item(batches.Item):
    """An account of a batch; ``new`` is what was read of it, ``unknown`` warns of the rest."""

    new: NewAccount | None = None
    unknown: list[dict] = field(default_factory=list)


def open_batch(
    *, actor: Actor, organization: Organization, bodies: list[Any], mode: str, dry_run: bool, start: int = 0
) -> dict:
    """Open accounts, in any order of parents. Raises BatchFailed where all were asked for or none."""
    items = [Item(index, batches.client_ref_of(body)) for index, body in enumerate(bodies, start)]
    for item, body in zip(items, bodies, strict=True):
        try:
            item.new, item.unknown = _read(body, organization)
        except Refusal as refusal:
            _refuse(item, refusal)
    with transaction.atomic():
        wanted = _until_stop(items, mode)
        while wanted and not _open(actor, organization, wanted, dry_run=mode == "atomic" and _failed(items)):
            wanted = [item for item in _until_stop(wanted, mode) if item.refusal is None]
        if mode == "stop_on_error":
            batches.skip_after_failure(items)
        if mode == "atomic" and _failed(items):
            batches.skip_all_but_failed(items)
            results = batches.batch_answer(items, noun="account", mode=mode, dry_run=dry_run)["results"]
            raise BatchFailed(next(item.refusal for item in items if item.refusal is not None), results=results)
        answer = batches.batch_answer(items, noun="account", mode=mode, dry_run=dry_run)
        answer["data"] = [item.made for item in items if item.made is not None]
        if dry_run:
            transaction.set_rollback(True)
    return answer


def _failed(items: list[Item]) -> bool:
    return any(item.refusal is not None for item in items)


def _until_stop(items: list[Item], mode: str) -> list[Item]:
    """The items to try: those that have not failed; with ``stop_on_error`` only before the first that has."""
    if mode == "stop_on_error":
        first = next((place for place, item in enumerate(items) if item.refusal is not None), len(items))
        items = items[:first]
    return [item for item in items if item.refusal is None]


def _open(actor: Actor, organization: Organization, items: list[Item], *, dry_run: bool) -> bool:
    """Open accounts together. False if some are refused, who are then marked: the others may be tried again.

    With ``dry_run`` it only finds out which would be refused.
    """
    try:
        with transaction.atomic():
            opened = open_accounts(actor=actor, organization=organization, accounts=[item.new for item in items])
            if dry_run:
                transaction.set_rollback(True)
    except Refusal as refusal:
        by_place: dict[int, dict[str, list[str]]] = {}
        for path, said in refusal.details.get("fields", {}).items():
            place, name = _PLACE.fullmatch(path).groups()
            by_place.setdefault(int(place), {})[name] = said
        if not by_place:
            raise
        for place, fields in by_place.items():
            _refuse(items[place], type(refusal)(refusal.message, fields=fields))
        return False
    for item, answer in zip(items, account_answers(opened), strict=True):
        item.made = with_warnings(answer, item.unknown)
    return True


def _refuse(item: Item, refusal: Refusal) -> None:
    fields = refusal.details.get("fields", {})
    item.refusal = batches.within(refusal, f"accounts[{item.index}]" if "" in fields else f"accounts[{item.index}].")


def _read(body: Any, organization: Organization) -> tuple[NewAccount, list[dict]]:
    """One item, by the shape of a single account, and warnings of what else it says. Raises Invalid."""
    if not isinstance(body, dict):
        raise Invalid(fields={"": "An object."})
    shape = shapes.NewAccountShape(data=body)
    problems = batches.problem_with_reference(body)
    if not shape.is_valid() or problems:
        raise invalid({**with_choices(shape.errors, shape), **problems})
    return new_account(shape.validated_data, organization), unknown_fields(body, {*shape.fields, "client_ref"})
