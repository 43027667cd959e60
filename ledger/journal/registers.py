"""An account's register: its entries in order of date, each with the balance after it.

The balance before a page is read from totals, so page 10,000 costs what page 1 costs.
"""

import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from ledger.accounts.models import Account
from ledger.balances.moments import Moment, known
from ledger.balances.totals import NOTHING, totals
from ledger.journal.answers import balance_impact, entry_answer
from ledger.journal.models import Entry
from ledger.journal.remainders import remaining
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization


def entries_of(account: Account, moment: Moment | None = None) -> QuerySet[Entry]:
    """The entries on an account; with a ``moment``, those that were known then."""
    rows = Entry.objects.of(account.organization_id).filter(account_id=account.pk)
    return rows if moment is None else rows.filter(known(moment))


def balance_before(entry: Entry, account: Account, moment: Moment | None = None) -> Decimal:
    """The account's balance (debit positive) before an entry, in the register's order: date, then id."""
    day = entry.transaction_date
    yesterday = {"as_of": day - datetime.timedelta(days=1), "moment": moment}
    found = totals(account.organization_id, account_ids=[account.pk], **yesterday).get(account.pk, NOTHING)
    earlier = entries_of(account, moment).filter(transaction_date=day, pk__lt=entry.pk)
    return add_up([found.balance, earlier.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)])


def register_answers(
    entries: list[Entry], account: Account, organization: Organization, moment: Moment | None = None
) -> list[dict]:
    """The entries of one page, which are neighbours in the register, ascending or descending.

    With a ``moment``, the entries are those known then, and so is all that is said of them.
    """
    if not entries:
        return []
    ascending = sorted(entries, key=lambda entry: (entry.transaction_date, entry.pk))
    running = balance_before(ascending[0], account, moment)
    after: dict[int, Decimal] = {}
    for entry in ascending:
        running = add_up([running, entry.amount])
        after[entry.pk] = running
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
