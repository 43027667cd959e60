"""An account's register: its entries in order of date, each with the balance after it.

The balance before a page is read from totals, so page 10,000 costs what page 1 costs.
"""

import datetime
from decimal import Decimal

from django.db.models import Sum

from ledger.accounts.models import Account
from ledger.balances.totals import NOTHING, totals
from ledger.journal.answers import balance_impact, entry_answer
from ledger.journal.models import Entry
from ledger.journal.remainders import remaining
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization


def balance_before(entry: Entry) -> Decimal:
    """The account's balance (debit positive) before an entry, in the register's order: date, then id."""
    day = entry.transaction_date
    found = totals(entry.organization_id, account_ids=[entry.account_id], as_of=day - datetime.timedelta(days=1)).get(
        entry.account_id, NOTHING
    )
    earlier = Entry.objects.of(entry.organization_id).filter(
        account_id=entry.account_id, transaction_date=day, pk__lt=entry.pk
    )
    return add_up([found.balance, earlier.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)])


def register_answers(entries: list[Entry], account: Account, organization: Organization) -> list[dict]:
    """The entries of one page, which are neighbours in the register, ascending or descending."""
    if not entries:
        return []
    ascending = sorted(entries, key=lambda entry: (entry.transaction_date, entry.pk))
    running = balance_before(ascending[0])
    after: dict[int, Decimal] = {}
    for entry in ascending:
        running = add_up([running, entry.amount])
        after[entry.pk] = running
    decimals = decimals_of(account.currency_id)
    left = remaining(organization.pk, sorted({entry.transaction_id for entry in entries}))
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
