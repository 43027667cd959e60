"""What holds for every set of lines and entries, however odd."""

import datetime
import random
from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reconciliation.scoring.bundling import digits_exchanged
from reconciliation.scoring.proposing import HIGHEST_SCORE, Terms, propose
from reconciliation.scoring.shapes import BankLine, BookEntry
from reconciliation.scoring.weights import FEATURES

AMOUNTS = st.sampled_from(
    [Decimal(text) for text in ("9.99", "-9.99", "10.00", "20.00", "30.00", "19.98", "-30.00", "9.69", "1200", "0.00")]
)
DATES = st.dates(datetime.date(2025, 1, 25), datetime.date(2025, 2, 20))
TEXTS = st.sampled_from(
    ("COFFEE BAR", "Coffee Bar", "PIER 9 HOTEL", "Check 20455", "payout webpay", "", "WAGES J SMITH")
)
NUMBERS = st.sampled_from(("", "", "20455", "INV-20456"))
TERMS = st.builds(
    Terms,
    threshold=st.integers(200, 500),
    margin=st.integers(0, 200),
    fee_share=st.sampled_from((Decimal(0), Decimal("0.04"))),
)


@st.composite
def statements(draw):
    line = st.tuples(DATES, AMOUNTS, TEXTS, TEXTS, NUMBERS, st.booleans())
    entry = st.tuples(DATES, AMOUNTS, TEXTS, NUMBERS, TEXTS)
    lines = [BankLine(number, *row) for number, row in enumerate(draw(st.lists(line, max_size=10)), 1)]
    voucher = st.integers(1, 3)
    entries = [
        BookEntry(number, draw(voucher) if draw(st.booleans()) else 100 + number, *row)
        for number, row in enumerate(draw(st.lists(entry, max_size=12)), 1)
    ]
    return lines, entries


@given(statements(), TERMS)
def test_every_proposal_keeps_the_rules(statement, terms):
    lines, entries = statement
    line_of, entry_of = {line.id: line for line in lines}, {entry.id: entry for entry in entries}
    proposals = propose(lines, entries, terms=terms)
    for each in proposals:
        paid = sum(line_of[number].amount for number in each.line_ids)
        booked = sum(entry_of[number].amount for number in each.entry_ids)
        assert paid == booked - each.fee
        assert 0 <= each.fee <= min(abs(paid) * terms.fee_share, terms.fee_most)
        assert (paid > 0) == (booked > 0)
        assert min(len(each.line_ids), len(each.entry_ids)) == 1
        assert each.score == min(sum(each.features.values()), HIGHEST_SCORE)
        assert set(each.features) <= set(FEATURES)
        assert 0 not in each.features.values()
        assert each.accepted == (each.reason == "clear")
        if each.accepted:
            assert each.score >= terms.threshold
            assert each.margin >= terms.margin
            assert not any(line_of[number].held for number in each.line_ids)
    for count in (
        Counter(number for each in proposals for number in each.line_ids),
        Counter(number for each in proposals for number in each.entry_ids),
    ):
        assert set(count.values()) <= {1}


@given(statements(), st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(statement, chance: random.Random):
    lines, entries = statement
    expected = propose(lines, entries)
    shuffled = chance.sample(lines, len(lines)), chance.sample(entries, len(entries))
    assert propose(*shuffled) == expected


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_exchanged_digits_differ_by_a_multiple_of_nine(one, other):
    if digits_exchanged(one, other):
        assert (one - other) % 9 == 0
        assert sorted(str(one)) == sorted(str(other))


def test_exchanged_digits():
    assert digits_exchanged(81560, 81506)
    assert not digits_exchanged(81560, 81560)
    assert not digits_exchanged(81560, 80561)
    assert not digits_exchanged(100, 10)
