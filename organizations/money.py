"""Amounts of money: read exactly, rounded in one place, never a binary fraction.

An amount is a ``Decimal`` with exactly as many decimals as its currency has minor units
(ISO 4217: USD 2, JPY 0, BHD 3). ``float`` is refused at the door: 0.1 has no binary
form, and a ledger that is off by a cent is wrong. Rounding happens only in ``at_rate``
and ``allocate``; everything else keeps each digit or refuses.

Python's own decimal context rounds every result to 28 digits in silence, fewer than a
sum of large amounts may need. All arithmetic here runs in wider contexts instead.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction
from functools import lru_cache, reduce

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

WHOLE_DIGITS = 19  # before the decimal point; the columns are numeric(28,8)
RATE_DIGITS = 12  # significant digits of a rate, and also the most on either side of its point

_WIDE = Context(prec=100, rounding=ROUND_HALF_UP, traps=[InvalidOperation])
_EXACT = Context(prec=100, traps=[InvalidOperation, Inexact])
_UNITS = tuple(Decimal(1).scaleb(-decimals) for decimals in range(13))  # 1, 0.1, 0.01 …
_WRITTEN = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


class MoneyError(ValueError):
    """A number that cannot stand for money here. ``code`` is stable, ``message`` explains."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


class InexactAmount(ArithmeticError):
    """A stored amount has more decimals than its currency: a fault of ours, not of the client's."""


def read_amount(
    value: int | str | Decimal, *, decimals: int, allow_zero: bool = False, signed: bool = False
) -> Decimal:
    """An amount as a client wrote it, with exactly ``decimals`` decimals.

    Plain ASCII digits and at most one point: no exponent, no ``1_000``, no spaces, no
    digits of other scripts. ``100`` and ``100.0`` are fine for dollars; ``100.000`` is
    not, because it claims a precision the currency lacks. Positive unless told otherwise.

    Raises MoneyError with code amount_not_a_number, amount_too_large,
    amount_too_precise, amount_not_positive, amount_negative or amount_zero.
    """
    number = _plain_number(value, "amount", signed=signed)
    if number.adjusted() >= WHOLE_DIGITS:
        raise MoneyError("amount_too_large", f"The amount has more than {WHOLE_DIGITS} digits before the point.")
    if -number.as_tuple().exponent > decimals:
        raise MoneyError("amount_too_precise", f"The currency has {decimals} decimals; the amount has more.")
    if number < 0 and not signed:
        if allow_zero:
            raise MoneyError("amount_negative", "The amount must not be negative.")
        raise MoneyError("amount_not_positive", "The amount must be greater than zero.")
    if number == 0 and not allow_zero:
        if signed:
            raise MoneyError("amount_zero", "The amount must not be zero.")
        raise MoneyError("amount_not_positive", "The amount must be greater than zero.")
    return exact(number, decimals)


def read_rate(value: int | str | Decimal) -> Decimal:
    """An exchange rate: how much one unit of the entry's currency is in base currency.

    Above zero, at most 12 significant digits, and at most 12 digits on either side of
    the point. Raises MoneyError with code rate_not_a_number, rate_not_positive,
    rate_too_large or rate_too_precise.
    """
    number = _plain_number(value, "rate")
    if number <= 0:
        raise MoneyError("rate_not_positive", "The rate must be greater than zero.")
    if number.adjusted() >= RATE_DIGITS:
        raise MoneyError("rate_too_large", f"The rate has more than {RATE_DIGITS} digits before the point.")
    _, digits, exponent = number.as_tuple()
    significant = len("".join(map(str, digits)).rstrip("0"))
    spare_zeros = len(digits) - significant
    if significant > RATE_DIGITS or -exponent - spare_zeros > RATE_DIGITS:
        raise MoneyError("rate_too_precise", f"The rate has more than {RATE_DIGITS} significant digits or decimals.")
    return exact(number, max(0, -exponent - spare_zeros))


def _plain_number(value: object, noun: str, *, signed: bool = False) -> Decimal:
    """The value as a finite Decimal without an exponent; MoneyError where it is anything else."""
    plain = False
    if isinstance(value, str):
        plain = _WRITTEN.fullmatch(value) and (signed or value[0] != "+")
    elif isinstance(value, int):
        plain = not isinstance(value, bool)
    elif isinstance(value, Decimal):
        plain = value.is_finite() and value.as_tuple().exponent <= 0
    if not plain:
        raise MoneyError(f"{noun}_not_a_number", f"The {noun} must be a plain decimal number such as 1234.5.")
    return Decimal(value)


