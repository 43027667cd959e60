"""A document's amounts in base currency, without a cent lost. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from organizations.money import add_up, to_base


def in_base(parts: Sequence[Decimal], rate: Decimal, decimals: int) -> list[Decimal]:
    """The parts of a document at one rate: together they are the whole at that rate, to the unit.

    Each is the growth of the converted running total. So none is off by more than a unit, and nothing is left over
    for a rounding account.
    """
    found, running, before = [], Decimal(0), Decimal(0)
    for part in parts:
        running = add_up([running, part])
        now = to_base(running, rate, decimals)
        found.append(add_up([now, -before]))
        before = now
    return found
