"""What is open on both sides of an account: lines that nothing has become of yet, and entries in no match."""

import datetime
from collections.abc import Iterator

from django.db import connection

from ledger.accounts.models import Account
from reconciliation.scoring.shapes import BankLine, BookEntry
from reconciliation.statements.models import StatementLine

#: Entries are looked for so many days before and after the lines: a cheque may take half a year.
AROUND = datetime.timedelta(days=200)

# An entry that was corrected on its own day, and the correction, are nothing the bank knows of,
# unless it is matched all the same.
ENTRIES = """
    select e.id, e.transaction_id, e.transaction_date, e.amount,
           case when e.description in ('', t.description) then t.description
                else t.description || ' ' || e.description end,
           case when e.reference in ('', t.reference_number) then t.reference_number
                else t.reference_number || ' ' || e.reference end
      from ledger_entry e
      join ledger_transaction t on t.organization_id = e.organization_id and t.id = e.transaction_id
     where e.organization_id = %(organization)s and e.account_id = %(account)s and e.amount <> 0
       and e.transaction_date between %(first)s and %(last)s
       and not exists (select from reconciliation_matchedentry m
                        where m.organization_id = e.organization_id and m.entry_id = e.id)
       and not exists (select from ledger_entry r
                        where r.organization_id = e.organization_id and r.reverses_entry_id = e.id
                          and r.transaction_date = e.transaction_date and r.amount = -e.amount
                          and not exists (select from reconciliation_matchedentry m
                                           where m.organization_id = r.organization_id and m.entry_id = r.id))
       and not exists (select from ledger_entry o
                        where o.organization_id = e.organization_id and o.id = e.reverses_entry_id
                          and o.transaction_date = e.transaction_date and o.amount = -e.amount
                          and not exists (select from reconciliation_matchedentry m
                                           where m.organization_id = o.organization_id and m.entry_id = o.id))
     order by e.id
"""


def open_lines_of(account: Account) -> list[StatementLine]:
    """The lines of an account that are unmatched or only suggested, by id."""
    rows = StatementLine.objects.of(account.organization_id).filter(account=account)
    return list(rows.filter(status__in=("unmatched", "suggested")).order_by("pk"))


def as_bank_line(line: StatementLine) -> BankLine:
    """A line as matching weighs it. One in conflict with an earlier import is never accepted by itself."""
    return BankLine(
        id=line.pk,
        date=line.date,
        amount=line.amount,
        description=line.description,
        counterparty=line.counterparty,
        reference=line.reference,
        held=line.verdict == "conflict",
    )


def open_entries_of(account: Account, first: datetime.date, last: datetime.date) -> Iterator[BookEntry]:
    """The entries of an account in no match, around some days, by id."""
    asked = {
        "organization": account.organization_id,
        "account": account.pk,
        "first": max(first, datetime.date(1900, 8, 1)) - AROUND,
        "last": min(last, datetime.date(2200, 1, 1)) + AROUND,
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, asked)
        for number, transaction_id, day, amount, description, reference in cursor:
            yield BookEntry(number, transaction_id, day, amount, description, reference)
