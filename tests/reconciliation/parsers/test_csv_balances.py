"""Running balances: which way they run, where they break, signs that they prove wrong, and columns that are none."""

from decimal import Decimal

import pytest

from reconciliation.parsers.csv_balances import Course, RunningBalance, course, proves
from reconciliation.parsers.csv_guessing import guess
from tests.reconciliation.parsers.csv_cases import amounts, balances, items, lines, money, problems

HEAD = "Date,Text,Amount,Balance\n"


def statement(*rows: str) -> str:
    """Rows of amount and balance, one a day."""
    return HEAD + "".join(f"2024-01-{day:02d},row,{row}\n" for day, row in enumerate(rows, 1))


def newest_first(*rows: str) -> str:
    return HEAD + "".join(f"2024-01-{30 - day:02d},row,{row}\n" for day, row in enumerate(rows))


def stated(opening: str, closing: str) -> dict[str, Decimal]:
    return {"opening": Decimal(opening), "closing": Decimal(closing)}


def test_a_balance_in_the_order_of_the_file():
    text = statement("10.00,110.00", "-5.00,105.00", "1.00,106.00")
    assert (problems(text), balances(text)) == ([], stated("100.00", "106.00"))
    assert [line.balance for line in lines(text)] == money("110.00", "105.00", "106.00")


def test_a_balance_with_the_newest_row_first():
    text = newest_first("1.00,106.00", "-5.00,105.00", "10.00,110.00")
    assert (problems(text), balances(text)) == ([], stated("100.00", "106.00"))


def test_balances_carry_the_dates_of_the_first_and_last_movement():
    kinds = {item.kind: item.date.isoformat() for item in items(newest_first("1.00,6.00", "5.00,5.00"))[-2:]}
    assert kinds == {"opening": "2024-01-29", "closing": "2024-01-30"}


def test_a_break_is_one_problem_at_its_row_and_the_line_still_comes():
    text = statement("10.00,110.00", "-5.00,105.00", "1.00,206.00", "1.00,207.00", "2.00,209.00")
    assert problems(text) == [(4, "balance_does_not_add_up")]
    assert len(amounts(text)) == 5
    assert balances(text) == stated("100.00", "209.00")
    after = items(text).index(next(item for item in items(text) if getattr(item, "place", 0) == 4)) + 1
    assert items(text)[after].code == "balance_does_not_add_up"


def test_a_break_with_the_newest_row_first():
    text = newest_first("1.00,209.00", "1.00,208.00", "1.00,107.00", "1.00,106.00", "5.00,105.00")
    assert problems(text) == [(4, "balance_does_not_add_up")]
    assert balances(text) == stated("100.00", "209.00")


def test_two_breaks_are_two_problems():
    text = statement("1.00,1.00", "1.00,2.00", "1.00,9.00", "1.00,10.00", "1.00,11.00", "1.00,20.00", "1.00,21.00")
    assert problems(text) == [(4, "balance_does_not_add_up"), (7, "balance_does_not_add_up")]


def test_a_balance_at_the_end_of_each_day_only():
    text = statement("10.00,", "-5.00,105.00", "1.00,", "2.00,108.00", "1.00,")
    assert (problems(text), balances(text)) == ([], stated("100.00", "109.00"))
    text = newest_first("1.00,109.00", "2.00,", "1.00,106.00", "-5.00,", "10.00,110.00")
    assert (problems(text), balances(text)) == ([], stated("100.00", "109.00"))


def test_a_single_row_has_a_balance_that_nothing_contradicts():
    assert balances(statement("-3.40,219.95")) == stated("223.35", "219.95")


@pytest.mark.parametrize(
    "rows",
    [
        ("10.00,100", "-5.00,100", "1.00,100", "7.00,100"),  # a limit
        ("10.00,55.00", "-5.00,3.00", "1.00,18.00"),
    ],
)
def test_a_column_that_contradicts_everywhere_is_no_running_balance(rows):
    text = statement(*rows)
    assert (problems(text), balances(text)) == ([], {})
    assert {line.balance for line in lines(text)} == {None}
    assert problems(text, {"balance": "Balance"}) == []


def test_purchases_exported_as_positive_are_turned_round_where_the_balance_proves_it():
    text = statement("10.00,-10.00", "20.00,-30.00", "5.00,-35.00", "-35.00,0.00", "12.00,-12.00")
    assert amounts(text) == money("-10.00", "-20.00", "-5.00", "35.00", "-12.00")
    assert (problems(text), balances(text)) == ([], stated("0.00", "-12.00"))


