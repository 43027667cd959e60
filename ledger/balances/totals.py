"""Balances, read from totals and never from history.

Any date is whole months before it plus the days of its month: at most 12 rows a year
and 31 days an account, however many entries there are. What the books said at a past
moment is what they say now, less what was posted after it: that costs as much as there
came after.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from ledger.balances.moments import Moment
from organizations.money import add_up

ZERO = Decimal(0)

TOTALS = """
    select account_id, sum(debit), sum(credit), sum(base_debit), sum(base_credit), sum(entries)
      from ledger_accounttotal
     where organization_id = %(organization)s {accounts} {dates}
     group by account_id
"""
#: The same at a past moment. A double negation, but one statement: totals and entries are of one instant.
TOTALS_THEN = """
    select account_id, sum(debit), sum(credit), sum(base_debit), sum(base_credit), sum(entries)
      from (select account_id, debit, credit, base_debit, base_credit, entries
              from ledger_accounttotal
             where organization_id = %(organization)s {accounts} {dates}
             union all
            select account_id, -greatest(amount, 0), least(amount, 0), -greatest(base_amount, 0),
                   least(base_amount, 0), -1
              from ({later}) later
             where true {accounts} {until}) total
     group by account_id having sum(entries) <> 0
"""
LATER = """
    select e.account_id, e.transaction_date, e.amount, e.base_amount
      from ledger_transaction t
      join ledger_entry e on e.organization_id = t.organization_id and e.transaction_id = t.id
     where t.organization_id = %(organization)s and {condition}
"""
UNTIL = "and transaction_date <= %(as_of)s"
ALL_TIME = "and grain = 'M'"
AS_OF = """
    and ((grain = 'M' and starts < %(month)s)
      or (grain = 'D' and starts >= %(month)s and starts <= %(as_of)s))
"""


@dataclass(frozen=True, slots=True)
class Total:
    """What was posted to an account: debits and credits in its currency and in the base currency."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO
    base_debit: Decimal = ZERO
    base_credit: Decimal = ZERO
    entries: int = 0

    @property
    def balance(self) -> Decimal:
        """Debits less credits, in the account's currency."""
        return add_up([self.debit, -self.credit])

    @property
    def base_balance(self) -> Decimal:
        """Debits less credits, in the base currency."""
        return add_up([self.base_debit, -self.base_credit])


NOTHING = Total()


def totals(
    organization_id: int,
    *,
    account_ids: list[int] | None = None,
    as_of: datetime.date | None = None,
    moment: Moment | None = None,
) -> dict[int, Total]:
    """The totals of an organization's accounts (of some, or all) up to and including a day, in one query.

    With a ``moment``, as they were known then. Accounts without entries are absent.
    """
    if account_ids is not None and not account_ids:
        return {}
    sql = (TOTALS if moment is None else TOTALS_THEN).format(
        accounts="" if account_ids is None else "and account_id = any (%(accounts)s)",
        dates=ALL_TIME if as_of is None else AS_OF,
        until="" if as_of is None else UNTIL,
        later=LATER.format(condition=moment and moment.later),
    )
    parameters = {"organization": organization_id, "accounts": account_ids, "as_of": as_of}
    if as_of is not None:
        parameters["month"] = (as_of + datetime.timedelta(days=1)).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {account_id: Total(*rest[:4], int(rest[4])) for account_id, *rest in cursor.fetchall()}
