"""Amounts as banks write them: signs, currencies, thousands; the decimal sign decided by the whole column.

Strict: ASCII figures only, no exponent, no ``1_000``. A sign stands before or after, or is a pair of parentheses, or
CR or DR, and never twice. Thousands are in groups of three (or as in India, 1,23,456), by the same sign each time.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

from organizations.currencies.iso import decimals_of
from organizations.money import WHOLE_DIGITS
from reconciliation.parsers.csv_words import currency_of
from reconciliation.parsers.items import Unreadable

DECIMALS = 8  # the columns are numeric(28,8)


class Unusable(Exception):
    """A cell, and so a row, that cannot be used: what becomes a ``Problem``."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


_SPACES = " \u00a0\u202f\u2009"
_APOSTROPHES = "'’"
_SIGN = r"[-+\u2212\u2013]"
_CURRENCY = (
    r"(?:[A-Za-z]{3}|[A-Z]{0,3}[$€£¥₹₽₺₩₪₴₦₫฿₱₲₡₸₼₾₿¢]|kr\.?|Kr\.?|Kč|zł|Ft|Rs\.?|S?Fr\.?|TL|RM|Rp\.?|руб\.?|р\.|лв\.?"
    r"|元|円|원|KM)"
)
_MARK = r"(?:CR|DR|DB|[CDHS])\.?"
_LONGEST = 60


def _number(decimal: str) -> str:
    """The pattern of the bare figures; ``group`` is the sign of the thousands."""
    other = "," if decimal == "." else "."
    grouped = rf"[0-9]{{1,3}}(?P<group>[{other}{_APOSTROPHES}{_SPACES}])(?:[0-9]{{3}}(?P=group))*[0-9]{{3}}"
    indian = r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}" if decimal == "." else ""
    point = re.escape(decimal)
    return rf"(?P<number>(?:{grouped}{indian}|[0-9]+)(?:{point}[0-9]+)?|{point}[0-9]+)"


def _pattern(decimal: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<open>\()?\s?(?P<sign1>{_SIGN})?\s?(?P<currency1>{_CURRENCY})?\s?(?P<sign2>{_SIGN})?\s?{_number(decimal)}"
        rf"\s?(?P<sign3>{_SIGN})?\s?(?P<currency2>{_CURRENCY})??\s?(?P<sign4>{_SIGN})?\s?(?P<mark>{_MARK})?\s?(?P<close>\))?",
        re.IGNORECASE,
    )


_PATTERNS = {decimal: _pattern(decimal) for decimal in ".,"}
_PLAIN = {
    ".": re.compile(rf"[-+]?[0-9]{{1,{WHOLE_DIGITS}}}(?:\.[0-9]{{1,{DECIMALS}}})?"),
    ",": re.compile(rf"[-+]?[0-9]{{1,{WHOLE_DIGITS}}}(?:,[0-9]{{1,{DECIMALS}}})?"),
}
_CORE = re.compile(rf"(?:[.,](?=[0-9])|[0-9])[0-9.,{_APOSTROPHES}{_SPACES}]*")
_BARE = {".": str.maketrans("", "", ",$€£"), ",": str.maketrans(",", ".", ".$€£")}
_BLANK = frozenset(("", "-", "--", "\u2013", "\u2014"))


def amount_reader(decimal: str, currency: str = "") -> Callable[[str], Decimal]:
    """What turns the cells of a column into amounts, for a decimal sign and, where it is known, a currency.

    It raises Unusable with code amount_missing, amount_unreadable, amount_out_of_range or other_currency.
    """
    is_plain, is_usual = _PLAIN[decimal].fullmatch, _usual(decimal, currency).fullmatch
    comma, bare = decimal == ",", _BARE[decimal]

    def read(cell: str) -> Decimal:
        if is_plain(cell):
            amount = Decimal(cell.replace(",", ".") if comma else cell)
        elif is_usual(cell):
            amount = Decimal(cell.translate(bare))
        else:
            return _read_dressed(cell, decimal, currency)
        return amount or amount.copy_abs()

    return read


def _usual(decimal: str, currency: str) -> re.Pattern[str]:
    """-$1,234.56 and the like: what is left when signs of currency and thousands are taken away is a number."""
    thousands = re.escape("," if decimal == "." else ".")
    signs = {"": "[$€£]", "EUR": "[$€]", "GBP": "[$£]"}.get(currency, r"\$")
    whole = rf"(?:[0-9]{{1,3}}(?:{thousands}[0-9]{{3}}){{1,5}}|[0-9]{{1,{WHOLE_DIGITS}}})"
    return re.compile(rf"(?:[-+]?{signs}?|{signs}[-+]){whole}(?:{re.escape(decimal)}[0-9]{{1,{DECIMALS}}})?")


def is_blank(cell: str) -> bool:
    """Whether a cell holds no amount at all, as the empty side of debit and credit does."""
    return cell.strip() in _BLANK


