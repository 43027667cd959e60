"""Amounts as banks write them: exact, or a named reason why not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.parsers.amounts import Misread, decimal_sign, read_amount


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("12.50", "12.50"),
        ("-12.5", "-12.5"),
        ("+00000000001234.5600", "1234.5600"),
        ("  -530,86 ", "-530.86"),
        (".50", "0.50"),
        ("-,5", "-0.5"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234\u00a0567,5", "1234567.5"),
        ("1'234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("-1.234.567", "-1234567"),
        ("- 7", "-7"),
        ("-0.00", "0.00"),
        ("-0,00", "0.00"),
        ("9999999999999999999.99999999", "9999999999999999999.99999999"),
        ("1.500000000000", "1.50000000"),
    ],
)
def test_read_exactly(written, amount):
    assert str(read_amount(written)) == amount


@pytest.mark.parametrize(
    "written",
    [
        "$120",
        ".",
        "-",
        "1e5",
        "NaN",
        "1_000",
        "１２",
        "12.50-",
        "(3)",
        "1,2,3.4",
        "12 34",
        "1.234'5",
        "1,23,456",
        "1..2",
    ],
)
def test_what_is_no_amount(written):
    with pytest.raises(Misread) as refused:
        read_amount(written)
    assert refused.value.code == "amount_unreadable"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "amount_missing"),
        ("   ", "amount_missing"),
        ("12345678901234567890", "amount_out_of_range"),
        ("0.123456789", "amount_out_of_range"),
        ("-995.4190396554627", "amount_out_of_range"),
        ("1" * 10_000, "amount_unreadable"),
        ("-" + " " * 10_000 + "x", "amount_unreadable"),
    ],
)
def test_named_reasons(written, code):
    with pytest.raises(Misread) as refused:
        read_amount(written)
    assert refused.value.code == code


class TestThreeDigitsBehindOneSign:
    """`1,234` is a thousand or one and a quarter: the file decides, or nobody does."""

    @pytest.mark.parametrize("written", ["1,234", "1.234", "-12,345", "999.000"])
    def test_unclear_alone(self, written):
        with pytest.raises(Misread) as refused:
            read_amount(written)
        assert refused.value.code == "amount_unclear"

    @pytest.mark.parametrize(
        ("written", "sign", "amount"),
        [
            ("1,234", ".", "1234"),
            ("1,234", ",", "1.234"),
            ("1.234", ".", "1.234"),
            ("-1.234", ",", "-1234"),
        ],
    )
    def test_with_the_sign_of_the_file(self, written, sign, amount):
        assert str(read_amount(written, sign)) == amount

    def test_the_sign_never_overrules_what_an_amount_shows(self):
        assert read_amount("1.234,56", ".") == Decimal("1234.56")


@pytest.mark.parametrize(
    ("written", "sign"),
    [
        ("12.50", "."),
        ("12,50", ","),
        ("1,234.56", "."),
        ("1.234,56", ","),
        ("1,234,567", "."),
        ("1.234.567", ","),
        ("1,234", ""),
        ("1.234", ""),
        ("1'234'567", ""),
        ("12", ""),
        ("12.5x", ""),
        ("1,2,3", ""),
    ],
)
def test_what_an_amount_shows_of_its_file(written, sign):
    assert decimal_sign(written) == sign


@given(
    amount=st.decimals(min_value=Decimal("-9999999999999999999"), max_value=Decimal("9999999999999999999"), places=2),
    style=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("", ","), ("", ".")]),
)
def test_every_style_reads_back(amount, style):
    thousands, point = style
    written = f"{amount:,.2f}".translate({ord(","): thousands, ord("."): point})
    assert read_amount(written) == amount


@given(st.text(alphabet="0123456789.,'+- \u00a0x", max_size=30))
def test_an_amount_or_a_reason(written):
    for sign in ("", ".", ","):
        try:
            amount = read_amount(written, sign)
        except Misread as problem:
            assert problem.code.startswith("amount_")
        else:
            assert amount.is_finite() and amount.adjusted() < 19 and amount.as_tuple().exponent >= -8
    assert decimal_sign(written) in ("", ".", ",")