def exact(amount: Decimal, decimals: int) -> Decimal:
    """The same amount with exactly ``decimals`` decimals: a stored numeric(28,8) made ready for the wire.

    Raises InexactAmount if that would lose anything.
    """
    try:
        result = _EXACT.quantize(amount, _UNITS[decimals])
    except (Inexact, InvalidOperation):
        raise InexactAmount(f"{amount} does not fit {decimals} decimals.") from None
    if not result.is_finite():
        raise InexactAmount(f"{amount} is not an amount.")
    return result if result else abs(result)  # zero has no sign


def add_up(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, exact for any number of amounts of any size the ledger can hold."""
    return reduce(_EXACT.add, amounts, Decimal(0))


def plain_rate(rate: Decimal) -> Decimal:
    """A rate without the zeros that its column adds, and without an exponent: ``1.1``, ``1``, ``100``."""
    short = rate.normalize()
    return short.quantize(Decimal(1)) if short.as_tuple().exponent > 0 else short


@contextmanager
def wide() -> Iterator[None]:
    """Arithmetic on amounts of any size: what reports add up may have more digits than Python keeps by itself.

    ``with wide():``, or ``@wide()`` above a function.
    """
    with localcontext(prec=_WIDE.prec):
        yield


def at_rate(amount: Decimal, rate: Decimal, decimals: int) -> Decimal:
    """The amount in another currency: amount × rate, half a unit rounded away from zero.

    Rounds once, from the exact product, like ``round(numeric)`` of PostgreSQL. It is for reports: what is posted
    has bounds, which ``to_base`` keeps.
    """
    product = _EXACT.multiply(amount, rate)
    found = product.quantize(_UNITS[decimals], rounding=ROUND_HALF_UP, context=_WIDE)
    return found if found else abs(found)


def to_base(amount: Decimal, rate: Decimal, decimals: int) -> Decimal:
    """The amount in base currency, as ``at_rate`` says.

    Raises MoneyError amount_too_large if it has more digits than an amount may have.
    """
    base = at_rate(amount, rate, decimals)
    if base.adjusted() >= WHOLE_DIGITS:
        raise MoneyError("amount_too_large", "The amount in base currency has too many digits before the point.")
    return base


def allocate(total: Decimal, weights: Sequence[int | Decimal], decimals: int) -> list[Decimal]:
    """Split an amount in proportion to weights so that the parts add up to it exactly.

    The largest remainder method: every part is first rounded towards zero to the
    currency's unit; the units left over go, one each, to the parts that lost most, the
    earlier one first among equals. Every part is thus within one unit of its ideal.

    Raises MoneyError weights_not_usable unless the weights are not negative and some are above zero.
    """
    usable = all(isinstance(weight, int) or (isinstance(weight, Decimal) and weight.is_finite()) for weight in weights)
    shares = [Fraction(weight) for weight in weights] if usable else []
    if not any(shares) or min(shares) < 0:
        raise MoneyError("weights_not_usable", "Weights must be exact, none negative and not all zero.")
    signed_units = int(exact(total, decimals).scaleb(decimals, context=_EXACT))
    units, sign = abs(signed_units), -1 if signed_units < 0 else 1
    whole = sum(shares)
    ideals = [units * share / whole for share in shares]
    parts = [ideal.numerator // ideal.denominator for ideal in ideals]
    most_lost = sorted(range(len(parts)), key=lambda place: parts[place] - ideals[place])
    for place in most_lost[: units - sum(parts)]:
        parts[place] += 1
    if sum(parts) != units or any(abs(part - ideal) >= 1 for part, ideal in zip(parts, ideals, strict=True)):
        raise ArithmeticError("The parts of a split do not add up to the whole.")
    return [exact(Decimal(sign * part).scaleb(-decimals, context=_EXACT), decimals) for part in parts]


def format_money(amount: Decimal, currency_code: str, decimals: int, symbol_locale: str = "en_US") -> str:
    """The amount for human eyes: ``$15,750.00``, ``-$15,750.00``, ``¥15,750``, ``BHD15,750.500``.

    Symbols and separators come from the locale, the number of decimals from ISO 4217:
    the two tables disagree on a dozen currencies (IQD has 3 decimals in ISO, 0 in CLDR),
    and money is counted by ISO. Raises InexactAmount rather than hide a digit.
    """
    pattern, locale = _pattern(symbol_locale, decimals)
    with localcontext(_WIDE):  # babel computes in the context it finds
        return pattern.apply(exact(amount, decimals), locale, currency=currency_code, currency_digits=False)


@lru_cache(maxsize=256)
def _pattern(symbol_locale: str, decimals: int) -> tuple[NumberPattern, Locale]:
    locale = Locale.parse(symbol_locale)
    fraction = "." + "0" * decimals if decimals else ""
    pattern = re.sub(r"0(?:\.0+)?", "0" + fraction, locale.currency_formats["standard"].pattern)
    return parse_pattern(pattern), locale
