"""The judge: a match is right as a whole or not at all, and equals stand for one another."""

import datetime
from dataclasses import replace
from decimal import Decimal

from reconciliation.practice.judging import judge, kind_of
from reconciliation.practice.years import Statement, Truth, Year
from reconciliation.scoring.shapes import BankLine, BookEntry, Proposal

DAY = datetime.date(2025, 3, 3)


def line(number, amount, text="COFFEE BAR"):
    return BankLine(number, DAY, Decimal(amount), text)


def entry(number, amount, text="Coffee"):
    return BookEntry(number, number, DAY, Decimal(amount), text)


def proposal(lines, entries, fee="0", accepted=True):
    reason = "clear" if accepted else "few_points"
    return Proposal(lines, entries, Decimal(fee), 500, {}, None, 200, accepted, reason)


LINES = (
    line(1, "-3.50"),
    line(2, "-3.50"),
    line(3, "90.00", "DEPOSIT"),
    line(4, "97.00", "PAYOUT"),
    line(5, "-8", "X"),
)
ENTRIES = (
    entry(11, "-3.50"), entry(12, "-3.50"), entry(13, "40.00"), entry(14, "50.00"), entry(15, "100.00"),
    entry(16, "-8"),
)  # fmt: skip
TRUTHS = (
    Truth((1,), (11,), Decimal(0)),
    Truth((2,), (12,), Decimal(0)),
    Truth((3,), (13, 14), Decimal(0)),
    Truth((4,), (15,), Decimal(3)),
)
YEAR = Year((Statement(3, DAY, DAY, Decimal(0), Decimal(0), LINES),), ENTRIES, TRUTHS)


def test_all_right():
    verdict = judge(YEAR, [proposal(truth.line_ids, truth.entry_ids, truth.fee) for truth in TRUTHS])
    assert (verdict.overall.precision, verdict.overall.recall) == (1, 1)
    assert [tally.right for tally in verdict.kinds.values()] == [2, 1, 0, 1]
    assert verdict.wrong == ()


def test_equals_may_change_places_but_count_once():
    crossed = [proposal((1,), (12,)), proposal((2,), (11,))]
    assert judge(YEAR, crossed).overall.right == 2
    three_for_two = replace(YEAR, truths=TRUTHS[:1])
    verdict = judge(three_for_two, crossed)
    assert (verdict.overall.right, verdict.wrong) == (1, (crossed[1],))


def test_a_part_is_wrong_and_so_is_another_fee():
    verdict = judge(YEAR, [proposal((3,), (13,)), proposal((4,), (15,), "2"), proposal((5,), (16,))])
    assert (verdict.overall.accepted, verdict.overall.right) == (3, 0)
    assert (verdict.overall.precision, verdict.overall.recall) == (0, 0)


def test_what_is_left_to_a_person_is_not_counted():
    verdict = judge(YEAR, [proposal((1,), (16,), accepted=False)])
    assert (verdict.overall.accepted, verdict.overall.precision, verdict.wrong) == (0, 1, ())


def test_shares_are_cut_not_rounded():
    truths = tuple(Truth((number,), (number,), Decimal(0)) for number in range(1, 4))
    rows = tuple(line(number, f"-{number}") for number in range(1, 4))
    statement = replace(YEAR.statements[0], lines=rows)
    year = Year((statement,), tuple(entry(number, f"-{number}") for number in range(1, 4)), truths)
    verdict = judge(year, [proposal((1,), (1,)), proposal((2,), (2,)), proposal((3,), (1,))])
    assert verdict.overall.precision == Decimal("0.6666")


def test_kinds():
    assert kind_of(proposal((1,), (11,))) == "one to one"
    assert kind_of(proposal((1, 2), (11,))) == "several lines, one entry"
    assert kind_of(proposal((3,), (13, 14))) == "one line, several entries"
    assert kind_of(proposal((3,), (13, 14), "1")) == "less a fee"
