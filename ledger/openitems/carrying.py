"""How the carrying amount of an open item goes along with its amount. Pure."""

from decimal import Decimal
from fractions import Fraction

from organizations.money import add_up, exact


def carried(open_amount: Decimal, open_base: Decimal, part: Decimal, decimals: int) -> Decimal:
    """The base amount that a part of an open amount carries; all positive.

    In proportion, half a unit rounded up, and never more than there is; the last part takes whatever is left. So
    the parts of any sequence add up to the whole, and nothing in base currency outlives the amount.
    """
    if not 0 < part <= open_amount:
        raise ValueError(f"{part} is no part of {open_amount}.")
    if part == open_amount:
        return open_base
    units = Fraction(open_base) * Fraction(part) / Fraction(open_amount) * 10**decimals
    whole = exact(Decimal((units + Fraction(1, 2)).__floor__()).scaleb(-decimals), decimals)
    return min(whole, open_base)


def difference(debit_base: Decimal, credit_base: Decimal) -> Decimal:
    """What settling a debit against a credit realises: a gain is positive.

    A claim of 110 that brings 105, or a debt of 105 that costs 110, is a loss of 5.
    """
    return add_up([credit_base, -debit_base])
