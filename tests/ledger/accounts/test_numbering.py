"""Account codes: the shape that is allowed and the type that the first digit promises."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.accounts.numbering import ACCOUNT_TYPES, LONGEST_CODE, expected_type, valid_code, warning_for


@pytest.mark.parametrize(
    ("code", "type"),
    [("1001", "asset"), ("2001", "liability"), ("3101", "equity"), ("4001", "revenue"), ("5401-001", "expense")],
)
def test_the_first_digit_stands_for_a_type(code, type):
    assert expected_type(code) == type
    for other in ACCOUNT_TYPES:
        assert (warning_for(code, other) is None) == (other == type)


@pytest.mark.parametrize("code", ["6001", "7001", "8001", "9999", "0001", "A100", "CASH", ".1"])
def test_other_codes_fit_any_type(code):
    assert all(warning_for(code, type) is None for type in ACCOUNT_TYPES)


def test_the_warning_names_code_and_types():
    # The seed's own example of a wrong account: an expense kept among the assets.
    assert warning_for("1501", "expense") == ("Codes beginning with 1 are for asset accounts; 1501 is of type expense.")


@pytest.mark.parametrize("code", ["1", "1001", "1101-001", "A.b/c_d-9", "x" * LONGEST_CODE])
def test_codes_of_plain_characters_are_valid(code):
    assert valid_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x" * (LONGEST_CODE + 1),
        "10 01",
        "1001\n",
        "1001\0",
        "10,01",
        "\u0410100",  # Cyrillic A
        "\u212a100",  # the Kelvin sign, which normalises to K
        "\uff11001",  # a full-width 1
        "é1",
    ],
)
def test_codes_that_could_be_mistaken_are_not(code):
    assert not valid_code(code)


@given(st.text(max_size=40))
def test_a_valid_code_is_ascii_and_normal(code):
    if valid_code(code):
        assert code.isascii() and unicodedata.is_normalized("NFC", code)
        assert 1 <= len(code) <= LONGEST_CODE
