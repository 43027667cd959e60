"""Bringing accounts to zero, exactly, in their own and in base currency at once. Pure.

The two figures of an account in a foreign currency may have different signs, or one of
them may be nothing; an entry cannot have both then. Such a balance takes two entries: one
of the amount, one of base currency alone, which is how the ledger writes an exchange difference.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

ONE, ZERO = Decimal(1), Decimal(0)
LARGEST_RATE = Decimal(10) ** 12
_RATES = Context(prec=12, rounding=ROUND_HALF_EVEN)
_UNIT_OF_RATES = Decimal(1).scaleb(-12)


class Settlement(NamedTuple):
    """One signed entry; ``rate`` turns ``amount`` into about ``base_amount``."""

    amount: Decimal
    base_amount: Decimal
    rate: Decimal


def settlements(amount: Decimal, base_amount: Decimal, *, is_base: bool) -> list[Settlement]:
    """The entries that bring a balance to zero in both currencies; none for nothing."""
    if not amount and not base_amount:
        return []
    if is_base:
        return [Settlement(-amount, -base_amount, ONE)]
    if amount and base_amount and (amount > 0) == (base_amount > 0):
        rate = _RATES.divide(base_amount, amount)
        if _UNIT_OF_RATES <= rate < LARGEST_RATE:
            return [Settlement(-amount, -base_amount, rate.quantize(max(_UNIT_OF_RATES, _last_place(rate))))]
    parts = [Settlement(-amount, ZERO, ONE), Settlement(ZERO, -base_amount, ONE)]
    return [part for part in parts if part.amount or part.base_amount]


def _last_place(rate: Decimal) -> Decimal:
    return Decimal(1).scaleb(rate.as_tuple().exponent)


def there_and_back(unit: Decimal) -> list[Settlement]:
    """Two entries that cancel out, in base currency.

    For a transaction whose other entries are in one foreign currency, are nothing together in
    base currency, and yet leave an amount: on its own it would have to balance in that currency.
    """
    return [Settlement(unit, unit, ONE), Settlement(-unit, -unit, ONE)]
