"""Amounts with a mark for debit or credit beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.money import MoneyError
from reconciliation.parsers.marked_amounts import read_marked


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [
        ("18.15", "EUR", "18.15"),
        ("18.150", "EUR", "18.15"),
        ("9.", "EUR", "9.00"),
        (".5", "EUR", "0.50"),
        ("007", "JPY", "7"),
        ("5442.09000", "RON", "5442.09"),
        ("1.5", "BHD", "1.500"),
        ("1.5", "XYZ", "1.5"),
        ("1.50", "", "1.50"),
        ("1.123456780", "XYZ", "1.12345678"),
        ("0" * 90 + "1", "EUR", "1.00"),
    ],
)
def test_zeros_that_say_nothing_are_dropped(written, currency, amount):
    assert str(read_marked(written, currency, 1)) == amount
    assert str(read_marked(written, currency, -1)) == f"-{amount}"


def test_zero_has_no_sign():
    assert str(read_marked("0.00", "EUR", -1)) == "0.00"


@pytest.mark.parametrize(
    ("written", "currency", "code"),
    [
        ("", "EUR", "amount_unreadable"),
        (".", "EUR", "amount_unreadable"),
        ("-5", "EUR", "amount_unreadable"),
        ("1e5", "EUR", "amount_unreadable"),
        ("1,5", "EUR", "amount_unreadable"),
        ("1 000", "EUR", "amount_unreadable"),
        ("NaN", "EUR", "amount_unreadable"),
        ("٣", "EUR", "amount_unreadable"),
        ("1" * 100, "EUR", "amount_unreadable"),
        ("1" * 20, "EUR", "amount_out_of_range"),
        ("18.155", "EUR", "amount_too_precise"),
        ("1.123456789", "XYZ", "amount_too_precise"),
    ],
)
def test_what_is_refused(written, currency, code):
    with pytest.raises(MoneyError) as refusal:
        read_marked(written, currency, 1)
    assert refusal.value.code == code


@given(units=st.integers(0, 10**21 - 1), zeros=st.integers(0, 20))
def test_every_amount_that_fits_is_read_back(units, zeros):
    written = f"{units // 100}.{units % 100:02d}"
    assert str(read_marked(written + "0" * zeros, "EUR", 1)) == written
