"""An account's register: its entries in order of date, each with the balance after it.

The balance before a page is read from totals, so page 10,000 costs what page 1 costs.
"""

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import Case, DecimalField, Max, Min, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from ledger.accounts.models import Account
from ledger.balances.moments import Moment, known
from ledger.journal.answers import balance_impact, entry_answer
from ledger.journal.models import Entry
from ledger.journal.remainders import remaining
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.requests.exporting import read_through
from organizations.tenants.models import Organization

# Of one account: what it held before the first day, what each day began with, and within a day entry by entry.
# The entries asked for need not be neighbours.
BALANCES = """
    with opening as (
        select coalesce(sum(t.debit - t.credit), 0) as balance from ledger_accounttotal t
         where t.organization_id = %(organization)s and t.account_id = %(account)s
           and ((t.grain = 'M' and t.starts < date_trunc('month', %(first)s::date))
             or (t.grain = 'D' and t.starts >= date_trunc('month', %(first)s::date) and t.starts < %(first)s))
    ), days as (
        select t.starts, sum(sum(t.debit - t.credit)) over (order by t.starts) - sum(t.debit - t.credit) as before
          from ledger_accounttotal t
         where t.organization_id = %(organization)s and t.account_id = %(account)s
           and t.grain = 'D' and t.starts between %(first)s and %(last)s
         group by t.starts
    ), entries as (
        select e.id, e.transaction_date,
               sum(e.amount) over (partition by e.transaction_date order by e.id) as within
          from ledger_entry e
         where e.organization_id = %(organization)s and e.account_id = %(account)s
           and e.transaction_date = any (%(days)s) and (e.transaction_date, e.id) <= (%(last)s, %(last_id)s)
    ){later}
    select e.id, o.balance + d.before + e.within{unknown}
      from entries e join days d on d.starts = e.transaction_date cross join opening o
     where e.id = any (%(ids)s)
"""
# What was posted on the account after a moment, in the same statement: totals and entries are of one instant.
LATER = """, later as materialized (
        select l.transaction_date, l.id, l.amount from ledger_transaction t
          join ledger_entry l on l.organization_id = t.organization_id and l.transaction_id = t.id
         where t.organization_id = %(organization)s and {condition}
           and l.account_id = %(account)s and l.transaction_date <= %(last)s
    )"""
UNKNOWN = """ - coalesce((
        select sum(l.amount) from later l where (l.transaction_date, l.id) <= (e.transaction_date, e.id)), 0)"""
# The balance at the beginning (or the end) of a day, in the very statement that reads the entries.
HELD = """
    (select coalesce(sum(t.debit - t.credit), 0) from ledger_accounttotal t
      where t.organization_id = %s and t.account_id = %s
        and ((t.grain = 'M' and t.starts < date_trunc('month', %s::date))
          or (t.grain = 'D' and t.starts >= date_trunc('month', %s::date) and t.starts < %s)))
"""


def entries_of(account: Account, moment: Moment | None = None) -> QuerySet[Entry]:
    """The entries on an account; with a ``moment``, those that were known then."""
    return entries_on([account], moment)


def entries_on(accounts: Sequence[Account], moment: Moment | None = None) -> QuerySet[Entry]:
    """The same of several accounts of one organization."""
    numbers = [account.pk for account in accounts]
    chosen = {"account_id": numbers[0]} if len(numbers) == 1 else {"account_id__in": numbers}
    rows = Entry.objects.of(accounts[0].organization_id).filter(**chosen)
    return rows if moment is None else rows.filter(known(moment))


def journal(organization_id: int) -> QuerySet[Entry]:
    """All entries of an organization, so that they can be read along its transactions."""
    rows = Entry.objects.of(organization_id).filter(transaction__organization=organization_id)
    return rows.select_related("transaction")


