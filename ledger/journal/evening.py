"""Base amounts of lines that share one currency and one rate, so that both sides agree. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from organizations.money import add_up, at_rate, exact

#: The least and the most that a line may have in base currency, both positive.
Bounds = tuple[Decimal, Decimal]


def evened(
    amounts: Sequence[Decimal], rate: Decimal, decimals: int, bounds: Sequence[Bounds] | None = None
) -> list[Decimal] | None:
    """Signed amounts that add up to nothing, in base currency, where they add up to nothing as well.

    Each side is its sum at the rate. It is shared by largest remainder: every line is rounded down, and the units
    left over go, one each, to the lines that lost most, the earlier one first among equals. So each line is within a
    unit of its own conversion. With ``bounds``, of each line, both sides are as near to that as these let them be;
    None where they let the sides agree on nothing.
    """
    ideals = [abs(Fraction(amount)) * Fraction(rate) * 10**decimals for amount in amounts]
    if bounds is None:
        between = [(ideal.numerator // ideal.denominator, -(-ideal.numerator // ideal.denominator)) for ideal in ideals]
    else:
        between = [(_units(least, decimals), _units(most, decimals)) for least, most in bounds]
    sides = [[place for place, amount in enumerate(amounts) if (amount > 0) == debit] for debit in (True, False)]
    least = max(sum(between[place][0] for place in side) for side in sides)
    most = min(sum(between[place][1] for place in side) for side in sides)
    if least > most:
        return None
    whole = at_rate(add_up(amounts[place] for place in sides[0]), rate, decimals)
    total = min(max(_units(whole, decimals), least), most)
    found = list(amounts)
    for side, sign in zip(sides, (1, -1), strict=True):
        parts = _shared(total, [ideals[place] for place in side], [between[place] for place in side])
        for place, part in zip(side, parts, strict=True):
            found[place] = exact(Decimal(sign * part).scaleb(-decimals), decimals)
    return found


def _units(amount: Decimal, decimals: int) -> int:
    return int(Fraction(amount) * 10**decimals)


def _shared(total: int, ideals: list[Fraction], between: list[tuple[int, int]]) -> list[int]:
    """Whole parts of the total, as near to their ideals as their bounds allow."""
    parts = [
        min(max(ideal.numerator // ideal.denominator, least), most)
        for ideal, (least, most) in zip(ideals, between, strict=True)
    ]
    while left := total - sum(parts):
        step = 1 if left > 0 else -1
        free = [place for place, part in enumerate(parts) if between[place][0] <= part + step <= between[place][1]]
        free.sort(key=lambda place: step * (parts[place] - ideals[place]))
        for place in free[: abs(left)]:
            parts[place] += step
    return parts
