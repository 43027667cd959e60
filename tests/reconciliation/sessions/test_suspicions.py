"""What may be behind a difference, from figures alone."""

import datetime
from decimal import Decimal

import pytest

from reconciliation.sessions.suspicions import KINDS, SeenEntry, SeenLine, Suspicion, suspicions

DAY = datetime.date(2024, 1, 15)


def entry(number: int, amount: str, *, marked=True, matched=False, text="", days=0) -> SeenEntry:
    day = DAY + datetime.timedelta(days=days)
    return SeenEntry(number, number + 1000, day, Decimal(amount), text or f"Entry {number}", marked, matched)


def line(number: int, amount: str, text: str = "Line", days: int = 0) -> SeenLine:
    return SeenLine(number, DAY + datetime.timedelta(days=days), Decimal(amount), text)


def found(difference: str, entries=(), lines=(), decimals: int = 2) -> list[Suspicion]:
    return suspicions(Decimal(difference), entries, lines, decimals=decimals)


def kinds(difference: str, entries=(), lines=(), decimals: int = 2) -> list[str]:
    return [each.kind for each in found(difference, entries, lines, decimals)]


def test_nothing_is_suspected_where_all_is_marked():
    assert found("0.00", [entry(1, "10.00")], [line(1, "10.00")]) == []


def test_an_entry_that_is_the_difference():
    assert kinds("10.00", [entry(1, "10.00", marked=False)]) == ["entry_equals_difference", "outstanding_entry"]
    assert kinds("-10.00", [entry(1, "10.00")]) == ["entry_equals_difference"]
    assert kinds("-10.00", [entry(1, "10.00", matched=True)]) == []  # the bank's own line stands for it
    assert kinds("10.00", [entry(1, "10.00")]) == []


def test_the_wrong_sign_is_off_by_twice_the_amount():
    (only,) = found("-20.00", [entry(1, "10.00")])
    assert (only.kind, only.amount, only.lines) == ("wrong_sign", -20, ())
    with_line = found("-20.00", [entry(1, "10.00")], [line(1, "-10.00", days=2), line(2, "-10.00", days=1)])
    assert (with_line[0].kind, with_line[0].amount, with_line[0].lines[0].id) == ("wrong_sign", -20, 2)
    unmarked = found("-10.00", [entry(1, "10.00", marked=False)], [line(1, "-10.00")])
    assert (unmarked[0].kind, unmarked[0].amount) == ("wrong_sign", -10)


@pytest.mark.parametrize(
    ("booked", "meant", "decimals"),
    [("12.34", "21.34", 2), ("12.34", "13.24", 2), ("12.34", "12.43", 2), ("0.12", "1.02", 2), ("540", "450", 0)],
)
def test_transposed_digits(booked, meant, decimals):
    for sign in ("", "-"):
        off = str(Decimal(sign + meant) - Decimal(sign + booked))
        (alone,) = found(off, [entry(1, sign + booked)], decimals=decimals)
        assert (alone.kind, alone.amount) == ("transposed_digits", Decimal(off))
        paired = found(off, [entry(1, sign + booked)], [line(1, sign + meant)], decimals)[0]
        assert (paired.kind, paired.amount, paired.lines[0].id) == ("transposed_digits", Decimal(off), 1)


def test_what_no_two_digits_explain_is_not_called_transposed():
    assert kinds("9.00", [entry(1, "12.34")]) == ["transposed_digits"]
    assert kinds("9.01", [entry(1, "12.34")]) == []
    assert kinds("18.00", [entry(1, "12.34")]) == []
    assert kinds("0.00", [entry(1, "11.00")]) == []
    assert kinds("99.00", [entry(1, "1.00")]) == []


def test_double_postings_need_more_than_one_transaction_and_a_line_too_few():
    twice = [entry(1, "5.00", text="Same"), entry(2, "5.00", text="Same")]
    assert kinds("0.00", twice) == ["double_posting"]
    assert kinds("-5.00", twice)[0] in ("double_posting", "entry_equals_difference")
    assert found("-5.00", twice)[-1].amount == -5
    assert kinds("0.00", twice, [line(1, "5.00"), line(2, "5.00")]) == []
    assert kinds("0.00", twice, [line(1, "5.00")]) == ["double_posting"]
    assert kinds("0.00", [twice[0], twice[0]._replace(id=9)]) == []
    half = [twice[0], twice[1]._replace(marked=False)]
    assert next((each.kind, each.amount) for each in found("0.00", half)) == ("double_posting", 0)


def test_lines_are_taken_for_entries_of_the_same_amount_one_for_one():
    coffees = [line(number, "-3.00", "Coffee") for number in (1, 2, 3)]
    assert kinds("0.00", [entry(1, "-3.00"), entry(2, "-3.00", text="Tea")], coffees) == ["unrecorded_line"]
    assert kinds("0.00", [entry(1, "-3.00", matched=True)], coffees[:1]) == ["unrecorded_line"]
    assert kinds("0.00", [entry(1, "-3.00", days=-10)], coffees[:1]) == []
    assert kinds("0.00", [entry(1, "-3.00", days=-11)], coffees[:1]) == ["unrecorded_line"]


@pytest.mark.parametrize(
    "text",
    [
        "MONTHLY SERVICE CHARGE",
        "Interest paid",
        "Kontoführungsgebühr Entgelt",
        "Habenzinsen Zinsen 2024",
        "Frais de tenue",
        "Commissioni",
        "Wire transfer fee",
        "RENTE",
    ],
)
def test_fees_and_interest_are_known_by_their_words(text):
    assert kinds("0.00", [], [line(1, "-5.00", text)]) == ["fee_or_interest"]


@pytest.mark.parametrize("text", ["Coffee", "Interesting Books Ltd", "Rent", "Charger for phones", ""])
def test_other_words_are_none_of_them(text):
    assert kinds("0.00", [], [line(1, "-5.00", text)]) == ["unrecorded_line"]


def test_those_that_explain_the_whole_difference_come_first():
    entries = [entry(1, "99.00", marked=False), entry(2, "7.00", marked=False)]
    first, *others = found("7.00", entries, [line(1, "3.00")])
    assert (first.kind, first.entries[0].id) == ("entry_equals_difference", 2)
    assert {each.kind for each in others} <= set(KINDS)


def test_explanations_name_the_day_and_the_beginning_of_the_text():
    long = entry(1, "10.00", marked=False, text="x" * 500)
    (only,) = found("0.00", [long])
    assert only.explanation.startswith(f"2024-01-15 {'x' * 120}:")


def test_the_last_digit_of_a_large_amount_counts():
    big = "9999999999999999999.89"
    assert kinds("0.09", [entry(1, big)]) == ["transposed_digits"]
    assert kinds("0.10", [entry(1, big)]) == []
