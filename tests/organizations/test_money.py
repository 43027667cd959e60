"""Amounts are exact: what is written is read, what is split adds up, what cannot be kept is refused."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations import money
from organizations.currencies.iso import CURRENCIES
from organizations.money import InexactAmount, MoneyError

D = Decimal

decimals_in_use = st.integers(min_value=0, max_value=4)


@st.composite
def amounts(draw, decimals=2, most=10**19):
    """Any amount a currency with so many decimals can have."""
    units = draw(st.integers(min_value=1 - most * 10**decimals, max_value=most * 10**decimals - 1))
    return D(units).scaleb(-decimals)


class TestReading:
    @pytest.mark.parametrize(
        ("written", "decimals", "read"),
        [
            ("100", 2, "100.00"),
            ("100.5", 2, "100.50"),
            (100, 2, "100.00"),
            (D("100.00"), 2, "100.00"),
            ("15750", 0, "15750"),
            ("0.001", 3, "0.001"),
            ("1.2345", 4, "1.2345"),
            ("90071992547409.93", 2, "90071992547409.93"),  # a binary float makes .94 of it
            ("9999999999999999999.99", 2, "9999999999999999999.99"),  # 19 digits before the point
        ],
    )
    def test_an_amount_has_exactly_the_decimals_of_its_currency(self, written, decimals, read):
        assert str(money.read_amount(written, decimals=decimals)) == read

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("", "amount_not_a_number"),
            ("abc", "amount_not_a_number"),
            ("1e5", "amount_not_a_number"),
            ("1_000", "amount_not_a_number"),
            ("1,000.00", "amount_not_a_number"),
            ("1 000", "amount_not_a_number"),
            (" 1", "amount_not_a_number"),
            ("1\n", "amount_not_a_number"),
            ("1.", "amount_not_a_number"),
            (".5", "amount_not_a_number"),
            ("007", "amount_not_a_number"),
            ("+5", "amount_not_a_number"),
            ("--5", "amount_not_a_number"),
            ("$5", "amount_not_a_number"),
            ("NaN", "amount_not_a_number"),
            ("\uff11", "amount_not_a_number"),  # a full-width 1
            ("\u0663", "amount_not_a_number"),  # an Arabic 3
            (D("NaN"), "amount_not_a_number"),
            (D("sNaN"), "amount_not_a_number"),
            (D("-Infinity"), "amount_not_a_number"),
            (D("1E+2"), "amount_not_a_number"),
            (1.5, "amount_not_a_number"),
            (True, "amount_not_a_number"),
            (None, "amount_not_a_number"),
            ([], "amount_not_a_number"),
            ("10000000000000000000", "amount_too_large"),
            (10**19, "amount_too_large"),
            pytest.param(-(10**5000), "amount_too_large", id="an integer Python would not even print"),
            pytest.param("9" * 100_000, "amount_too_large", id="a hundred thousand nines"),
            ("100.001", "amount_too_precise"),
            ("100.000", "amount_too_precise"),  # claims a precision dollars lack
            (D("0.000000000000000000000000001"), "amount_too_precise"),
            ("0", "amount_not_positive"),
            ("0.00", "amount_not_positive"),
            ("-0", "amount_not_positive"),
            ("-5", "amount_not_positive"),
            (-5, "amount_not_positive"),
        ],
    )
    def test_what_is_no_positive_amount_is_refused_by_name(self, written, code):
        with pytest.raises(MoneyError) as refusal:
            money.read_amount(written, decimals=2)
        assert refusal.value.code == code
        assert refusal.value.message.endswith(".")

    def test_zero_and_signs_only_where_they_are_allowed(self):
        assert str(money.read_amount("0", decimals=2, allow_zero=True)) == "0.00"
        assert str(money.read_amount("-5", decimals=2, signed=True)) == "-5.00"
        assert str(money.read_amount("+5", decimals=2, signed=True)) == "5.00"
        with pytest.raises(MoneyError) as refusal:
            money.read_amount("0", decimals=2, signed=True)
        assert refusal.value.code == "amount_zero"
        with pytest.raises(MoneyError) as refusal:
            money.read_amount("-0.01", decimals=2, allow_zero=True)
        assert refusal.value.code == "amount_negative"

    def test_zero_has_no_sign(self):
        assert str(money.read_amount("-0.00", decimals=2, allow_zero=True, signed=True)) == "0.00"
        assert str(money.exact(D("-0.00000000"), 2)) == "0.00"

    @given(decimals_in_use.flatmap(lambda decimals: st.tuples(st.just(decimals), amounts(decimals))))
    def test_what_is_written_is_read(self, case):
        decimals, amount = case
        for written in (f"{amount:f}", amount):
            read = money.read_amount(written, decimals=decimals, allow_zero=True, signed=True)
            assert read == amount
            assert read.as_tuple().exponent == -decimals

    @given(st.one_of(st.text(), st.integers(), st.decimals(), st.floats(), st.booleans(), st.none()), decimals_in_use)
    def test_anything_is_an_exact_amount_or_refused(self, value, decimals):
        try:
            read = money.read_amount(value, decimals=decimals)
        except MoneyError:
            return
        assert not isinstance(value, float | bool)
        assert read == D(value) > 0


class TestRates:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("1.1", "1.1"),
            ("1.10000000000000", "1.1"),  # zeros at the end are no digits of significance
            (100, "100"),
            ("100.00", "100"),
            ("123456789012", "123456789012"),
            ("0.000000000001", "0.000000000001"),
            (D("0.00631"), "0.00631"),
        ],
    )
    def test_a_rate_keeps_its_significant_digits(self, written, read):
        assert f"{money.read_rate(written):f}" == read

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("0", "rate_not_positive"),
            ("-1.1", "rate_not_positive"),
            ("1.1e0", "rate_not_a_number"),
            (1.1, "rate_not_a_number"),
            (True, "rate_not_a_number"),
            (D("Infinity"), "rate_not_a_number"),
            ("1234567890123", "rate_too_large"),
            pytest.param(10**5000, "rate_too_large", id="an integer Python would not even print"),
            ("1.123456789012", "rate_too_precise"),
            ("0.0000000000001", "rate_too_precise"),
            pytest.param("1." + "0" * 200 + "1", "rate_too_precise", id="a digit far behind the point"),
            (D("1E-999999"), "rate_too_precise"),
        ],
    )
    def test_what_is_no_rate_is_refused_by_name(self, written, code):
        with pytest.raises(MoneyError) as refusal:
            money.read_rate(written)
        assert refusal.value.code == code

    @given(st.one_of(st.text(), st.integers(), st.decimals(), st.floats()))
    def test_anything_is_an_exact_rate_or_refused(self, value):
        try:
            rate = money.read_rate(value)
        except MoneyError:
            return
        assert rate == D(value)
        assert 0 < rate < 10**12
        assert len(rate.normalize().as_tuple().digits) <= 12


class TestExactness:
    def test_stored_amounts_get_the_scale_of_the_wire(self):
        assert str(money.exact(D("100.00000000"), 2)) == "100.00"
        assert str(money.exact(D("15750.00000000"), 0)) == "15750"
        assert str(money.exact(D("15750.5"), 3)) == "15750.500"

    @pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity", "1E+200"])
    def test_nothing_is_lost_in_silence(self, amount):
        with pytest.raises(InexactAmount):
            money.exact(D(amount), 2)

    def test_sums_keep_every_digit(self):
        # 30 digits: Python's own context would round this to 28.
        assert str(money.add_up([D("1234567890123456789012345678.00"), D("0.01")])) == "1234567890123456789012345678.01"
        assert money.add_up([]) == 0

    @given(amounts(4), amounts(4))
    def test_the_context_of_the_caller_does_not_matter(self, one, other):
        with localcontext(prec=3):
            result = money.add_up([one, other])
            shown = money.format_money(result, "CLF", 4)
        with localcontext(prec=60):
            assert result == one + other
            assert D(shown.replace("CLF", "").replace(",", "")) == result


class TestConversion:
    @pytest.mark.parametrize(
        ("amount", "rate", "decimals", "base"),
        [
            ("100.00", "1.10", 2, "110.00"),  # the seed's EUR payment in USD
            ("0.125", "1", 2, "0.13"),  # half a cent goes away from zero …
            ("-0.125", "1", 2, "-0.13"),  # … on either side
            ("0.135", "1", 2, "0.14"),
            ("1000", "0.0065", 2, "6.50"),
            ("10.00", "149.5", 0, "1495"),
            ("0.01", "0.000000000001", 2, "0.00"),
            ("-0.01", "0.000000000001", 2, "0.00"),
        ],
    )
    def test_worked_examples(self, amount, rate, decimals, base):
        assert str(money.to_base(D(amount), D(rate), decimals)) == base

    def test_a_report_may_have_more_digits_than_the_columns(self):
        assert str(money.at_rate(D("9999999999999999999.99"), D("2"), 2)) == "19999999999999999999.98"
        assert str(money.at_rate(D("-0.01"), D("0.1"), 2)) == "0.00"

    def test_wide_arithmetic_keeps_what_pythons_own_rounds(self):
        large = D("1234567890123456789012345678.01")
        assert -large != large.copy_negate()
        with money.wide():
            assert -large == large.copy_negate()

    def test_a_product_beyond_the_columns_is_refused(self):
        with pytest.raises(MoneyError) as refusal:
            money.to_base(D("9999999999999999999.99"), D("2"), 2)
        assert refusal.value.code == "amount_too_large"

    @given(amounts(4, most=10**9), st.integers(1, 10**12 - 1), st.integers(0, 12), decimals_in_use)
    def test_the_base_amount_is_the_nearest_one(self, amount, digits, shift, decimals):
        rate = D(digits).scaleb(-shift)
        try:
            base = money.to_base(amount, rate, decimals)
        except MoneyError:
            assert abs(amount * rate) >= 10**18
            return
        with localcontext(prec=80):
            assert abs(base - amount * rate) <= D(5).scaleb(-decimals - 1)
        assert money.to_base(-amount, rate, decimals) == -base

    @given(amounts(2))
    def test_rate_one_changes_nothing(self, amount):
        assert money.to_base(amount, D(1), 2) == amount


class TestAllocation:
    @pytest.mark.parametrize(
        ("whole", "weights", "decimals", "parts"),
        [
            ("100.00", [1, 1, 1], 2, ["33.34", "33.33", "33.33"]),
            ("-100.00", [1, 1, 1], 2, ["-33.34", "-33.33", "-33.33"]),
            ("0.05", [3, 7], 2, ["0.02", "0.03"]),  # 1.5 and 3.5 cents lose the same; the earlier gains
            ("100", [1, 1, 1], 0, ["34", "33", "33"]),
            ("10.00", [D("0.3"), 0, D("0.7")], 2, ["3.00", "0.00", "7.00"]),
            ("0.00", [1, 2], 2, ["0.00", "0.00"]),
            ("1.00", [1, 2, 3], 2, ["0.17", "0.33", "0.50"]),
        ],
    )
    def test_worked_examples(self, whole, weights, decimals, parts):
        assert [str(part) for part in money.allocate(D(whole), weights, decimals)] == parts

    @given(
        amounts(2),
        st.lists(
            st.one_of(st.integers(0, 10**9), st.decimals(min_value=0, max_value=10**9, places=6)), min_size=1
        ).filter(any),
    )
    def test_parts_add_up_and_are_within_a_unit_of_ideal(self, whole, weights):
        parts = money.allocate(whole, weights, 2)
        assert money.add_up(parts) == whole
        with localcontext(prec=80):
            unit, weight = D("0.01"), sum(map(D, weights))
            for part, share in zip(parts, weights, strict=True):
                assert abs(part * weight - whole * share) < unit * weight
                assert part.as_tuple().exponent == -2
                assert share or not part  # who weighs nothing gets nothing

    @pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [0.5, 0.5], [D("NaN")]])
    def test_weights_that_cannot_share_are_refused(self, weights):
        with pytest.raises(MoneyError) as refusal:
            money.allocate(D("1.00"), weights, 2)
        assert refusal.value.code == "weights_not_usable"

    def test_more_decimals_than_the_currency_cannot_be_split(self):
        with pytest.raises(InexactAmount):
            money.allocate(D("1.005"), [1, 1], 2)


class TestFormatting:
    @pytest.mark.parametrize(
        ("amount", "code", "decimals", "text"),
        [
            ("15750.00", "USD", 2, "$15,750.00"),
            ("-15750.00", "USD", 2, "-$15,750.00"),
            ("15750", "JPY", 0, "¥15,750"),
            ("15750.5", "BHD", 3, "BHD15,750.500"),
            ("15750.00", "EUR", 2, "€15,750.00"),
            ("0", "USD", 2, "$0.00"),
            ("-0.00", "USD", 2, "$0.00"),
            ("15750.500", "IQD", 3, "IQD15,750.500"),  # 0 decimals in CLDR, 3 in ISO 4217
            ("9999999999999999999.99", "USD", 2, "$9,999,999,999,999,999,999.99"),
        ],
    )
    def test_as_an_english_reader_writes_it(self, amount, code, decimals, text):
        assert money.format_money(D(amount), code, decimals) == text

    def test_other_locales_put_the_symbol_where_they_like(self):
        assert money.format_money(D("15750.50"), "EUR", 2, "de_DE") == "15.750,50\N{NO-BREAK SPACE}€"

    def test_no_digit_is_hidden(self):
        with pytest.raises(InexactAmount):
            money.format_money(D("1.005"), "USD", 2)

    @given(st.sampled_from(CURRENCIES), st.data())
    def test_what_is_shown_is_what_is_there(self, currency, data):
        amount = data.draw(amounts(currency.decimals))
        shown = money.format_money(amount, currency.code, currency.decimals)
        digits = shown.replace(currency.symbol, "").replace(",", "")
        read = money.read_amount(digits, decimals=currency.decimals, allow_zero=True, signed=True)
        assert read == amount
        assert len(digits.partition(".")[2]) == currency.decimals
