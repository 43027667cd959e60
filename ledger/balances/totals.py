"""Balances, read from totals and never from history.

Any date is whole months before it plus the days of its month: at most 12 rows a year
and 31 days an account, however many entries there are.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from organizations.money import add_up

ZERO = Decimal(0)

TOTALS = """
    select account_id, sum(debit), sum(credit), sum(base_debit), sum(base_credit), sum(entries)
      from ledger_accounttotal
     where organization_id = %(organization)s {accounts} {dates}
     group by account_id
"""
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
    organization_id: int, *, account_ids: list[int] | None = None, as_of: datetime.date | None = None
) -> dict[int, Total]:
    """The totals of an organization's accounts (of some, or all) up to and including a day, in one query.

    Accounts without entries are absent.
    """
    if account_ids is not None and not account_ids:
        return {}
    sql = TOTALS.format(
        accounts="" if account_ids is None else "and account_id = any (%(accounts)s)",
        dates=ALL_TIME if as_of is None else AS_OF,
    )
    parameters = {"organization": organization_id, "accounts": account_ids, "as_of": as_of}
    if as_of is not None:
        parameters["month"] = (as_of + datetime.timedelta(days=1)).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {account_id: Total(*rest[:4], int(rest[4])) for account_id, *rest in cursor.fetchall()}