def _read_dressed(cell: str, decimal: str, currency: str) -> Decimal:
    """An amount with anything around it."""
    text = cell.strip()
    if text in _BLANK:
        raise Unusable("amount_missing", "The row has no amount.")
    match = _match(text, decimal) if len(text) <= _LONGEST else None
    if match is None:
        raise Unusable("amount_unreadable", f"{text[:40]!r} is no amount with the decimal sign {decimal!r}.")
    stated = currency_of(match["currency1"] or match["currency2"] or "")
    if stated and currency and stated != currency:
        raise Unusable("other_currency", f"The amount is in {stated}, the account in {currency}.")
    figures = match["number"]
    if match["group"]:
        figures = figures.replace(match["group"], "")
    figures = figures.replace(",", ".") if decimal == "," else figures.replace(",", "")
    whole, _, fraction = figures.partition(".")
    if len(whole.lstrip("0")) > WHOLE_DIGITS or len(fraction.rstrip("0")) > DECIMALS:
        message = f"An amount has at most {WHOLE_DIGITS} figures before the decimal sign and {DECIMALS} after it."
        raise Unusable("amount_out_of_range", message)
    amount = Decimal(f"{whole or '0'}.{fraction[:DECIMALS]}" if fraction else whole)
    return amount.copy_negate() if amount and _is_negative(match) else amount


@lru_cache(maxsize=4096)
def _match(text: str, decimal: str) -> re.Match[str] | None:
    """The parts of an amount; None where it is none, or its sign is written twice."""
    match = _PATTERNS[decimal].fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]) or (match["currency1"] and match["currency2"]):
        return None
    signs = [match[name] for name in ("open", "sign1", "sign2", "sign3", "sign4", "mark") if match[name]]
    code = match["currency1"] or match["currency2"] or ""
    if len(signs) > 1 or (len(code) == 3 and code.isalpha() and code.isascii() and decimals_of(code.upper()) is None):
        return None
    return match


def _is_negative(match: re.Match[str]) -> bool:
    signs = {match[name] for name in ("sign1", "sign2", "sign3", "sign4")} - {None, "+"}
    return bool(match["open"] or signs) or (match["mark"] or "").upper().rstrip(".") in ("DR", "DB", "D", "S")


def is_amount(text: str) -> bool:
    """Whether a cell can be an amount, whatever the decimal sign."""
    text = text.strip()
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return False
    return _match(text, ".") is not None or _match(text, ",") is not None


class MoneyColumns:
    """Gathers what the cells of all columns of money say about the decimal sign."""

    def __init__(self) -> None:
        self._sure = {".": 0, ",": 0}  # cells in which this can only be the decimal sign
        self._unsure = {".": 0, ",": 0}  # 1,234: cells with this once, before three figures
        self._short = self._long = 0  # whole numbers of up to three figures, and of more

    def add(self, cells: Iterable[str]) -> None:
        for cell in cells:
            if match := _CORE.search(cell):
                self._add(match[0].rstrip(_SPACES + ".,"))

    def _add(self, core: str) -> None:
        points, commas = core.count("."), core.count(",")
        if not points and not commas:
            figures = sum(map(str.isdigit, core))
            if figures == len(core):
                self._short += figures <= 3
                self._long += figures > 3
        elif points and commas:
            last = max(".,", key=core.rfind)
            self._sure[last] += core.count(last) == 1
        else:
            sign, count = ("." if points else ","), points + commas
            if count > 1:
                self._sure["," if points else "."] += 1
                return
            before, _, after = core.partition(sign)
            if len(after) != 3 or before in ("", "0") or len(before) > 3:
                self._sure[sign] += 1
            else:
                self._unsure[sign] += 1

    @property
    def settled(self) -> bool:
        """Whether more cells could hardly change the answer."""
        sure = sorted(self._sure.values())
        return sure[0] == 0 and sure[1] >= 20

    @property
    def evident(self) -> str:
        """The sign that nearly all cells agree on by themselves; "" where there is none."""
        point, comma = self._sure["."], self._sure[","]
        if min(point, comma) * 50 > point + comma:
            return ""
        return "." if point > comma else "," if comma else ""

    def decimal_sign(self, currency: str, elsewhere: str = "") -> str:
        """``.`` or ``,``; "" where no cell has either. ``elsewhere`` is the sign that other columns of the file have.

        Raises Unreadable decimal_sign_unclear.
        """
        if self.evident:
            return self.evident
        if any(self._sure.values()):
            raise _unclear("Some amounts have a decimal point, others a decimal comma.")
        if elsewhere:
            return elsewhere
        if not any(self._unsure.values()):
            return ""
        if all(self._unsure.values()):
            raise _unclear("Amounts such as 1,234 and 1.234 stand side by side.")
        sign = "." if self._unsure["."] else ","
        thousands = "," if sign == "." else "."
        decimals = decimals_of(currency) if currency else None
        if decimals is not None and decimals != 3:
            return thousands
        if decimals == 3 and not self._short and not self._long:
            return sign
        if decimals is None and self._short and not self._long:
            return thousands
        raise _unclear(f"In amounts such as 1{sign}234 the sign may be for decimals or for thousands.")


def _unclear(why: str) -> Unreadable:
    advice = 'Say which by the mapping {"decimal": "."} or {"decimal": ","}.'
    return Unreadable("decimal_sign_unclear", f"{why} {advice}")
