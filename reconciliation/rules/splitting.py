"""Dividing the amount of a line among accounts, to the last unit. Pure: no database, no Django.

Fixed amounts are taken first; percentages and the rest share what is left, by largest
remainder (``organizations.money.allocate``), so that nothing is lost and nothing invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from organizations.money import add_up, allocate, exact

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Part:
    """A share for one account: a fixed amount, a percentage of what the fixed ones leave, or all the rest.

    A fixed amount is positive and goes the way of the line: 5.00 of money out is 5.00 of it.
    """

    account_id: int
    percent: Decimal | None = None
    amount: Decimal | None = None
    rest: bool = False
    description: str = ""
    tax_ids: tuple[int, ...] = ()


class SplitError(ValueError):
    """A line that the splits cannot divide. ``code`` is stable, ``message`` explains."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


def missing_percent(parts: Sequence[Part]) -> Decimal:
    """What the percentages lack to a hundred; below zero where they are more."""
    return add_up([WHOLE, *(-part.percent for part in parts if part.percent is not None)])


def split(amount: Decimal, decimals: int, parts: Sequence[Part]) -> list[tuple[int, Decimal]]:
    """Account and amount for each part, in their order, signed as the line; together exactly ``amount``.

    A part of which nothing is left is zero. Raises SplitError with code split_of_nothing,
    split_too_precise, split_exceeds_line or split_does_not_add_up.
    """
    total = exact(amount, decimals).copy_abs()
    if not total:
        raise SplitError("split_of_nothing", "The line has no amount to divide.")
    fixed = [part.amount for part in parts if part.amount is not None]
    if any(-each.normalize().as_tuple().exponent > decimals for each in fixed):
        raise SplitError("split_too_precise", f"The currency has {decimals} decimals; a fixed amount has more.")
    taken = exact(add_up(fixed), decimals)
    if taken > total:
        raise SplitError("split_exceeds_line", f"The fixed amounts ({taken}) are more than the line ({total}).")
    left, lacking = add_up([total, -taken]), missing_percent(parts)
    sharing = [part for part in parts if part.amount is None]
    rests = sum(part.rest for part in sharing)
    if rests > 1 or lacking < 0 or (not rests and (lacking if sharing else left)):
        raise SplitError("split_does_not_add_up", "The splits do not add up to the line.")
    weights = [lacking if part.rest else part.percent for part in sharing]
    shares = iter(allocate(left, weights, decimals) if sharing else ())
    amounts = [next(shares) if part.amount is None else exact(part.amount, decimals) for part in parts]
    if add_up(amounts) != total:
        raise ArithmeticError("The parts of a line do not add up to it.")
    return [
        (part.account_id, each.copy_negate() if amount < 0 and each else each)
        for part, each in zip(parts, amounts, strict=True)
    ]
