"""How much an asset loses in each period. Pure.

Straight line: the same each period, to the cent; the last one takes what rounding left. Declining balance: a share of
what the asset is still worth (by default twice the straight-line share, IRC 168(b)(1)), never below the salvage value;
the last period takes the rest.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

METHODS = ("straight_line", "declining_balance")
MOST_PERIODS = 1_200
#: Wide enough for any amount times any share.
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


def amounts(
    *, method: str, cost: Decimal, salvage: Decimal, periods: int, decimals: int, rate: Decimal | None = None
) -> list[Decimal]:
    """What each period takes, in order; periods after the asset has reached its salvage value take nothing.

    ``rate`` is the share of a declining balance in a period, as a fraction. The amounts add up to cost less salvage.
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
        found[-1] = (whole - sum(found[:-1], Decimal(0))).quantize(unit)
        return [each.quantize(unit) for each in found]
