"""What a document's lines come to with their taxes. Pure, and exact to the unit.

A line's amount is quantity × price less its discount, rounded once, half a unit away from zero. From there:

* An exclusive tax is counted on the net amount and charged on top; a compound one on the net amount and the taxes
  before it (Canada's QST until 2013 was counted on the GST).
* An inclusive tax is contained in the price: the net amount is what is left when it is taken out
  (EU VAT of 20 % in 1.20 is 0.20: amount × rate / (100 + rate)). Where a line has both kinds, the exclusive ones
  are counted on what is left; an inclusive compound one is counted on the inclusive ones before it.
* A tax under reverse charge is worked out, because the buyer owes it, and not charged: nor is it part of a price.
* A zero-rated or exempt line has its base and no tax.
* ``rounding="line"`` rounds each tax on each line. ``rounding="document"`` adds the bases of a tax up, rounds once,
  and shares the result among the lines by largest remainder. Both are lawful in most places, and both add up here:
  the lines to the document, and subtotal and tax to the total (Directive 2006/112/EC leaves rounding to the states,
  CJEU C-484/06 Ahold).

Inside, amounts are whole numbers of the currency's smallest unit and rates are ratios, so nothing is ever rounded
except where it says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from math import lcm

from organizations.money import add_up

ROUNDINGS = ("line", "document")
UNTAXED = ("zero_rated", "exempt")
ZERO, HUNDRED = Decimal(0), Decimal(100)
_WIDE = Context(prec=200, rounding=ROUND_HALF_UP, traps=[InvalidOperation])
_EXACT = Context(prec=200, traps=[InvalidOperation, Inexact])


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax as the arithmetic sees it; ``rate`` is in percent."""

    tax_id: int
    name: str
    rate: Decimal
    is_compound: bool = False
    is_inclusive: bool = False
    treatment: str = "standard"

    @property
    def charged(self) -> bool:
        """Whether the tax is part of what is to be paid."""
        return self.treatment != "reverse_charge"

    @property
    def contained(self) -> bool:
        """Whether the tax is part of the price."""
        return self.is_inclusive and self.treatment != "reverse_charge"


@dataclass(frozen=True, slots=True)
class TaxableLine:
    """A line before tax. The price may be negative; the discount is in percent."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    taxes: tuple[TaxRate, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line with its taxes: each with its base and its amount. ``tax`` is what is charged on top of ``net``."""

    net: Decimal
    taxes: tuple[tuple[TaxRate, Decimal, Decimal], ...]

    @property
    def tax(self) -> Decimal:
        return add_up(amount for rate, _, amount in self.taxes if rate.charged)

    @property
    def gross(self) -> Decimal:
        return add_up([self.net, self.tax])


@dataclass(frozen=True, slots=True)
class TaxedDocument:
    """``total`` is ``subtotal`` plus ``tax_amount``, and each is the sum of the lines."""

    lines: list[TaxedLine]
    subtotal: Decimal
    tax_amount: Decimal
    total: Decimal


class _Sheet:
    """A line in whole units while it is worked out. ``places`` count its taxes in their order."""

    __slots__ = ("net", "price", "rates", "taxes")

    def __init__(self, price: int, rates: tuple[TaxRate, ...]):
        self.price = self.net = price
        self.rates = rates
        self.taxes = [0] * len(rates)

    def base(self, place: int) -> int:
        """What a tax is counted on. Nothing that is charged on top is part of a price."""
        rate = self.rates[place]
        if not rate.is_compound:
            return self.net
        before = zip(self.rates[:place], self.taxes, strict=False)
        return self.net + sum(tax for other, tax in before if other.contained or not rate.contained)

    def take_out(self) -> None:
        """The net amount is what the inclusive taxes leave of the price."""
        self.net = self.price - sum(tax for rate, tax in zip(self.rates, self.taxes, strict=True) if rate.contained)

    def charged(self) -> int:
        return sum(tax for rate, tax in zip(self.rates, self.taxes, strict=True) if rate.charged)


def tax_document(lines: Sequence[TaxableLine], *, decimals: int, rounding: str) -> TaxedDocument:
    """Work out the lines of a document in a currency of ``decimals``.

    Raises ArithmeticError if the lines did not add up to the document, which would be a fault of this module.
    """
    if rounding not in ROUNDINGS:
        raise ValueError(f"Rounding is one of {', '.join(ROUNDINGS)}.")
    unit = Decimal(1).scaleb(-decimals)
    sheets = [_Sheet(_units(line, unit, decimals), line.taxes) for line in lines]
    if rounding == "document":
        _tax_together(sheets)
    else:
        for sheet in sheets:
            if sheet.rates:
                _tax_alone(sheet)
    subtotal, charged = sum(sheet.net for sheet in sheets), sum(sheet.charged() for sheet in sheets)
    on_top = sum(
        tax
        for sheet in sheets
        for rate, tax in zip(sheet.rates, sheet.taxes, strict=True)
        if rate.charged and not rate.contained
    )
    if subtotal + charged != sum(sheet.price for sheet in sheets) + on_top:
        raise ArithmeticError("The lines do not add up to the document.")
    return TaxedDocument(
        [_written(sheet, decimals) for sheet in sheets],
        _amount(subtotal, decimals),
        _amount(charged, decimals),
        _amount(subtotal + charged, decimals),
    )


