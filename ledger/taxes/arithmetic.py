"""What a document's lines come to with their taxes. Pure, and exact to the unit.

A line's amount is quantity × price less its discount, rounded once, half a unit away from zero. From there:

* An exclusive tax is counted on the net amount and charged on top; a compound one on the net amount and the taxes
  before it (Canada's QST until 2013 was counted on the GST).
* An inclusive tax is contained in the price: the net amount is what is left when it is taken out
  (EU VAT of 20 % in 1.20 is 0.20: amount × rate / (100 + rate)).
* A tax under reverse charge is worked out, because the buyer owes it, and not charged.
* ``rounding="line"`` rounds each tax on each line. ``rounding="document"`` adds the bases of a tax up, rounds once,
  and shares the result among the lines by largest remainder. Both are lawful in most places, and both add up here:
  the lines to the document, and subtotal and tax to the total (Directive 2006/112/EC leaves rounding to the states,
  CJEU C-484/06 Ahold).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import lcm

from organizations.money import add_up, allocate, exact

ROUNDINGS = ("line", "document")
ZERO, HUNDRED = Decimal(0), Decimal(100)
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)


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


@dataclass(frozen=True, slots=True)
class TaxableLine:
    """A line before tax. The price may be negative; the discount is in percent."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    taxes: tuple[TaxRate, ...] = ()


@dataclass(slots=True)
class TaxedLine:
    """A line with its taxes: each with its base and its amount. ``tax`` is what is charged on top of ``net``."""

    net: Decimal
    taxes: list[tuple[TaxRate, Decimal, Decimal]]

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


def tax_document(lines: Sequence[TaxableLine], *, decimals: int, rounding: str) -> TaxedDocument:
    """Work out the lines of a document in a currency of ``decimals``.

    Raises ArithmeticError if the lines did not add up to the document, which would be a fault of this module.
    """
    if rounding not in ROUNDINGS:
        raise ValueError(f"Rounding is one of {', '.join(ROUNDINGS)}.")
    unit = Decimal(1).scaleb(-decimals)
    amounts = [_amount(line, unit) for line in lines]
    taxed = [_tax_line(amount, line.taxes, unit) for amount, line in zip(amounts, lines, strict=True)]
    if rounding == "document":
        _round_by_document(taxed, decimals)
        for line, amount in zip(taxed, amounts, strict=True):
            _take_inclusive_out(line, amount)
    subtotal = exact(add_up(line.net for line in taxed), decimals)
    tax_amount = exact(add_up(line.tax for line in taxed), decimals)
    for line, amount in zip(taxed, amounts, strict=True):
        contained = add_up(tax for rate, _, tax in line.taxes if rate.is_inclusive)
        if add_up([line.net, contained]) != amount:
            raise ArithmeticError("A line does not add up to its price.")
    return TaxedDocument(taxed, subtotal, tax_amount, add_up([subtotal, tax_amount]))


def _amount(line: TaxableLine, unit: Decimal) -> Decimal:
    product = _WIDE.multiply(line.quantity, line.unit_price)
    if line.discount_percent:
        product = _WIDE.multiply(product, _WIDE.divide(_WIDE.subtract(HUNDRED, line.discount_percent), HUNDRED))
    return _rounded(product, unit)


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    found = _WIDE.quantize(amount, unit)
    return found if found else abs(found)


