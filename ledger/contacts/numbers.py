"""Numbers that states and banks give to contacts, by their own check digits. Pure.

A number that fails is shown with a warning and kept: it may be right under a rule that we do not know.
"""

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from stdnum import get_cc_module, iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

IBAN_LIKE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|[0-9]{3}))?")
#: What CLDR lists beside the countries of ISO 3166.
NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@cache
def countries() -> dict[str, str]:
    """The countries of ISO 3166 by their two letters, with English names."""
    found = {code: name for code, name in Locale("en").territories.items() if re.fullmatch("[A-Z]{2}", code)}
    return {code: found[code] for code in sorted(found) if code not in NO_COUNTRIES}


def is_language(text: str) -> bool:
    """Whether it is a locale that amounts and dates can be written in: ``de``, ``en_US``."""
    if not LANGUAGE.fullmatch(text):
        return False
    try:
        return bool(Locale.parse(text))
    except (UnknownLocaleError, ValueError):
        return False


def tax_number_fails(country: str, number: str) -> bool:
    """Whether a tax number breaks the rules of its country, or of the European country that it begins with."""
    if not number:
        return False
    rules = [get_cc_module(country.lower(), "vat")] if country else []
    prefix = number.lstrip()[:2].lower()
    if prefix in vat.MEMBER_STATES or prefix == "el":
        rules.append(vat)
    known = [rule for rule in rules if rule is not None]
    return bool(known) and not any(_passes(rule, number) for rule in known)


def bank_account_fails(text: str) -> bool:
    """Whether it looks like an IBAN (ISO 13616) and is none."""
    plain = re.sub(r"[\s-]", "", text).upper()
    return bool(IBAN_LIKE.fullmatch(plain)) and not _passes(iban, plain)


def _passes(rule, number: str) -> bool:
    try:
        rule.validate(number)
    except ValidationError:
        return False
    return True


def number_warnings(country: str, tax_number: str, bank_account: str) -> list[dict[str, str]]:
    """What an answer warns of."""
    found = []
    if tax_number_fails(country, tax_number):
        message = f"{tax_number} is no valid tax number" + (f" in {country}." if country else ".")
        found.append({"code": "tax_number_invalid", "field": "tax_number", "message": message})
    if bank_account_fails(bank_account):
        message = f"{bank_account} is no valid IBAN."
        found.append({"code": "bank_account_invalid", "field": "bank_account", "message": message})
    return found
