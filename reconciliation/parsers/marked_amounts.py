"""Amounts with a mark beside them: digits and at most one point, while a letter or word says debit or credit."""

import re
from decimal import Decimal

from organizations.currencies.iso import decimals_of
from organizations.money import WHOLE_DIGITS, MoneyError, read_amount

MOST_DECIMALS = 8  # the columns are numeric(28,8)

_WRITTEN = re.compile(r"([0-9]{0,99})(?:\.([0-9]{0,99}))?")


def read_marked(written: str, currency: str, sign: int) -> Decimal:
    """The amount in the decimals of its currency: ``18.150`` is 18.15 EUR, ``9.`` is 9.00 EUR, ``007`` is 7 JPY.

    Banks fill up with zeros on both sides, so zeros that say nothing are dropped; a digit is
    not: 18.155 EUR is refused. An amount in a currency that ISO 4217 does not list (the mark,
    DEM) keeps the decimals that it is written with. ``sign`` is what the mark means, 1 or -1.

    Raises MoneyError with code amount_unreadable, amount_out_of_range or amount_too_precise.
    """
    match = _WRITTEN.fullmatch(written)
    if not match or not (match[1] or match[2]):
        raise MoneyError("amount_unreadable", f"{written[:40]!r} is not an amount.")
    whole, fraction = match[1].lstrip("0") or "0", match[2] or ""
    if len(whole) > WHOLE_DIGITS:
        raise MoneyError("amount_out_of_range", f"The amount has more than {WHOLE_DIGITS} digits before the point.")
    decimals = decimals_of(currency)
    if decimals is None:
        decimals = min(len(fraction), MOST_DECIMALS)
    fraction = fraction.rstrip("0")
    amount = read_amount(f"{whole}.{fraction}" if fraction else whole, decimals=decimals, allow_zero=True)
    return amount.copy_negate() if sign < 0 and amount else amount  # zero has no sign
