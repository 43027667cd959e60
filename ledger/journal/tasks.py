"""Batches of transactions, in a request or as long work."""

import json
from decimal import Decimal
from typing import Any

import msgspec

from ledger.journal.batching import create_batch, post_batch
from organizations.actors import Actor
from organizations.jobs.batches import go_through
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization

CREATE = "create_transactions"
POST = "post_transactions"

#: What a job shows of a transaction, beside the address at which it stands with its entries.
SHOWN = (
    "object",
    "id",
    "organization_id",
    "type",
    "status",
    "transaction_date",
    "external_id",
    "amount",
    "currency_id",
    "error_code",
    "error_message",
    "warnings",
    "version",
)


def create_items(*, actor: Actor, organization: Organization, items: list[Any], start: int, wish: dict) -> dict:
    """Carry out a batch of new transactions, or a part of it."""
    return create_batch(
        actor=actor,
        organization=organization,
        bodies=items,
        mode=wish["mode"],
        dry_run=wish["dry_run"],
        auto_post=wish.get("auto_post", False),
        start=start,
    )


def post_items(*, actor: Actor, organization: Organization, items: list[Any], start: int, wish: dict) -> dict:
    """Carry out a batch of drafts to post, or a part of it."""
    return post_batch(
        actor=actor, organization=organization, wanted=items, mode=wish["mode"], dry_run=wish["dry_run"], start=start
    )


@runs(CREATE)
def run_create(actor: Actor, job: Job, progress: Progress) -> dict | None:
    """The job behind a large batch of new transactions."""
    return go_through(actor, job, progress, name="transactions", carry_out=create_items, shorten=shorten)


@runs(POST)
def run_post(actor: Actor, job: Job, progress: Progress) -> dict | None:
    """The job behind a large batch of drafts to post."""
    return go_through(actor, job, progress, name="transaction_ids", carry_out=post_items, shorten=shorten)


def shorten(result: dict) -> dict:
    """A result with its transaction in short: a hundred thousand with their entries would be an answer of 150 MB."""
    if "transaction" not in result:
        return result
    shown = result["transaction"]
    if isinstance(shown, msgspec.Raw):
        shown = json.loads(bytes(shown), parse_float=Decimal)
    address = f"/organizations/{shown['organization_id']}/transactions/{shown['id']}"
    return result | {"transaction": {name: shown[name] for name in SHOWN} | {"entries_query": address}}
