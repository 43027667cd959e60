"""The practice year is a year that could be: it adds up, it has what makes matching hard, and its truth is true."""

from collections import Counter
from decimal import Decimal

import pytest

from reconciliation.practice.judging import KINDS, kind_of
from reconciliation.practice.years import PRINTS, practice_year

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS)
def year(request):
    return practice_year(request.param)


def test_it_has_the_size_that_was_asked_for(year):
    assert (len(year.statements), len(year.lines), len(year.entries)) == (12, 6_000, 8_000)
    assert len({line.id for line in year.lines}) == 6_000
    assert len({entry.id for entry in year.entries}) == 8_000


def test_statements_follow_one_another(year):
    closing = year.statements[0].opening
    for number, statement in enumerate(year.statements, 1):
        assert statement.number == statement.starts_on.month == number
        assert statement.opening == closing
        closing = statement.opening + sum(line.amount for line in statement.lines)
        assert statement.closing == closing
        assert all(statement.starts_on <= line.date <= statement.ends_on for line in statement.lines)
        assert len(statement.lines) > 400
    dates = [line.date for line in year.lines]
    assert dates == sorted(dates)


def test_banks_do_not_book_at_weekends(year):
    assert {line.date.weekday() for line in year.lines} <= {0, 1, 2, 3, 4}


def test_truths_add_up_and_share_nothing(year):
    line_of, entry_of = {line.id: line for line in year.lines}, {entry.id: entry for entry in year.entries}
    for truth in year.truths:
        paid = sum(line_of[number].amount for number in truth.line_ids)
        assert paid == sum(entry_of[number].amount for number in truth.entry_ids) - truth.fee
        assert truth.fee >= 0
        assert min(len(truth.line_ids), len(truth.entry_ids)) == 1
    for ids in ("line_ids", "entry_ids"):
        assert set(Counter(number for truth in year.truths for number in getattr(truth, ids)).values()) == {1}


def test_every_kind_of_match_is_there_often(year):
    kinds = Counter(kind_of(truth) for truth in year.truths)
    assert all(kinds[kind] >= 80 for kind in KINDS)
    matched_lines = sum(len(truth.line_ids) for truth in year.truths)
    matched_entries = sum(len(truth.entry_ids) for truth in year.truths)
    assert 150 < 6_000 - matched_lines < 400, "lines that nobody booked"
    assert 600 < 8_000 - matched_entries < 1_500, "entries that never reach the bank"


def test_it_is_hard(year):
    line_of, entry_of = {line.id: line for line in year.lines}, {entry.id: entry for entry in year.entries}
    simple = [
        (line_of[truth.line_ids[0]], entry_of[truth.entry_ids[0]])
        for truth in year.truths
        if kind_of(truth) == "one to one"
    ]
    amounts = Counter(line.amount for line in year.lines)
    assert sum(amounts[line.amount] > 1 for line, _ in simple) > len(simple) // 3, "amounts repeat"
    assert amounts[Decimal("9.99")] > 200
    exchanged = sum(
        line.date.month != entry.date.month and abs((line.date - entry.date).days) > 25 for line, entry in simple
    )
    assert exchanged >= 15, "dates with day and month exchanged"
    unnamed = sum(not entry.contact for _, entry in simple)
    assert unnamed > len(simple) // 5
    booked = Counter((entry.amount, entry.description, entry.contact) for entry in year.entries if entry.amount % 1)
    assert sum(count > 1 for count in booked.values()) > 50, "posted twice"


def test_a_seed_tells_one_year_and_another_seed_another():
    assert practice_year(4) == practice_year(4)
    assert practice_year(4) != practice_year(5)


def test_banks_print_in_several_ways():
    seen = set()
    for seed in range(8):
        lines = practice_year(seed, lines=1_500, entries=2_000).lines
        seen.add((any(line.counterparty for line in lines), sum(bool(line.reference) for line in lines) > 300))
    assert len(seen) == len(PRINTS)


def test_a_year_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="at least"):
        practice_year(1, lines=300, entries=8_000)
    with pytest.raises(ValueError, match="at least"):
        practice_year(1, lines=6_000, entries=100)
