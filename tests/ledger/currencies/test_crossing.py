"""The arithmetic of rates: what is read by the ledger's own rules, exact where it can be."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.currencies.crossing import along, inverse
from organizations.money import RATE_DIGITS, read_rate

RATES = st.builds(lambda units, places: Decimal(units).scaleb(-places), st.integers(1, 10**12 - 1), st.integers(0, 12))
USUAL = st.builds(lambda units: Decimal(units).scaleb(-11), st.integers(10**11, 10**12 - 1))  # 1 to 9.99…


@given(st.lists(st.tuples(RATES, st.booleans()), min_size=1, max_size=3))
@settings(max_examples=150)
def test_a_way_is_rounded_once_to_a_rate_that_can_be_written(legs):
    exact = Fraction(1)
    for rate, inverted in legs:
        exact = exact / Fraction(rate) if inverted else exact * Fraction(rate)
    found = along(legs)
    if found is None:
        assert exact * 2 < Fraction(1, 10**RATE_DIGITS) or exact * 2 >= 2 * 10**RATE_DIGITS - 1
        return
    assert read_rate(f"{found:f}") == found
    whole = len(str(exact.numerator // exact.denominator)) if exact >= 1 else 0
    assert abs(Fraction(found) - exact) * 2 <= Fraction(1, 10 ** (RATE_DIGITS - whole))


@given(USUAL)
@settings(max_examples=100)
def test_the_inverse_of_the_inverse_is_the_rate_to_its_last_digits(rate):
    """1/x of a rate from 1 to 10 keeps 12 decimals, 11 or 12 of them significant."""
    there = inverse(rate)
    assert abs(inverse(there) - rate) <= rate * rate * Decimal("0.51e-12") + Decimal("1e-11")


def test_known_rates():
    assert inverse(Decimal("1.0945")) == Decimal("0.913659205116")
    assert inverse(Decimal("0.5")) == 2
    assert along([(Decimal("158.95"), True), (Decimal("1.0945"), False)]) == Decimal("0.006885813149")
    assert along([(Decimal("0.000000000001"), False), (Decimal("0.4"), False)]) is None
    assert along([(Decimal("999999999999"), False), (Decimal("2"), False)]) is None
