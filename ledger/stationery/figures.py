"""How documents write dates, numbers and money, by locale. Pure: no Django.

Separators and order come from CLDR, the number of decimals from ISO 4217: CLDR's own differs in a dozen currencies.
"""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern, parse_pattern

from ledger.stationery.wordings import LANGUAGES
from organizations.money import exact, format_money

FALLBACK = "en_US"
_WRITTEN = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z]{4})?(_([A-Za-z]{2}|[0-9]{3}))?")


def is_locale(text: str) -> bool:
    """Whether CLDR knows a locale such as ``en_US`` or ``de``."""
    if not _WRITTEN.fullmatch(text):
        return False
    try:
        Locale.parse(text)
    except (UnknownLocaleError, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _plain(locale: str, least: int, most: int) -> NumberPattern:
    pattern = Locale.parse(locale).decimal_formats[None].pattern
    fraction = "." + "0" * least + "#" * (most - least) if most else ""
    return parse_pattern(re.sub(r"0(?:\.[0#]+)?", "0" + fraction, pattern, count=1))


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one document: a locale, and the currency with its decimals."""

    locale: str
    currency: str
    decimals: int

    def day(self, day: datetime.date) -> str:
        """``March 5, 2026``, ``5. März 2026``; in English where the words around it are."""
        known = Locale.parse(self.locale).language in LANGUAGES
        return format_date(day, "long", locale=self.locale if known else "en_GB")

    def money(self, amount: Decimal) -> str:
        """With the currency's sign: ``$1,250.50``, ``1.250,50 €``."""
        return format_money(amount, self.currency, self.decimals, self.locale)

    def amount(self, amount: Decimal) -> str:
        """Without the sign, in columns: ``1,250.50``."""
        return self._number(exact(amount, self.decimals), self.decimals)

    def price(self, price: Decimal) -> str:
        """A unit price, with more decimals than the currency where it has more."""
        return self._number(price, self.decimals)

    def number(self, number: Decimal) -> str:
        """A quantity, without zeros at its end."""
        return self._number(number, 0)

    def percent(self, rate: Decimal) -> str:
        """A percentage: ``8.25%``, ``19 %``."""
        sign = "\xa0%" if Locale.parse(self.locale).percent_formats[None].pattern.strip("%") != "#,##0" else "%"
        return f"{self.number(rate)}{sign}"

    def _number(self, number: Decimal, least: int) -> str:
        short = number.normalize()
        shown = max(least, -short.as_tuple().exponent, 0)
        return _plain(self.locale, shown, shown).apply(exact(number, shown), self.locale)
