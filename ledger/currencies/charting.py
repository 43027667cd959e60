"""A line chart of rates as points for SVG. Pure; no library draws it, and nothing is loaded from elsewhere."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from organizations.money import plain_rate

WIDTH, HEIGHT, MARGIN = 720, 200, 8


@dataclass(frozen=True, slots=True)
class Chart:
    """``points`` of a polyline within ``WIDTH`` × ``HEIGHT``, and what stands at its edges."""

    points: str
    low: str
    high: str
    first: datetime.date
    last: datetime.date
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(rates: Sequence[tuple[datetime.date, Decimal]]) -> Chart | None:
    """The chart of rates by day, earliest first; None where there is no line to draw."""
    if len(rates) < 2:
        return None
    first, last = rates[0][0], rates[-1][0]
    lowest, highest = min(rate for _, rate in rates), max(rate for _, rate in rates)
    days, span = (last - first).days or 1, highest - lowest
    tall, broad = HEIGHT - 2 * MARGIN, WIDTH - 2 * MARGIN
    points = []
    for day, rate in rates:
        right = MARGIN + broad * (day - first).days // days
        up = int(tall * (rate - lowest) / span) if span else tall // 2
        points.append(f"{right},{HEIGHT - MARGIN - up}")
    return Chart(" ".join(points), f"{plain_rate(lowest):f}", f"{plain_rate(highest):f}", first, last)
