"""Correcting a posted transaction without reversing it: a new transaction, linked to the first."""

from django.db import transaction

from ledger.errors import AdjustmentOfUnposted
from ledger.journal.drafts import Draft
from ledger.journal.posting import Plan, locked, refuse_obstacles, write
from ledger.journal.rating import rates_for
from ledger.journal.saved import accounts_of
from ledger.journal.weighing import weigh
from organizations import clock
from organizations.actors import Actor
from organizations.tenants.models import Organization


@transaction.atomic
def adjust_transaction(
    *, actor: Actor, organization: Organization, transaction_id: int, draft: Draft, auto_post: bool = True
) -> Plan:
    """Record a correcting transaction that names the one it corrects.

    Both stay in the books; the original is not reversed. An adjustment without metadata has the original's, so that
    it counts under the same dimension. Raises AdjustmentOfUnposted (edit a
    draft instead) and what posting raises.
    """
    original = locked(organization, transaction_id)
    if original.status != "posted":
        raise AdjustmentOfUnposted()
    draft.metadata = draft.metadata or original.metadata
    accounts = accounts_of(organization, [draft])
    today = clock.today(organization.time_zone)
    rates = rates_for(organization, [draft], accounts, today)
    plan = Plan(weigh(draft, accounts, organization, today, rates=rates), auto_post, original=original)
    if auto_post:
        refuse_obstacles(plan, organization)
    write(actor=actor, organization=organization, plans=[plan])
    return plan
