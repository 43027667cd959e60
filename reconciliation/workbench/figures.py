"""How far the bank and the books are apart on an account, and how much of that the open lines are."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from ledger.accounts.models import Account
from ledger.balances.totals import NOTHING, totals
from organizations.currencies.iso import decimals_of
from organizations.money import InexactAmount, add_up, exact
from reconciliation.matching.holding import OPEN
from reconciliation.matching.models import Match
from reconciliation.statements.models import Statement, StatementLine

ZERO = Decimal(0)


def figures(account: Account) -> dict[str, Any]:
    """What stands above the lines; amounts are signed as on the statement: money in is positive.

    ``difference`` is the bank's last closing balance less the books' balance on that day: what the open lines until
    then come to (``open_until``), less what the books have and the bank has not shown.
    """
    bank = last_closing(account)
    through = bank.end_date if bank else None
    lines = StatementLine.objects.of(account.organization_id).filter(account=account, status__in=OPEN)
    found = lines.aggregate(
        count=Count("pk"),
        total=Sum("amount"),
        until=Sum("amount", filter=Q(date__lte=through) if through else Q()),
        suggested=Count("pk", filter=Q(status="suggested")),
    )
    books = totals(account.organization_id, account_ids=[account.pk], as_of=through).get(account.pk, NOTHING).balance
    decimals = decimals_of(account.currency_id)
    return {
        "open_count": found["count"],
        "open_amount": exact(found["total"] or ZERO, decimals),
        "open_until": exact(found["until"] or ZERO, decimals),
        "suggested_count": found["suggested"],
        "book_balance": exact(books, decimals),
        "closing_balance": bank and _money(bank.closing_balance, decimals),
        "closing_date": through,
        "difference": bank and _money(add_up([bank.closing_balance, -books]), decimals),
    }


def last_closing(account: Account) -> Statement | None:
    """The latest statement that tells a closing balance."""
    rows = Statement.objects.of(account.organization_id).filter(account=account, undone_at=None)
    told = rows.filter(closing_balance__isnull=False).defer("mapping")
    return told.order_by(F("end_date").desc(nulls_last=True), "-pk").first()


def accepted_by(account: Account, min_score: int) -> int:
    """How many suggestions have this score or more, and could be accepted at once: those without a fee."""
    rows = Match.objects.of(account.organization_id).filter(account=account, status="suggested", fee=0)
    return rows.filter(score__gte=min_score).exclude(entry_ids=[], document_ids=[]).count()


def _money(amount: Decimal, decimals: int) -> Decimal:
    """What the bank wrote with more decimals than the currency has stays as it wrote it."""
    try:
        return exact(amount, decimals)
    except InexactAmount:
        return amount.normalize()
