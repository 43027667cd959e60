"""Batches of documents, in a request or as long work; and what has become overdue."""

import json
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
from celery import shared_task

from ledger.invoicing import overdue
from ledger.invoicing.batching import LISTS, create_batch, issue_batch
from organizations import scoping
from organizations.actors import Actor
from organizations.jobs.batches import CarryOut, go_through
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization


def create_kind(kind: str) -> str:
    """The kind of job that creates documents."""
    return f"create_{LISTS[kind]}"


def issue_kind(kind: str) -> str:
    """The kind of job that issues drafts."""
    return f"issue_{LISTS[kind]}"


def _create(kind: str, *, actor: Actor, organization: Organization, items: list[Any], start: int, wish: dict) -> dict:
    return create_batch(
        actor=actor,
        organization=organization,
        kind=kind,
        bodies=items,
        mode=wish["mode"],
        dry_run=wish["dry_run"],
        issue=wish.get("issue", False),
        start=start,
    )


def _issue(kind: str, *, actor: Actor, organization: Organization, items: list[Any], start: int, wish: dict) -> dict:
    return issue_batch(
        actor=actor,
        organization=organization,
        kind=kind,
        wanted=items,
        mode=wish["mode"],
        dry_run=wish["dry_run"],
        start=start,
    )


CREATE: dict[str, CarryOut] = {kind: partial(_create, kind) for kind in LISTS}
ISSUE: dict[str, CarryOut] = {kind: partial(_issue, kind) for kind in LISTS}


def _declare(kind: str) -> None:
    """A job behind each large batch."""

    @runs(create_kind(kind))
    def create(actor: Actor, job: Job, progress: Progress) -> dict | None:
        return go_through(actor, job, progress, name=LISTS[kind], carry_out=CREATE[kind], shorten=_shorten(kind))

    @runs(issue_kind(kind))
    def issue(actor: Actor, job: Job, progress: Progress) -> dict | None:
        return go_through(actor, job, progress, name=f"{kind}_ids", carry_out=ISSUE[kind], shorten=_shorten(kind))


def _shorten(kind: str):
    """A result with its document in short: without lines, which stand at its address."""

    def shorten(result: dict) -> dict:
        if kind not in result:
            return result
        found = result[kind]
        if isinstance(found, msgspec.Raw):
            found = json.loads(bytes(found), parse_float=Decimal)
        shown = {name: value for name, value in found.items() if name not in ("items", "taxes", "metadata")}
        return result | {kind: shown}

    return shorten


for _kind in LISTS:
    _declare(_kind)

#: For the contents page, from which a worker learns its kinds of jobs.
DOCUMENT_BATCHES = tuple(LISTS)


@shared_task
def tell_overdue() -> int:
    """Tell which documents have become overdue, in every organization; how many."""
    return sum(
        overdue.tell(organization_id) for organization_id in overdue.due(scoping.every_organization(at_work=True))
    )