def _units(line: TaxableLine, unit: Decimal, decimals: int) -> int:
    product = _EXACT.multiply(line.quantity, line.unit_price)
    if line.discount_percent:
        kept = _EXACT.subtract(HUNDRED, line.discount_percent)
        product = _EXACT.scaleb(_EXACT.multiply(product, kept), -2)
    return int(_EXACT.scaleb(_WIDE.quantize(product, unit), decimals))


def _amount(units: int, decimals: int) -> Decimal:
    return _EXACT.scaleb(Decimal(units), -decimals)


def _written(sheet: _Sheet, decimals: int) -> TaxedLine:
    taxes = tuple(
        (rate, _amount(sheet.base(place), decimals), _amount(sheet.taxes[place], decimals))
        for place, rate in enumerate(sheet.rates)
    )
    return TaxedLine(_amount(sheet.net, decimals), taxes)


@lru_cache(maxsize=1024)
def _ratio(rate: TaxRate) -> tuple[int, int]:
    """What the tax is of its base."""
    if rate.treatment in UNTAXED:
        return 0, 1
    above, below = rate.rate.as_integer_ratio()
    return above, below * 100


def _nearest(above: int, below: int) -> int:
    """The whole number next to above / below; a half goes away from zero."""
    found = (2 * abs(above) + below) // (2 * below)
    return -found if above < 0 else found


@lru_cache(maxsize=1024)
def _shares(rates: tuple[TaxRate, ...]) -> tuple[Fraction, ...]:
    """What each inclusive tax is of the price; nothing for the others."""
    found: list[Fraction] = []
    for rate in rates:
        share = Fraction(*_ratio(rate)) if rate.contained else Fraction(0)
        found.append(share * (1 + sum(found)) if rate.is_compound else share)
    whole = 1 + sum(found)
    return tuple(share / whole for share in found)


def _tax_alone(sheet: _Sheet) -> None:
    """Round each tax of the line."""
    if any(rate.contained for rate in sheet.rates):
        for place, share in enumerate(_shares(sheet.rates)):
            sheet.taxes[place] = _nearest(sheet.price * share.numerator, share.denominator)
        sheet.take_out()
    for place, rate in enumerate(sheet.rates):
        if not rate.contained:
            above, below = _ratio(rate)
            sheet.taxes[place] = _nearest(sheet.base(place) * above, below)


def _tax_together(sheets: Sequence[_Sheet]) -> None:
    """Give each tax the amount that the sum of its bases comes to, shared among its lines.

    What others are counted on comes first: inclusive taxes, then simple ones, then compound ones.
    """
    groups: dict[TaxRate, list[tuple[_Sheet, int]]] = {}
    for sheet in sheets:
        for place, rate in enumerate(sheet.rates):
            groups.setdefault(rate, []).append((sheet, place))
    for rate, found in groups.items():
        if rate.contained:
            shares = [_shares(sheet.rates)[place] for sheet, place in found]
            below = lcm(*{share.denominator for share in shares})
            ideals = [
                sheet.price * share.numerator * (below // share.denominator)
                for (sheet, _), share in zip(found, shares, strict=True)
            ]
            _share_out(found, ideals, below)
    for sheet in sheets:
        sheet.take_out()
    for rate, found in sorted(groups.items(), key=lambda group: group[0].is_compound):
        if not rate.contained:
            above, below = _ratio(rate)
            _share_out(found, [sheet.base(place) * above for sheet, place in found], below)


def _share_out(found: Sequence[tuple[_Sheet, int]], ideals: Sequence[int], below: int) -> None:
    """Round the sum of the ideals (each over ``below``) once; each line gets its own, up or down by less than a unit.

    Largest remainder, also where some lines are negative: each is rounded down, and the units left over go to
    those that lost most, the earlier one first among equals.
    """
    wanted = _nearest(sum(ideals), below)
    parts = [divmod(ideal, below) for ideal in ideals]
    left = wanted - sum(whole for whole, _ in parts)
    up = set(sorted(range(len(parts)), key=lambda each: -parts[each][1])[:left]) if left else ()
    if not 0 <= left <= len(parts) or any(not parts[each][1] for each in up):
        raise ArithmeticError("The parts of a tax do not add up to the whole.")
    for each, (sheet, place) in enumerate(found):
        sheet.taxes[place] = parts[each][0] + (each in up)
