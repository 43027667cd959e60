"""The arithmetic of exchange rates: inverted, multiplied, and rounded once. Pure.

What comes of it is a rate that ``read_rate`` takes: at most 12 significant digits, and at most 12 on either side
of the point. A rate below one therefore keeps 12 decimals and not more.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from organizations.money import RATE_DIGITS, plain_rate

#: A rate, and whether it is taken the other way round.
Leg = tuple[Decimal, bool]


def inverse(rate: Decimal) -> Decimal | None:
    """How much the other currency is worth in this one; None where nothing would be left."""
    return along([(rate, True)])


def along(legs: Iterable[Leg]) -> Decimal | None:
    """The rate of a way over several rates, rounded once at its end, half a unit up; None where none can be had."""
    whole = Fraction(1)
    for rate, inverted in legs:
        whole *= 1 / Fraction(rate) if inverted else Fraction(rate)
    before_point = whole.numerator // whole.denominator
    decimals = max(0, RATE_DIGITS - len(str(before_point))) if before_point else RATE_DIGITS
    scaled = whole * 10**decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    if not units or units >= 10 ** (RATE_DIGITS + decimals):
        return None
    return plain_rate(Decimal(units).scaleb(-decimals))
