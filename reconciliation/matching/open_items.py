"""What is open on both sides of an account: lines that nothing has become of yet, and entries in no match."""

import datetime
from decimal import Decimal

from django.db import connection

from ledger.accounts.models import Account
from reconciliation.scoring.shapes import BankLine, BookEntry
from reconciliation.statements.models import StatementLine

#: Entries are looked for so many days before and after the lines: a cheque may take half a year.
AROUND = datetime.timedelta(days=200)
#: A person who looks for one line looks a month around, and further only for its very amount.
NEAR = datetime.timedelta(days=31)

# One table at a time: on tables that are new to the planner, a join of all four took minutes.
ENTRIES = """
    select id, transaction_id, transaction_date, amount, description, reference, reverses_entry_id
      from ledger_entry
     where organization_id = %(organization)s and account_id = %(account)s and amount <> 0
       and transaction_date between %(first)s and %(last)s
       and (%(amount)s::numeric is null or amount = %(amount)s
            or transaction_date between %(first)s::date + %(near)s and %(last)s::date - %(near)s)
     order by transaction_date, id
"""
MATCHED = "select entry_id from reconciliation_matchedentry where organization_id = %s and entry_id = any(%s)"
HEADERS = "select id, description, reference_number from ledger_transaction where organization_id = %s and id = any(%s)"


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


def open_entries_of(
    account: Account, first: datetime.date, last: datetime.date, *, amount: Decimal | None = None
) -> list[BookEntry]:
    """The entries of an account in no match, around some days, by date; far ones only of an ``amount``, if it is given.

    An entry that was corrected on its own day, and the correction, are nothing that the bank knows of.
    """
    organization = account.organization_id
    first = max(first, datetime.date(1900, 8, 1)) - AROUND
    last = min(last, datetime.date(2200, 1, 1)) + AROUND
    with connection.cursor() as cursor:
        asked = {"organization": organization, "account": account.pk, "first": first, "last": last}
        cursor.execute(ENTRIES, asked | {"amount": amount, "near": (AROUND - NEAR).days})
        rows = cursor.fetchall()
        cursor.execute(MATCHED, [organization, [row[0] for row in rows]])
        matched = {number for (number,) in cursor.fetchall()}
        rows = _without_corrected([row for row in rows if row[0] not in matched])
        cursor.execute(HEADERS, [organization, list({row[1] for row in rows})])
        headers = {number: said for number, *said in cursor.fetchall()}
    return [
        BookEntry(number, header, day, amount, joined(headers[header][0], said), joined(headers[header][1], mark))
        for number, header, day, amount, said, mark, _ in rows
    ]


def _without_corrected(rows: list[tuple]) -> list[tuple]:
    """The entries without those that were reversed on their own day, and without what reversed them."""
    by_id = {row[0]: row for row in rows}
    gone = set()
    for number, _, day, amount, _, _, reverses in rows:
        original = by_id.get(reverses)
        if original is not None and (original[2], original[3]) == (day, -amount):
            gone |= {number, reverses}
    return [row for row in rows if row[0] not in gone]


def joined(header: str, own: str) -> str:
    """What the transaction says and what its entry says, once if it is the same."""
    return header if own in ("", header) else f"{header} {own}".strip()
