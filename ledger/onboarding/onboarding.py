"""Taking on many clients in one request: each an organization with its chart, contacts, opening balances and key.

By the contract of every batch (``organizations/wire/batches.py``): an item is done whole or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ledger.closing.opening import Balance, record_opening_balances
from ledger.contacts.keeping import create_contact
from ledger.errors import BatchFailed
from ledger.onboarding.shapes import NewClientShape
from organizations import scoping
from organizations.actors import Actor
from organizations.errors import Invalid, NotAuthorized, Refusal
from organizations.keys.minting import create_key, preview_of
from organizations.tenants.answers import organization_answer
from organizations.tenants.models import Organization
from organizations.wire import batches
from organizations.wire.choosing import with_choices
from organizations.wire.refusing import invalid

#: Makes the organization of the fields below its parent, or refuses it; and says what the caller may do there.
MakeChild = Callable[[int, dict[str, Any], dict[str, Any]], tuple[Actor, Organization]]
#: What an item may ask for beside the organization, each as its own request would: with the right to write it.
WRITES = {"contacts": "contacts", "opening_balances": "opening-balances", "api_key": "api-keys"}


@dataclass(slots=True)
class Item(batches.Item):
    """A client of a batch; ``fields`` is what was read of it."""

    fields: dict[str, Any] | None = None


def take_on(*, parent_id: int | None, bodies: list[Any], mode: str, dry_run: bool, make_child: MakeChild) -> dict:
    """Make the organizations, below ``parent_id`` unless an item names another.

    Raises BatchFailed where all were asked for or none.
    """
    items = [Item(index, batches.client_ref_of(body)) for index, body in enumerate(bodies)]
    with transaction.atomic():
        for item, body in zip(items, bodies, strict=True):
            try:
                item.fields = _read(body, parent_id)
                with transaction.atomic():
                    item.made = _take_on_one(item.fields, make_child)
            except Refusal as refusal:
                item.refusal = batches.within(refusal, f"organizations[{item.index}].")
                if mode != "independent":
                    break
        failed = next((item.refusal for item in items if item.refusal is not None), None)
        if mode == "stop_on_error":
            batches.skip_after_failure(items)
        if mode == "atomic" and failed is not None:
            batches.skip_all_but_failed(items)
            results = batches.batch_answer(items, noun="organization", mode=mode, dry_run=dry_run)["results"]
            raise BatchFailed(failed, results=results)
        answer = batches.batch_answer(items, noun="organization", mode=mode, dry_run=dry_run)
        if dry_run:
            transaction.set_rollback(True)
    return answer


def _read(body: Any, parent_id: int | None) -> dict[str, Any]:
    """One item. Raises Invalid."""
    if not isinstance(body, dict):
        raise Invalid(fields={"": "An object is needed."})
    problem = batches.problem_with_reference(body)
    if problem:
        raise Invalid(fields=problem)
    shape = NewClientShape(data=body)
    if not shape.is_valid():
        raise invalid(with_choices(shape.errors, shape))
    fields = dict(shape.validated_data)
    fields.setdefault("parent_organization_id", parent_id)
    if fields["parent_organization_id"] is None:
        raise Invalid(fields={"parent_organization_id": "Below which organization?"})
    return fields


def _take_on_one(fields: dict[str, Any], make_child: MakeChild) -> dict[str, Any]:
    asked = {name: fields.pop(name, None) for name in WRITES}
    fields.pop("client_ref", None)
    wishes = {"chart_template": fields.pop("chart_template", None)}
    fields["name"] = fields.pop("organization_name")
    parent_id = fields.pop("parent_organization_id")
    actor, child = make_child(parent_id, fields, wishes)
    _refuse_unpermitted(actor, asked)
    contacts, opening, key = asked.values()
    made = organization_answer(child) | {"contacts": 0, "opening_transaction_id": None, "api_key": None}
    with scoping.acting_in(child.pk, reach=[parent_id]):
        for place, contact in enumerate(contacts or []):
            with _at(f"contacts[{place}]."):
                create_contact(actor=actor, organization=child, **contact)
        made["contacts"] = len(contacts or [])
        if opening is not None:
            with _at("opening_balances."):
                made["opening_transaction_id"] = _open_books(actor, child, opening)
        if key is not None:
            with _at("api_key."):
                row, secret = create_key(actor=actor, organization_id=child.pk, mode=child.mode, **key)
            made["api_key"] = {"id": row.public_id, "key": secret, "key_preview": preview_of(secret)}
    return made


def _refuse_unpermitted(actor: Actor, asked: dict[str, Any]) -> None:
    """Raise NotAuthorized for what is asked for by who may not write it."""
    beyond = [name for name, wish in asked.items() if wish and not actor.may("write", WRITES[name])]
    if beyond:
        raise NotAuthorized(fields={name: f"This needs the permission to write {WRITES[name]}." for name in beyond})


def _open_books(actor: Actor, child: Organization, opening: dict[str, Any]) -> str:
    wish = dict(opening)
    expected = wish.pop("expected_trial_balance", None)
    plan = record_opening_balances(
        actor=actor,
        organization=child,
        lines=[Balance(**line) for line in wish.pop("lines")],
        expected=None if expected is None else [Balance(**line) for line in expected],
        **wish,
    )
    return plan.transaction.public_id


class _at:
    """Puts the place before the names of the fields of a refusal."""

    def __init__(self, path: str):
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, problem, traceback) -> None:
        if isinstance(problem, Refusal):
            raise batches.within(problem, self.path) from problem
