"""The currency table is the standard's: its minor units, not the shop window's."""

import pytest
from babel.numbers import get_currency_precision

from organizations.currencies.iso import CURRENCIES, decimals_of, symbol

BY_CODE = {currency.code: currency for currency in CURRENCIES}


@pytest.mark.parametrize(
    ("code", "name", "decimals", "sign"),
    [
        ("USD", "US Dollar", 2, "$"),
        ("EUR", "Euro", 2, "€"),
        ("JPY", "Yen", 0, "¥"),
        ("BHD", "Bahraini Dinar", 3, "BHD"),
        ("CAD", "Canadian Dollar", 2, "CA$"),
        ("CLF", "Unidad de Fomento", 4, "CLF"),
    ],
)
def test_a_currency_is_as_iso_4217_lists_it(code, name, decimals, sign):
    assert BY_CODE[code] == (code, name, decimals, sign)
    assert decimals_of(code) == decimals
    assert symbol(code) == sign


def test_iso_decides_where_cldr_differs():
    differing = {code for code, currency in BY_CODE.items() if get_currency_precision(code) != currency.decimals}
    assert {"AFN", "IQD", "LBP"} <= differing
    assert BY_CODE["IQD"].decimals == 3


def test_what_has_no_minor_unit_is_no_currency_of_a_ledger():
    assert not {"XAU", "XAG", "XDR", "XTS", "XXX"} & BY_CODE.keys()
    assert decimals_of("XAU") is None
    assert decimals_of("usd") is None


def test_codes_are_unique_sorted_and_fit_their_column():
    assert len(BY_CODE) == len(CURRENCIES) > 150
    assert list(BY_CODE) == sorted(BY_CODE)
    for currency in CURRENCIES:
        assert len(currency.code) == 3 and currency.code.isascii() and currency.code.isupper()
        assert 0 <= currency.decimals <= 4
        assert 1 <= len(currency.symbol) <= 8
        assert 1 <= len(currency.name) <= 100
