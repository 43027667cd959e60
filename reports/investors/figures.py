"""What investors put in and took out: the entries of their accounts.

A reversal takes back what it reverses. What closes a year, and transactions whose metadata ``capital`` is
``allocation``, only move on what the share of the result gives already: they are no flow.
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from organizations.tenants.models import Organization
from reports.investors.models import Investor

CAPITAL, ALLOCATION = "capital", "allocation"

FLOWS = """
    select e.account_id, e.id, e.transaction_id, e.transaction_date, -e.base_amount,
           (e.base_amount < 0) = (e.reverses_entry_id is null)
      from ledger_entry e
      join ledger_transaction t on t.organization_id = e.organization_id and t.id = e.transaction_id
      left join ledger_transaction o on o.organization_id = t.organization_id and o.id = t.original_id
     where e.organization_id = %(organization)s and e.account_id = any (%(accounts)s)
       and (%(end)s::date is null or e.transaction_date <= %(end)s)
       and t.type <> 'closing' and coalesce(o.type, '') <> 'closing'
       and coalesce(coalesce(o.metadata, t.metadata) ->> 'capital', '') <> 'allocation'
     order by e.transaction_date, e.id
"""


class Flow(NamedTuple):
    """Money that an investor put in (``contribution``) or was given (``distribution``); a reversal is negative."""

    entry_id: int
    transaction_id: int
    date: datetime.date
    kind: str
    amount: Decimal


def flows_of(
    organization: Organization, investors: Mapping[int, Investor], *, end: datetime.date | None = None
) -> dict[int, list[Flow]]:
    """The flows of each investor by day, in base currency."""
    found: dict[int, list[Flow]] = {number: [] for number in investors}
    by_account = {investor.account_id: number for number, investor in investors.items()}
    asked = {"organization": organization.pk, "accounts": list(by_account), "end": end}
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, asked)
        for account, entry, posted, day, amount, is_contribution in cursor.fetchall():
            kind = "contribution" if is_contribution else "distribution"
            signed = amount if is_contribution else -amount
            found[by_account[account]].append(Flow(entry, posted, day, kind, signed))
    return found
