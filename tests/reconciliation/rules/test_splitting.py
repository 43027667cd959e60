"""Splits of a line: nothing is lost, nothing invented, and what cannot be is named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.money import add_up
from reconciliation.rules.actions import filled, kept_actions, read_actions
from reconciliation.rules.splitting import Part, SplitError, split
from tests.reconciliation.rules.test_conditions import JSON, LINES, Written

A, B, C = 1, 2, 3


def percent(account: int, text: str) -> Part:
    return Part(account, percent=Decimal(text))


def fixed(account: int, text: str) -> Part:
    return Part(account, amount=Decimal(text))


def rest(account: int) -> Part:
    return Part(account, rest=True)


@pytest.mark.parametrize(
    ("amount", "parts", "expected"),
    [
        ("-100.00", [rest(A)], ["-100.00"]),
        ("100.00", [percent(A, "80"), rest(B)], ["80.00", "20.00"]),
        ("-100.00", [fixed(A, "5.00"), percent(B, "50"), rest(C)], ["-5.00", "-47.50", "-47.50"]),
        ("0.01", [percent(A, "50"), percent(B, "50")], ["0.01", "0.00"]),
        ("-10.00", [percent(A, "33.3333"), percent(B, "33.3333"), rest(C)], ["-3.33", "-3.33", "-3.34"]),
        ("100.00", [percent(A, "33.3333"), percent(B, "33.3333"), percent(C, "33.3334")], ["33.33", "33.33", "33.34"]),
        ("5.00", [rest(B), fixed(A, "5.00")], ["0.00", "5.00"]),
        ("5.00", [fixed(A, "5")], ["5.00"]),
        ("7.00", [fixed(A, "3.50"), fixed(A, "3.50")], ["3.50", "3.50"]),
    ],
)
def test_a_line_is_divided(amount, parts, expected):
    shares = split(Decimal(amount), 2, parts)
    assert [account for account, _ in shares] == [part.account_id for part in parts]
    assert [str(share) for _, share in shares] == expected


def test_a_currency_without_decimals():
    assert split(Decimal("-1001.00000000"), 0, [percent(A, "50"), rest(B)]) == [(A, Decimal(-501)), (B, Decimal(-500))]


@pytest.mark.parametrize(
    ("amount", "parts", "code"),
    [
        ("0.00", [rest(A)], "split_of_nothing"),
        ("4.99", [fixed(A, "5.00"), rest(B)], "split_exceeds_line"),
        ("-4.99", [fixed(A, "2.50"), fixed(B, "2.50"), rest(C)], "split_exceeds_line"),
        ("5.00", [fixed(A, "1.005"), rest(B)], "split_too_precise"),
        ("5.00", [fixed(A, "4.00")], "split_does_not_add_up"),
        ("5.00", [percent(A, "50")], "split_does_not_add_up"),
        ("5.00", [percent(A, "60"), percent(B, "60")], "split_does_not_add_up"),
        ("5.00", [rest(A), rest(B)], "split_does_not_add_up"),
        ("5.00", [], "split_does_not_add_up"),
    ],
)
def test_what_cannot_be_divided_is_named(amount, parts, code):
    with pytest.raises(SplitError) as refused:
        split(Decimal(amount), 2, parts)
    assert refused.value.code == code
    assert refused.value.message


PARTS = st.lists(
    st.one_of(
        st.builds(
            lambda number, value: Part(number, percent=value), st.integers(1, 9), st.decimals("0.0001", 100, places=4)
        ),
        st.builds(
            lambda number, value: Part(number, amount=value), st.integers(1, 9), st.decimals("0.01", 10**18, places=2)
        ),
        st.builds(rest, st.integers(1, 9)),
    ),
    max_size=6,
)


@given(st.integers(-(10**21), 10**21), PARTS, st.sampled_from([0, 2, 3]))
def test_shares_add_up_or_the_problem_has_a_name(units, parts, decimals):
    amount = Decimal(units).scaleb(-decimals)
    try:
        shares = split(amount, decimals, parts)
    except SplitError as problem:
        assert problem.code.startswith("split_")
        return
    assert add_up(share for _, share in shares) == amount
    assert all(share * (1 if amount > 0 else -1) >= 0 for _, share in shares)
    assert shares == split(amount, decimals, parts)
    assert all(
        share.copy_abs() == part.amount
        for part, (_, share) in zip(parts, shares, strict=True)
        if part.amount is not None
    )


@given(st.integers(1, 10**12), st.lists(st.integers(1, 10_000), min_size=1, max_size=5))
def test_percentages_are_kept_to_the_unit(units, weights):
    """With a rest every set of percentages below a hundred divides every line, each within one unit."""
    percents = [Decimal(weight) / 1000 for weight in weights]
    parts = [Part(A, percent=each) for each in percents] + [rest(B)]
    amount = Decimal(units).scaleb(-2)
    for each, (_, share) in zip(percents, split(amount, 2, parts), strict=False):
        assert abs(share - amount * each / 100) < Decimal("0.01")


@given(JSON, st.dictionaries(st.sampled_from(["account_id", "splits", "type", "description", "contact_id"]), JSON))
def test_actions_are_read_or_refused(anything, likely):
    for written in (anything, likely):
        found, problems = read_actions(written)
        assert (found is None) == bool(problems)


def test_actions_are_kept_as_they_were_read():
    account = "ACT_0190a1b2c3d4e5f6"
    splits = [
        {"account_id": account, "amount": "0.00000001", "description": "{date}"},
        {"account_id": account, "percent": 99},
        {"account_id": account, "rest": True},
    ]
    for written in (
        {"account_id": account, "contact_id": "CON_0190a1b2c3d4e5f6"},
        {"splits": splits, "type": "journal"},
    ):
        found, problems = read_actions(written)
        assert problems == {}
        kept = kept_actions(found)
        assert read_actions(kept) == (found, {})
    assert kept["splits"][0]["amount"] == "0.00000001"


def test_a_template_is_filled_in_one_go():
    line = Written(description="{counterparty}  fee", counterparty="Bank", reference="")
    said = filled("{description} of {counterparty}{reference}, {date} {", line)
    assert said == "{counterparty} fee of Bank, 2026-03-01 {"


@given(st.text(max_size=500), LINES)
def test_whatever_a_template_says_it_is_filled(template, line):
    assert len(filled(template, line)) <= 2000