def _tax_line(amount: Decimal, taxes: tuple[TaxRate, ...], unit: Decimal) -> TaxedLine:
    contained = [rate for rate in taxes if rate.is_inclusive]
    net = amount
    found: dict[int, tuple[TaxRate, Decimal, Decimal]] = {}
    if contained:
        exact_net = Fraction(amount) / (1 + sum(_factors(contained)))
        for rate, factor in zip(contained, _factors(contained), strict=True):
            tax = _from_fraction(exact_net * factor, unit)
            found[rate.tax_id] = (rate, ZERO, tax)
            net = add_up([net, -tax])
    before = ZERO  # taxes that a compound tax is counted on
    for rate in taxes:
        base = add_up([net, before]) if rate.is_compound else net
        if rate.is_inclusive:
            tax = found[rate.tax_id][2]
        else:
            tax = _rounded(_WIDE.divide(_WIDE.multiply(base, rate.rate), HUNDRED), unit)
        found[rate.tax_id] = (rate, base, tax)
        before = add_up([before, tax])
    return TaxedLine(net, [found[rate.tax_id] for rate in taxes])


def _factors(rates: Sequence[TaxRate]) -> list[Fraction]:
    """What each inclusive tax is of the net amount; a compound one is counted on those before it."""
    found: list[Fraction] = []
    for rate in rates:
        share = Fraction(rate.rate) / 100
        found.append(share * (1 + sum(found)) if rate.is_compound else share)
    return found


def _from_fraction(amount: Fraction, unit: Decimal) -> Decimal:
    units = abs(amount) / Fraction(unit)
    whole = (units + Fraction(1, 2)).__floor__()
    return _WIDE.multiply(Decimal(whole if amount >= 0 else -whole), unit)


def _round_by_document(lines: Sequence[TaxedLine], decimals: int) -> None:
    """Give each tax the amount that the sum of its lines comes to, shared among them.

    Positive and negative lines are shared apart: largest remainder knows no negative weights.
    """
    places: dict[int, list[tuple[TaxedLine, int]]] = {}
    for line in lines:
        for place, (rate, _, _) in enumerate(line.taxes):
            places.setdefault(rate.tax_id, []).append((line, place))
    for found in places.values():
        rate = found[0][0].taxes[found[0][1]][0]
        ideals = [_ideal(line, place) for line, place in found]
        wanted = _from_fraction(sum(ideals, Fraction(0)), Decimal(1).scaleb(-decimals))
        ups = [max(ideal, Fraction(0)) for ideal in ideals]
        downs = [max(-ideal, Fraction(0)) for ideal in ideals]
        negative = _from_fraction(sum(downs, Fraction(0)), Decimal(1).scaleb(-decimals))
        shares = _shares(add_up([wanted, negative]), ups, decimals)
        less = _shares(negative, downs, decimals)
        for (line, place), up, down in zip(found, shares, less, strict=True):
            line.taxes[place] = (rate, line.taxes[place][1], add_up([up, -down]))


def _ideal(line: TaxedLine, place: int) -> Fraction:
    """What a tax would be on a line if nothing were rounded but the line's own amount."""
    rate, base, _ = line.taxes[place]
    if not rate.is_inclusive:
        return Fraction(base) * Fraction(rate.rate) / 100
    contained = [each for each, _, _ in line.taxes if each.is_inclusive]
    price = Fraction(add_up([line.net, *(tax for each, _, tax in line.taxes if each.is_inclusive)]))
    factors = dict(zip((each.tax_id for each in contained), _factors(contained), strict=True))
    return price / (1 + sum(factors.values())) * factors[rate.tax_id]


def _shares(total: Decimal, ideals: Sequence[Fraction], decimals: int) -> list[Decimal]:
    if not any(ideals):
        return [ZERO] * len(ideals)
    common = lcm(*(ideal.denominator for ideal in ideals))
    return allocate(total, [int(ideal * common) for ideal in ideals], decimals)


def _take_inclusive_out(line: TaxedLine, amount: Decimal) -> None:
    """After inclusive taxes were rounded by the document, the net amount is what they leave of the price."""
    contained = [tax for rate, _, tax in line.taxes if rate.is_inclusive]
    if not contained:
        return
    moved = add_up([amount, *(-tax for tax in contained), -line.net])
    line.net = add_up([line.net, moved])
    line.taxes = [(rate, add_up([base, moved]), tax) for rate, base, tax in line.taxes]
