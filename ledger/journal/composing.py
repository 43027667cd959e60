"""Transactions that are computed rather than written by a client: lines of exact, signed amounts."""

import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

from ledger.accounts.models import Account
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import Plan
from ledger.journal.weighing import Weighed, WeighedLine, larger_side, sides_of
from organizations.currencies.iso import decimals_of
from organizations.money import exact, plain_rate
from organizations.tenants.models import Organization

ONE = Decimal(1)
SMALLEST_RATE, LARGEST_RATE = Decimal(1).scaleb(-12), Decimal(10) ** 12
_RATES = Context(prec=12, rounding=ROUND_HALF_EVEN)


def implied_rate(amount: Decimal, base_amount: Decimal) -> Decimal:
    """About what one unit is worth in base currency, of 12 significant digits; 1 where the figures say nothing."""
    if not amount or not base_amount or (amount > 0) != (base_amount > 0):
        return ONE
    rate = _RATES.divide(base_amount, amount)
    rate = rate.quantize(SMALLEST_RATE) if rate.as_tuple().exponent < -12 else rate
    return rate if SMALLEST_RATE <= rate < LARGEST_RATE else ONE


def composed_line(
    account: Account,
    amount: Decimal,
    base_amount: Decimal,
    *,
    rate: Decimal | None = None,
    description: str = "",
    reference: str = "",
    metadata: dict | None = None,
) -> WeighedLine:
    """A line of signed amounts, debit positive. Only an exchange difference has no amount but a base amount."""
    rate = implied_rate(amount, base_amount) if rate is None else rate
    line = Line(
        account_id=account.pk,
        entry_type="debit" if (amount or base_amount) > 0 else "credit",
        amount=exact(abs(amount), decimals_of(account.currency_id)),
        currency=account.currency_id,
        rate=plain_rate(rate),
        description=description[:2000],
        reference=reference[:100],
        metadata=metadata or {},
    )
    return WeighedLine(line, account, amount, rate, base_amount)


def composed(
    organization: Organization,
    lines: Iterable[WeighedLine],
    *,
    type: str,
    date: datetime.date,
    source: tuple[str, int],
    description: str = "",
    reference_number: str = "",
    currency: str | None = None,
    amount: Decimal | None = None,
    contact_id: int | None = None,
    metadata: dict | None = None,
) -> Plan:
    """A plan to post these lines, less those that say nothing, for the object that is their source."""
    base = organization.base_currency_id
    lines = [line for line in lines if line.amount or line.base_amount]
    currency = currency or base
    debits, credits = sides_of(lines, base)
    if amount is None:
        amount = debits if currency == base else larger_side(lines, currency)
    draft = Draft(
        lines=[line.line for line in lines],
        type=type,
        date=date,
        description=description[:2000],
        reference_number=reference_number[:100],
        currency=currency,
        amount=amount,
        account_id=lines[0].account.pk if lines else None,
        contact_id=contact_id,
        metadata=metadata or {},
    )
    return Plan(Weighed(draft, date, currency, amount, debits, credits, lines), True, source=source)
