"""The currencies of ISO 4217 that money can be counted in.

Codes, names and minor units come from the standard's own table (the ``iso4217``
library), symbols from CLDR (``babel``). CLDR has a notion of decimals too, made for
shop windows and wrong for books in a dozen currencies; it is not used.

Codes without a minor unit (gold XAU, special drawing rights XDR, "no currency" XXX …)
are left out: an amount in them has no smallest step, so a ledger cannot close on it.
"""

from typing import NamedTuple

from babel.numbers import get_currency_symbol
from iso4217 import Currency as Listed


class IsoCurrency(NamedTuple):
    """One row of the standard: ``("USD", "US Dollar", 2, "$")``."""

    code: str
    name: str
    decimals: int
    symbol: str


def symbol(code: str) -> str:
    """How an English reader writes the currency: ``$``, ``CA$``, ``€``; the code where there is no sign."""
    return get_currency_symbol(code, locale="en_US")


CURRENCIES = tuple(
    IsoCurrency(listed.code, listed.currency_name, listed.exponent, symbol(listed.code))
    for listed in sorted(Listed, key=lambda listed: listed.code)
    if listed.exponent is not None
)

_DECIMALS = {currency.code: currency.decimals for currency in CURRENCIES}


def decimals_of(code: str) -> int | None:
    """The minor unit of a currency: 2 for USD, 0 for JPY, 3 for BHD; None for a code that is not listed."""
    return _DECIMALS.get(code)
