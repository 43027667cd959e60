"""How much an asset loses in each period. Pure.

Straight line: the same each period, to the cent; the last one takes what rounding left. Declining balance: a share of
what the asset is still worth (by default twice the straight-line share, IRC 168(b)(1)), never below the salvage value;
the last period takes the rest. Every period takes something: where a share is less than the smallest amount, the period
before takes the rest, and the asset is written down earlier.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from itertools import takewhile

METHODS = ("straight_line", "declining_balance")
MOST_PERIODS = 1_200
#: Wide enough for any amount times any share.
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


def amounts(
    *, method: str, cost: Decimal, salvage: Decimal, periods: int, decimals: int, rate: Decimal | None = None
) -> list[Decimal]:
    """What each period takes, in order, until the asset has reached its salvage value: at most ``periods`` amounts.

    ``rate`` is the share of a declining balance in a period, as a fraction. The amounts add up to cost less salvage,
    and each is above zero. None at all where the first period would take less than the smallest amount.
    """
    unit = Decimal(1).scaleb(-decimals)
    with localcontext(_WIDE):
        whole = cost - salvage
        if method == "straight_line":
            each = (whole / periods).quantize(unit)
            found = [min(each, max(whole - each * place, Decimal(0))) for place in range(periods)]
        else:
            share = Decimal(2) / periods if rate is None else rate
            found, worth = [], cost
            for _ in range(periods):
                loss = min((worth * share).quantize(unit), worth - salvage)
                found.append(loss)
                worth -= loss
        found = list(takewhile(bool, found))
        if found:
            found[-1] = whole - sum(found[:-1], Decimal(0))
        return [each.quantize(unit) for each in found]
