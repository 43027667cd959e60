"""A part of a document: its lines and their taxes in proportion, to the last unit. Pure."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from organizations.money import add_up, exact


def shrunk(
    lines: Sequence[dict[str, Any]], total: Decimal, share: Decimal, decimals: int, uncharged: Collection[str]
) -> list[dict[str, Any]]:
    """The kept lines of a document of ``total``, made to add up to ``share``; each then counts once, at its net.

    ``uncharged`` are ids of taxes that are no part of the total (reverse charge). Net amounts and charged taxes are
    the growth of the shrunk running total, so none is off by more than a unit, and together they are the share.
    """
    ratio = Fraction(share) / Fraction(total)
    running, before = Fraction(0), Decimal(0)
    found = []

    def part(amount: Decimal) -> Decimal:
        nonlocal running, before
        running += Fraction(amount) * ratio
        now = _rounded(running, decimals)
        grown, before = add_up([now, -before]), now
        return grown

    for line in lines:
        net = part(Decimal(line["amount"]))
        taxes = []
        for tax in line["taxes"]:
            amount = Decimal(tax["amount"])
            less = _rounded(Fraction(amount) * ratio, decimals) if tax["tax_id"] in uncharged else part(amount)
            base = _rounded(Fraction(Decimal(tax["base"])) * ratio, decimals)
            taxes.append({"tax_id": tax["tax_id"], "base": str(base), "amount": str(less)})
        charged = add_up(Decimal(tax["amount"]) for tax in taxes if tax["tax_id"] not in uncharged)
        found.append(
            line
            | {"quantity": "1", "unit_price": str(net), "discount_percent": "0", "amount": str(net)}
            | {"tax_amount": str(exact(charged, decimals)), "taxes": taxes}
        )
    if before != share:
        raise ArithmeticError("The parts of a credit do not add up to it.")
    return found


def _rounded(amount: Fraction, decimals: int) -> Decimal:
    """Half a unit away from zero, as everywhere."""
    units = abs(amount) * 10**decimals + Fraction(1, 2)
    sign = -1 if amount < 0 else 1
    return exact(Decimal(sign * units.__floor__()).scaleb(-decimals), decimals)
