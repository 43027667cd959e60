"""The accounts that there is something to do on: those with statements, and what is open on each."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Min, Q, Sum

from ledger.accounts.models import Account
from organizations.tenants.models import Organization
from reconciliation.matching.holding import OPEN
from reconciliation.statements.models import Statement, StatementLine


@dataclass(frozen=True, slots=True)
class Banked:
    """An account with statements, and its open lines."""

    account: Account
    open: int = 0
    suggested: int = 0
    amount: Decimal = Decimal(0)
    oldest: datetime.date | None = None


def banked_accounts(organization: Organization) -> list[Banked]:
    """Accounts into which files were imported, by code."""
    known = Statement.objects.of(organization).values("account_id").distinct()
    accounts = Account.objects.of(organization).filter(pk__in=known).order_by("code")
    lines = StatementLine.objects.of(organization).filter(status__in=OPEN).order_by()
    found = {
        row["account_id"]: row
        for row in lines.values("account_id").annotate(
            open=Count("pk"),
            suggested=Count("pk", filter=Q(status="suggested")),
            total=Sum("amount"),
            oldest=Min("date"),
        )
    }
    return [
        Banked(account, row["open"], row["suggested"], row["total"], row["oldest"]) if row else Banked(account)
        for account, row in ((each, found.get(each.pk)) for each in accounts)
    ]
