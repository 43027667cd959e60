"""Bringing a balance to zero in two currencies at once."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ledger.closing.settling import settlements, there_and_back

amounts = st.decimals(-(10**19), 10**19, places=2, allow_nan=False)


@given(amounts, amounts)
def test_the_entries_bring_both_figures_to_zero_and_are_entries(amount, base):
    parts = settlements(amount, base, is_base=False)
    assert sum((part.amount for part in parts), Decimal(0)) == -amount
    assert sum((part.base_amount for part in parts), Decimal(0)) == -base
    assert len(parts) <= 2
    for part in parts:
        assert part.amount or part.base_amount
        assert part.amount * part.base_amount >= 0  # one side, debit or credit
        assert 0 < part.rate < 10**12
        assert -part.rate.as_tuple().exponent <= 12


def test_a_base_account_is_settled_at_one():
    assert settlements(Decimal(5), Decimal(5), is_base=True) == [(Decimal(-5), Decimal(-5), Decimal(1))]
    assert settlements(Decimal(0), Decimal(0), is_base=False) == []


def test_a_foreign_account_is_settled_at_the_average_rate():
    (part,) = settlements(Decimal("-300.00"), Decimal("-333.00"), is_base=False)
    assert part == (Decimal("300.00"), Decimal("333.00"), Decimal("1.11"))


def test_there_and_back_is_nothing_together():
    one, other = there_and_back(Decimal("0.01"))
    assert one.base_amount + other.base_amount == 0
