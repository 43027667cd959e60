"""What was open with customers and vendors on a day, and what was taxed: questions to open items and taxes.

All in base currency. What is open today is read from the items; for a past day what moved since is taken off again, so
yesterday's report costs no more than today's. What was known at a past moment is added up from the movements that were.
"""

import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from ledger.balances.moments import Moment

BUCKETS = ("current", "1_30", "31_60", "61_90", "over_90")

STANDING_NOW = """
        select i.contact_id, i.due_date, i.open_base as base
          from ledger_openitem i
         where i.organization_id = %(organization)s and i.account_id = any (%(accounts)s) and i.open_amount <> 0
         union all
        select i.contact_id, i.due_date, -l.base
          from (select item_id, sum(base_amount) as base
                  from ledger_itemmovement
                 where organization_id = %(organization)s and account_id = any (%(accounts)s) and date > %(day)s
                 group by 1) l
          join ledger_openitem i on i.organization_id = %(organization)s and i.id = l.item_id
"""
STANDING_THEN = """
        select i.contact_id, i.due_date, sum(v.base_amount) as base
          from ledger_itemmovement v
          join ledger_openitem i on i.organization_id = v.organization_id and i.id = v.item_id
         where v.organization_id = %(organization)s and v.account_id = any (%(accounts)s) and v.date <= %(day)s
           and coalesce({recorded}, true)
         group by i.id, i.contact_id, i.due_date
"""
AGED = """
    with standing as ({standing}    )
    select coalesce(c.merged_into_id, c.id),
           case when s.due_date >= %(day)s then 0
                else least(1 + (%(day)s - s.due_date - 1) / 30, 4) end as bucket,
           sum(s.base)
      from standing s
      join ledger_contact c on c.organization_id = %(organization)s and c.id = s.contact_id
     where %(contact)s::bigint is null or coalesce(c.merged_into_id, c.id) = %(contact)s
     group by 1, 2
    having sum(s.base) <> 0
"""
NAMES = "select id, name from ledger_contact where organization_id = %s and id = any (%s)"


class Aged(NamedTuple):
    """What a contact owes (debit positive), by how long it has been due."""

    contact_id: int
    name: str
    amounts: list[Decimal]


def aged(
    organization_id: int,
    account_ids: list[int],
    day: datetime.date,
    *,
    contact_id: int | None = None,
    moment: Moment | None = None,
) -> list[Aged]:
    """What was open on control accounts at the end of a day, by contact and bucket; contacts by name."""
    standing = STANDING_NOW if moment is None else STANDING_THEN.format(recorded=moment.recorded)
    asked = {"organization": organization_id, "accounts": account_ids, "day": day, "contact": contact_id}
    found: dict[int, list[Decimal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(AGED.format(standing=standing), asked)
        for contact, bucket, amount in cursor.fetchall():
            found.setdefault(contact, [Decimal(0)] * len(BUCKETS))[bucket] = amount
        cursor.execute(NAMES, [organization_id, list(found)])
        names = dict(cursor.fetchall())
    rows = [Aged(number, names[number], amounts) for number, amounts in found.items()]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.contact_id))


#: A document's tax as far as it counts at the end of a day: whole on accrual, by its settled part on cash.
TAXED = """
    with settled as (
        select v.item_id,
               coalesce(sum(abs(v.amount) * case v.kind when 'settled' then 1 else -1 end)
                        filter (where v.date <= %(end)s), 0) as after,
               coalesce(sum(abs(v.amount) * case v.kind when 'settled' then 1 else -1 end)
                        filter (where v.date < %(start)s), 0) as before
          from ledger_itemmovement v
         where v.organization_id = %(organization)s and v.kind in ('settled', 'unsettled') and v.date <= %(end)s
           and %(basis)s = 'cash' and coalesce({recorded}, true)
         group by 1
    ), counted as (
        select t.tax_id, t.name, t.rate, t.treatment, t.is_input, t.base_in_base as base,
               case when t.is_input then t.posted else -t.posted end as tax,
               1::numeric as after, 0::numeric as before
          from ledger_documenttax t
         where %(basis)s = 'accrual' and t.organization_id = %(organization)s
           and t.date >= %(start)s and t.date <= %(end)s and {known}
         union all
        select t.tax_id, t.name, t.rate, t.treatment, t.is_input, t.base_in_base,
               case when t.is_input then t.posted else -t.posted end,
               s.after / abs(i.amount), s.before / abs(i.amount)
          from settled s
          join ledger_openitem i on i.organization_id = %(organization)s and i.id = s.item_id and i.amount <> 0
          join ledger_documenttax t on t.organization_id = i.organization_id and t.document_id = i.object_id
         where s.after <> s.before
    )
    select tax_id, name, rate, treatment, is_input,
           sum(round(base * after, %(decimals)s) - round(base * before, %(decimals)s)),
           sum(round(tax * after, %(decimals)s) - round(tax * before, %(decimals)s))
      from counted
     group by 1, 2, 3, 4, 5
     order by name, rate, tax_id
"""
BY_ACCOUNT = """
    select t.account_id, sum(t.posted) from ledger_documenttax t
     where t.organization_id = %s and t.date >= %s and t.date <= %s and t.account_id is not null and {known} group by 1
"""
#: Whether the document of a tax ``t`` was posted by then.
POSTED_THEN = """
    not exists (select from ledger_document d
                  join ledger_transaction x on x.organization_id = d.organization_id and x.id = d.transaction_id
                 where d.organization_id = t.organization_id and d.id = t.document_id and {later})
"""


class Taxed(NamedTuple):
    """What one tax came to. ``tax`` is positive where it is owed (sales) or claimed back (purchases)."""

    tax_id: int
    name: str
    rate: Decimal
    treatment: str
    is_input: bool
    base: Decimal
    tax: Decimal


def taxed(
    organization_id: int,
    start: datetime.date,
    end: datetime.date,
    *,
    basis: str,
    decimals: int,
    moment: Moment | None = None,
) -> list[Taxed]:
    """What was taxed in a period, by tax."""
    asked = {"organization": organization_id, "start": start, "end": end, "basis": basis, "decimals": decimals}
    recorded = "true" if moment is None else moment.recorded
    with connection.cursor() as cursor:
        cursor.execute(TAXED.format(recorded=recorded, known=_posted(moment)), asked)
        return [Taxed(*row) for row in cursor.fetchall()]


def taxed_by_account(
    organization_id: int, start: datetime.date, end: datetime.date, moment: Moment | None = None
) -> dict[int, Decimal]:
    """What documents posted to each tax account in a period, debit positive."""
    with connection.cursor() as cursor:
        cursor.execute(BY_ACCOUNT.format(known=_posted(moment)), [organization_id, start, end])
        return dict(cursor.fetchall())


def _posted(moment: Moment | None) -> str:
    return "true" if moment is None else POSTED_THEN.format(later=moment.later.replace("t.", "x."))