def balances_after(entries: list[Entry], moment: Moment | None = None) -> dict[int, Decimal]:
    """The balance (debit positive) of one account after each of some of its entries, by id, in one query.

    With a ``moment``, as it was known then: less what was posted on the account later.
    """
    days = sorted({entry.transaction_date for entry in entries})
    account_id, organization_id = entries[0].account_id, entries[0].organization_id
    parameters = {
        "organization": organization_id,
        "account": account_id,
        "days": days,
        "first": days[0],
        "last": days[-1],
        "last_id": max(entry.pk for entry in entries if entry.transaction_date == days[-1]),
        "ids": [entry.pk for entry in entries],
    }
    sql = BALANCES.format(
        later=LATER.format(condition=moment.later) if moment else "", unknown=UNKNOWN if moment else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return dict(cursor.fetchall())


def register_answers(
    entries: list[Entry], account: Account, organization: Organization, moment: Moment | None = None
) -> list[dict]:
    """Entries of one account as its owner sees them, in any order.

    With a ``moment``, the entries are those known then, and so is all that is said of them.
    """
    if not entries:
        return []
    after = balances_after(entries, moment)
    decimals = decimals_of(account.currency_id)
    left = remaining(organization.pk, sorted({entry.transaction_id for entry in entries}), moment)
    return [
        entry_answer(
            entry,
            base=organization.base_currency_id,
            account_type=account.type,
            left=left[entry.transaction_id][entry.pk].amount,
        )
        | {
            "running_balance": exact(balance_impact(after[entry.pk], account.type), decimals),
            "transaction_description": entry.transaction.description,
            "transaction_type": entry.transaction.type,
            "reference_number": entry.transaction.reference_number,
        }
        for entry in entries
    ]


def registers_answers(
    entries: list[Entry], accounts: Sequence[Account], organization: Organization, moment: Moment | None = None
) -> list[dict]:
    """Entries of several accounts, each as in the register of its own."""
    found = {}
    for account in accounts:
        own = [entry for entry in entries if entry.account_id == account.pk]
        found |= dict(zip(own, register_answers(own, account, organization, moment), strict=True))
    return [found[entry] for entry in entries]


# --- The whole register, for a file -----------------------------------------------------------------------------------

COLUMNS = (
    "transaction_date",
    "transaction_id",
    "entry_id",
    "transaction_type",
    "reference_number",
    "transaction_description",
    "description",
    "reference",
    "debit",
    "credit",
    "currency",
    "currency_rate",
    "base_amount",
    "balance_impact",
    "running_balance",
)
READ = (
    "transaction_date",
    "transaction_id",
    "id",
    "transaction__type",
    "transaction__reference_number",
    "transaction__description",
    "description",
    "reference",
    "amount",
    "currency_rate",
    "base_amount",
    "matches",
    "held",
)


def register_rows(account: Account, matching: Q, *, newest_first: bool) -> Iterator[tuple]:
    """``READ`` of every entry between the first and the last that match, with the balance after it, in order.

    Entries in between that do not match are passed over, but count. All is read in one
    statement, so a posting that comes meanwhile is either in all figures or in none.
    """
    rows = Entry.objects.of(account.organization_id).filter(account_id=account.pk)
    found = rows.filter(matching).aggregate(first=Min("transaction_date"), last=Max("transaction_date"))
    first, last = found["first"], found["last"]
    if first is None:
        return
    edge = last + datetime.timedelta(days=1) if newest_first else first
    ordered = _ordered(rows.filter(transaction_date__range=(first, last)), newest_first)
    asked = [account.organization_id, account.pk, edge, edge, edge]
    held = RawSQL(HELD, asked, output_field=DecimalField())  # noqa: S611 - our own words
    matches = Case(When(matching, then=Value(True)), default=Value(False)) if matching else Value(True)
    running = None
    for row in read_through(ordered.annotate(matches=matches, held=held).values_list(*READ)):
        *fields, matched, opening = row
        amount = fields[8]
        running = opening if running is None else running
        if not newest_first:
            running = add_up([running, amount])
        if matched:
            yield (*fields, running)
        if newest_first:
            running = add_up([running, -amount])


def _ordered(rows: QuerySet, newest_first: bool) -> QuerySet:
    return rows.order_by(*(("-transaction_date", "-id") if newest_first else ("transaction_date", "id")))
