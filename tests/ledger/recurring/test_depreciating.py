"""Depreciation adds up to cost less salvage, whatever the rounding; worked examples beside the property."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.recurring.depreciating import METHODS, amounts


def found(method, cost, salvage, periods, rate=None) -> list[str]:
    rate = None if rate is None else Decimal(rate)
    rows = amounts(method=method, cost=Decimal(cost), salvage=Decimal(salvage), periods=periods, decimals=2, rate=rate)
    return [f"{each}" for each in rows]


def test_worked_examples():
    assert found("straight_line", "1000", "0", 3) == ["333.33", "333.33", "333.34"]
    assert found("straight_line", "12000", "2000", 4) == ["2500.00"] * 4
    # Double declining over five years, IRS Publication 946's example of 200 % DB, to a salvage of 500.
    assert found("declining_balance", "5000", "500", 5) == ["2000.00", "1200.00", "720.00", "432.00", "148.00"]
    assert found("declining_balance", "1000", "900", 4, "0.2") == ["100.00"]
    # Half of what is left, until half a cent would be left over: the period before takes that cent, too.
    assert found("declining_balance", "10", "0", 30, "0.5") == [
        "5.00", "2.50", "1.25", "0.62", "0.32", "0.16", "0.08", "0.04", "0.03"]  # fmt: skip
    assert found("straight_line", "0.04", "0", 10) == []


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(METHODS),
    st.integers(1, 10**12),
    st.integers(0, 100),
    st.integers(1, 480),
    st.sampled_from((0, 2, 3)),
)
def test_the_periods_add_up_and_each_takes_something(method, cents, percent, periods, decimals):
    cost = Decimal(cents).scaleb(-decimals)
    unit = Decimal(1).scaleb(-decimals)
    salvage = (cost * percent / 100).quantize(unit)
    rows = amounts(method=method, cost=cost, salvage=salvage, periods=periods, decimals=decimals)
    whole = cost - salvage
    first = whole / periods if method == "straight_line" else min(2 * cost / periods, whole)
    assert len(rows) <= periods and sum(rows) == (whole if first.quantize(unit) else 0)
    assert all(each > 0 and each == each.quantize(unit) for each in rows)