def test_what_a_balance_proves_is_kept_for_files_without_one_and_only_that():
    proven = statement("10.00,-10.00", "20.00,-30.00", "5.00,-35.00", "-35.00,0.00", "12.00,-12.00")
    assert guess(proven.encode()).negate is True
    assert guess(statement("10.00,10.00", "20.00,30.00").encode()).negate is None
    kept = guess(proven.encode()).to_json() | {"balance": 0}
    assert amounts("Date,Text,Amount\n2024-02-01,e,9.00\n", kept) == money("-9.00")


def test_signs_stay_without_proof():
    text = statement("10.00,-10.00", "20.00,-30.00")
    assert amounts(text) == money("10.00", "20.00")
    assert amounts(statement("10.00,-10.00", "20.00,-30.00", "5.00,-35.00", "1.00,-36.00"), {"negate": False})[0] == 10


def test_debit_and_credit_are_never_turned_round():
    rows = ["01,a,10.00,,10.00", "02,b,20.00,,30.00", "03,c,5.00,,35.00", "04,d,1.00,,36.00"]
    text = "Date,Text,Debit,Credit,Balance\n" + "".join(f"2024-01-{row}\n" for row in rows)
    assert amounts(text) == money("-10.00", "-20.00", "-5.00", "-1.00")
    assert balances(text) == {}


def test_equal_amounts_are_not_taken_for_inverted_ones():
    text = statement("-10.00,90.00", "-10.00,80.00", "-10.00,70.00", "-10.00,60.00")
    assert amounts(text) == money(*["-10.00"] * 4)


def test_an_unreadable_balance_is_a_problem_and_checking_goes_on():
    text = statement("10.00,110.00", "-5.00,unknown", "1.00,106.00", "1.00,107.00")
    assert problems(text) == [(3, "balance_unreadable")]
    assert balances(text) == stated("100.00", "107.00")


def test_a_row_that_cannot_be_read_is_not_a_break_as_well():
    text = statement("10.00,110.00", "x,105.00", "1.00,106.00", "1.00,107.00")
    assert problems(text) == [(3, "amount_unreadable")]
    text = newest_first("1.00,107.00", "1.00,106.00", "x,105.00", "10.00,110.00", "5.00,100.00")
    assert problems(text) == [(4, "amount_unreadable")]


def test_a_row_without_a_usable_date_does_not_make_the_balance_doubtful():
    text = HEAD + "2024-01-01,a,10.00,110.00\nsoon,b,-5.00,105.00\n2024-01-03,c,1.00,106.00\n"
    assert problems(text) == [(3, "date_unreadable")]
    assert balances(text) == stated("100.00", "106.00")


def test_an_opening_balance_among_the_rows_is_no_movement():
    text = HEAD + "2024-01-01,Opening balance,100.00,100.00\n2024-01-02,a,5.00,105.00\n2024-01-03,b,1.00,106.00\n"
    assert amounts(text) == money("5.00", "1.00")
    assert (problems(text), balances(text)) == ([], stated("100.00", "106.00"))


def test_a_movement_that_is_only_called_a_closing_balance_stays_one():
    text = statement("10.00,10.00", "5.00,15.00") + "2024-01-31,Closing balance paid out,-15.00,0.00\n"
    assert amounts(text) == money("10.00", "5.00", "-15.00")


def test_large_sums_are_exact():
    big = "9999999999999999999.99999999"
    running = RunningBalance(newest_first=False)
    for _ in range(3):
        running.take(Decimal(big), None)
    assert running.take(Decimal("0.00000001"), Decimal("29999999999999999999.99999998")) is None
    assert running.opening == 0


def test_rows_that_move_nothing_prove_nothing():
    still = [(Decimal(0), Decimal(100))] * 5
    assert course(still, descending=True, may_negate=True) == Course(True)
    assert not proves(still)
    contradicted = [*still, (Decimal(1), Decimal(7)), (Decimal(1), Decimal(9)), (Decimal(1), Decimal(5))]
    assert course(contradicted, descending=True, may_negate=True) == Course(None)


@pytest.mark.parametrize("descending", [True, False])
def test_where_both_ways_fit_the_dates_decide(descending):
    both = [(Decimal(5), Decimal(5)), (Decimal(5), Decimal(10)), (Decimal(-5), Decimal(5))]
    assert course(both[:1], descending=descending, may_negate=False) == Course(descending)
