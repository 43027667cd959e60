"""Whose part of a result is how large, by day.

A percentage is of the whole; what percentages leave is shared by units. Where nobody has units it is nobody's.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from organizations.money import add_up, allocate
from reports.investors.models import Holding
from reports.periods import ONE_DAY, Period

WHOLE = Decimal(100)
NOBODY = 0
#: A percentage that comes of units is kept to so many decimals where it is shown.
FINEST = Decimal("0.000001")


def standing(holdings: Sequence[Holding], day: datetime.date) -> dict[int, Holding]:
    """What every investor has at the end of a day."""
    found: dict[int, Holding] = {}
    for row in sorted(holdings, key=lambda row: row.effective_date):
        if row.effective_date <= day:
            found[row.investor_id] = row
    return found


def weights(holdings: Sequence[Holding], day: datetime.date) -> dict[int, Decimal]:
    """Everybody's part of a hundred; what is nobody's stands under ``NOBODY``. Exact as far as units divide."""
    rows = standing(holdings, day)
    fixed = {number: row.percentage for number, row in rows.items() if row.percentage}
    units = {number: row.units for number, row in rows.items() if row.units}
    left, whole = WHOLE - add_up(fixed.values()), add_up(units.values())
    shared = {number: left * each / whole for number, each in units.items()}
    return {**fixed, **shared, **({} if units else {NOBODY: left})}


def percentage(holdings: Sequence[Holding], investor_id: int, day: datetime.date) -> Decimal:
    """An investor's part in percent, for reading."""
    return weights(holdings, day).get(investor_id, Decimal(0)).quantize(FINEST).normalize() + 0


def stretches(holdings: Sequence[Holding], first: datetime.date, last: datetime.date) -> list[Period]:
    """The period, cut where somebody's part changes."""
    cuts = sorted({row.effective_date for row in holdings if first < row.effective_date <= last})
    starts = [first, *cuts]
    return [Period(start, end) for start, end in zip(starts, [*(cut - ONE_DAY for cut in cuts), last], strict=True)]


def share_out(amount: Decimal, holdings: Sequence[Holding], day: datetime.date, decimals: int) -> dict[int, Decimal]:
    """The amount by investor, to the cent; ``NOBODY`` has what is nobody's."""
    parts = weights(holdings, day)
    if not any(parts.values()):
        return {NOBODY: amount}
    numbers = sorted(parts, key=lambda number: (number == NOBODY, number))
    return dict(zip(numbers, allocate(amount, [parts[number] for number in numbers], decimals), strict=True))
