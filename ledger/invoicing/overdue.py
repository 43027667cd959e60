"""Telling once that a document is overdue: the day after it was due, if something of it is still open.

An event comes of it, which webhooks deliver and members may be written to about. That it was told is a row, which the
database takes once.
"""

from collections.abc import Sequence

from django.db import connection

from ledger.invoicing.models import PREFIXES
from organizations import clock, ids, scoping
from organizations.actors import system
from organizations.currencies.iso import decimals_of
from organizations.events import recording
from organizations.money import exact
from organizations.tenants.models import Organization

OVERDUE = {"invoice": recording.event("invoice.overdue"), "bill": recording.event("bill.overdue")}

#: So many are told in one database transaction, and so many organizations asked about in one query.
PART, TOGETHER = 500, 500

LATE = """
    i.kind in ('invoice', 'bill') and i.open_amount <> 0 and i.due_date < (%(now)s::timestamptz at time zone
        (select o.time_zone from organizations_organization o where o.id = i.organization_id))::date
    and not exists (select 1 from ledger_overdue t
                     where t.organization_id = i.organization_id and t.document_id = i.object_id)
"""
DUE = f"select distinct i.organization_id from ledger_openitem i where i.organization_id = any (%(some)s) and {LATE}"
TELL = f"""
    with told as (
        insert into ledger_overdue (organization_id, document_id, due_date)
        select i.organization_id, i.object_id, i.due_date from ledger_openitem i
         where i.organization_id = %(organization)s and {LATE}
         order by i.id limit %(part)s
        on conflict on constraint overdue_told_once do nothing
        returning document_id)
    select i.kind, d.id, d.number, d.contact_id, c.name, i.due_date, abs(i.open_amount), i.currency_id
      from told t
      join ledger_document d on d.organization_id = %(organization)s and d.id = t.document_id
      join ledger_openitem i on i.organization_id = d.organization_id and i.object_id = d.id
      join ledger_contact c on c.organization_id = d.organization_id and c.id = d.contact_id
     order by i.due_date, d.id
"""


def due(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations where a document is overdue and it was not told, by the date there."""
    found = []
    for start in range(0, len(organization_ids), TOGETHER):
        some = list(organization_ids[start : start + TOGETHER])
        with scoping.reading(some), connection.cursor() as cursor:
            cursor.execute(DUE, {"some": some, "now": clock.now()})
            found += [number for (number,) in cursor.fetchall()]
    return sorted(found)


def tell(organization_id: int) -> int:
    """Record what is overdue and was not told; how many documents."""
    told = 0
    while count := _tell_some(organization_id):
        told += count
    return told


def _tell_some(organization_id: int) -> int:
    asked = {"organization": organization_id, "now": clock.now(), "part": PART}
    with scoping.acting_in(organization_id), connection.cursor() as cursor:
        today = clock.today(Organization.objects.get(pk=organization_id).time_zone)
        cursor.execute(TELL, asked)
        facts = []
        for kind, number, name, contact_id, contact, due_date, amount, currency in cursor.fetchall():
            public_id = ids.encode(PREFIXES[kind], number)
            after = {
                "object": kind,
                "id": public_id,
                "organization_id": ids.encode("ORG", organization_id),
                "number": name,
                "contact_id": ids.encode("CON", contact_id),
                "contact_name": contact,
                "due_date": due_date,
                "days_overdue": (today - due_date).days,
                "open_amount": exact(amount, decimals_of(currency)),
                "currency_id": currency,
            }
            facts.append((OVERDUE[kind], public_id, None, after))
        if facts:
            cursor.execute(*recording.statement(actor=system("overdue"), organization_id=organization_id, facts=facts))
    return len(facts)
