"""Internal rate of return: the yearly rate at which everything put in is worth what came out and what is left. Pure.

By days over 365, as spreadsheets count it (XIRR).
"""

import datetime
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext

LOWEST, HIGHEST = Decimal("-0.999999"), Decimal(1_000_000)
STEPS = 120
YEAR = Decimal(365)
#: In percent, to so many decimals.
FINEST = Decimal("0.0001")

Flow = tuple[datetime.date, Decimal]


def rate_of_return(flows: Sequence[Flow]) -> Decimal | None:
    """In percent a year. What was put in is negative, what came out positive, with what is left as the last flow.

    None where there is no such rate: nothing put in, nothing came out, or all on one day.
    """
    days = {day for day, amount in flows if amount}
    if len(days) < 2 or not any(amount < 0 for _, amount in flows) or not any(amount > 0 for _, amount in flows):
        return None
    first = min(days)
    with localcontext(Context(prec=40)):
        timed = [(Decimal((day - first).days) / YEAR, amount) for day, amount in flows if amount]
        low, high = LOWEST, HIGHEST
        at_low = _worth(timed, low)
        if (at_low > 0) == (_worth(timed, high) > 0):
            return None
        for _ in range(STEPS):
            middle = (low + high) / 2
            if (_worth(timed, middle) > 0) == (at_low > 0):
                low = middle
            else:
                high = middle
        return (low * 100).quantize(FINEST) + 0


def _worth(timed: Sequence[tuple[Decimal, Decimal]], rate: Decimal) -> Decimal:
    return sum((amount / (1 + rate) ** years for years, amount in timed), Decimal(0))
