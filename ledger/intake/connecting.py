"""Connecting payment providers and tills: where their messages are booked, and the secret that signs them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ledger.accounts.models import Account
from ledger.intake.answers import connection_answer
from ledger.intake.models import Connection
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound
from organizations.events import recording
from organizations.sealing import seal
from organizations.tenants.models import Organization

UPDATED = recording.event("integration.updated")
REMOVED = recording.event("integration.removed")
ACCOUNTS = {
    "clearing_account_id": ("asset", "liability"),
    "bank_account_id": ("asset", "liability"),
    "fee_account_id": ("expense",),
    "sales_account_id": ("revenue",),
}


@transaction.atomic
def connect(*, actor: Actor, organization: Organization, provider: str, changes: Mapping[str, Any]) -> Connection:
    """Make or change the connection to a provider; the first time takes its ``webhook_secret``. Raises Invalid."""
    rows = Connection.objects.of(organization).filter(provider=provider)
    row = rows.select_for_update(of=("self",)).first()
    before = None if row is None else connection_answer(row)
    if row is None:
        if not changes.get("webhook_secret"):
            raise Invalid(fields={"webhook_secret": "This field is required."})
        row = Connection(organization=organization, provider=provider)
    _refuse_unfit(organization, changes)
    if changes.get("webhook_secret"):
        row.secret = seal(changes["webhook_secret"], organization.pk)
    for name in (*ACCOUNTS, "enabled", "metadata"):
        if name in changes:
            setattr(row, name, changes[name])
    row.save()
    row.refresh_from_db()
    recording.record(
        UPDATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=row.public_id,
        before=before,
        after=connection_answer(row),
    )
    return row


@transaction.atomic
def disconnect(*, actor: Actor, organization: Organization, provider: str) -> None:
    """Listen to a provider no more; what it told stays. Raises NotFound."""
    row = Connection.objects.of(organization).filter(provider=provider).select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound()
    recording.record(
        REMOVED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=row.public_id,
        before=connection_answer(row),
    )
    row.delete()


def _refuse_unfit(organization: Organization, changes: Mapping[str, Any]) -> None:
    wanted = {name: changes[name] for name in ACCOUNTS if changes.get(name) is not None}
    found = Account.objects.of(organization).in_bulk(set(wanted.values()))
    problems = {}
    for name, number in wanted.items():
        account = found.get(number)
        if account is None:
            problems[name] = "There is no such account."
        elif account.type not in ACCOUNTS[name] or account.role in ("receivable", "payable"):
            problems[name] = f"An account of type {' or '.join(ACCOUNTS[name])}, no control account."
    if problems:
        raise Invalid(fields=problems)
