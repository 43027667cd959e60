"""What contacts owe and are owed, over each one's family, in base currency: one query for a whole page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from ledger.contacts.families import head
from ledger.contacts.models import Contact
from organizations import clock
from organizations.tenants.models import Organization

ZERO = Decimal(0)
#: Who is owed rather than owes: their balance counts payables.
OWED = ("vendor", "employee")

FAMILIES = """
    with members as (
        select c.id, coalesce(c.merged_into_id, c.id) as head from ledger_contact c
         where c.organization_id = %(organization)s and c.id = any (%(heads)s)
        union all
        select c.id, c.merged_into_id from ledger_contact c
         where c.organization_id = %(organization)s and c.merged_into_id = any (%(heads)s))
    select m.head, m.id, b.role, b.outstanding, b.overdue, b.credit
      from members m
      left join ledger_contact_balances(%(organization)s, array(select id from members), %(today)s) b
             on b.contact_id = m.id
     order by m.head, m.id
"""


@dataclass(slots=True)
class Side:
    """One side, receivable or payable; positive is what is usual there. ``outstanding`` has credits taken off."""

    outstanding: Decimal = ZERO
    overdue: Decimal = ZERO
    credit: Decimal = ZERO


@dataclass(slots=True)
class Standing:
    """Both sides of a family, and those that were merged into its head."""

    receivable: Side = field(default_factory=Side)
    payable: Side = field(default_factory=Side)
    merged: list[int] = field(default_factory=list)

    def balance(self, contact_type: str) -> Decimal:
        """Receivable less payable; the other way round for those whom we owe."""
        owed = self.payable.outstanding - self.receivable.outstanding
        return owed if contact_type in OWED else -owed

    def available_credit(self, contact_type: str) -> Decimal:
        """What of payments and credit notes is still to be used, on the usual side."""
        return self.payable.credit if contact_type in OWED else self.receivable.credit


def standings(organization: Organization, contacts: Sequence[Contact]) -> dict[int, Standing]:
    """Where the families of these contacts stand, by the key of their head."""
    found = {head(contact): Standing() for contact in contacts}
    if not found:
        return found
    asked = {
        "organization": organization.pk,
        "heads": list(found),
        "today": clock.today(organization.time_zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(FAMILIES, asked)
        rows = cursor.fetchall()
    for above, member, role, outstanding, overdue, credit in rows:
        standing = found[above]
        if member != above and member not in standing.merged:
            standing.merged.append(member)
        if role is not None:
            side = standing.receivable if role == "receivable" else standing.payable
            side.outstanding += outstanding
            side.overdue += overdue
            side.credit += credit
    return found
