"""What becomes of each row: a line, a problem, or nothing where it is no movement; and sections by account."""

import pytest

from reconciliation.parsers.csv_words import is_total
from reconciliation.parsers.items import Line, Problem, Section
from tests.reconciliation.parsers.csv_cases import amounts, balances, items, lines, money, problems

HEAD = "Date,Text,Amount,Status\n"
FIRST, LAST = "2024-01-01,first,1.50,\n", "2024-01-31,last,2.50,\n"


def between(*rows: str) -> str:
    """Rows between two movements."""
    return HEAD + FIRST + "".join(f"{row}\n" for row in rows) + LAST


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2024-01-02,a,,", "amount_missing"),
        ("2024-01-02,a,x,", "amount_unreadable"),
        ("2024-01-02,a,1234567890123456789012,", "amount_out_of_range"),
        (",a,5.00,", "date_missing"),
        ("soon,a,5.00,", "date_unreadable"),
        ("2024-02-31,a,5.00,", "date_does_not_exist"),
        ("2024-01-02", "amount_missing"),
        ("2024-01-02,a,5.00,,more", "too_many_cells"),
        ("2024-01-02,a,5.00,Pending", "pending"),
        ("2024-01-02,a,5.00,vorgemerkt", "pending"),
        ("2024-01-02,a,5.00,Declined", "declined"),
        ("2024-01-02,a,5.00,CANCELLED", "declined"),
        (",a,5.00,pending", "pending"),
        ("pending,a,5.00,", "pending"),
        ("A null transaction", "row_unreadable"),
        ("some,text,here,too", "row_unreadable"),
    ],
)
def test_a_row_that_is_no_line_is_a_problem_and_never_dropped(row, code):
    assert problems(between(row)) == [(3, code)]
    assert amounts(between(row)) == money("1.50", "2.50")


@pytest.mark.parametrize("status", ["", "Completed", "Booked", "Gebucht", "whatever"])
def test_a_row_of_any_other_status_is_booked(status):
    assert amounts(between(f"2024-01-02,a,5.00,{status}")) == money("1.50", "5.00", "2.50")


def test_problems_come_in_the_order_of_the_file():
    found = items(between("2024-01-02,a,x,", "words,words,,", "2024-01-03,b,3.50,"))[1:]
    assert [(type(item), item.place) for item in found] == [
        *((Line, 2), (Problem, 3), (Problem, 4), (Line, 5), (Line, 6)),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "",
        ",,,",
        "  ,,\t,",
        "Date,Text,Amount,Status",  # the header of the next page
        "Total,,4.00,",
        ",Total,4.00,",
        "Transactions Total,,4.00,",
        "Summe,,4.00,",
        "Saldo 31.12.2023,,4.00,",
        "Closing balance,,4.00,",
        "Balance at end of period,,4.00,",
    ],
)
def test_a_row_that_is_no_movement_is_none_and_no_problem(row):
    assert problems(between(row)) == []
    assert amounts(between(row)) == money("1.50", "2.50")


@pytest.mark.parametrize(
    "text", ["Total Gas Station", "TotalEnergies Paris", "Balance Fitness", "Saldo Software AG", "Sum Up"]
)
def test_a_shop_is_not_a_total(text):
    assert not is_total(text)
    assert problems(between(f",{text},5.00,")) == [(3, "date_missing")]


def test_titles_above_and_footnotes_below_are_left_out():
    titles = "sep=,\nBank of Nowhere\nAccount,123-456\nPrinted on,\n\n"
    notes = "\nThis is no legal document,,,\n" + '"Call us, 24 hours",,,\n' + "All rights reserved\n"
    assert problems(titles + HEAD + FIRST + LAST + notes) == []
    assert amounts(titles + HEAD + FIRST + LAST + notes) == money("1.50", "2.50")


def test_a_great_many_rows_of_text_are_no_footnotes():
    assert len(problems(HEAD + FIRST * 20 + "word,word,word,\n" * 300)) > 200


def test_text_alone_below_a_movement_continues_its_description():
    assert lines(between(",and more,,", ",and more still,,"))[0].description == "first and more and more still"
    assert problems(between(",and more,,")) == []


def test_text_below_a_problem_continues_nothing():
    for row in ("2024-01-02,a,x,", "2024-01-02,Opening balance,100.00,", ",Total,4.00,"):
        assert (4, "row_unreadable") in problems(between(row, ",apart,,"))
        assert lines(between(row, ",apart,,"))[0].description == "first"


def test_text_below_an_empty_line_continues_nothing():
    assert lines(between("", ",apart,,"))[0].description == "first"
    assert problems(between("", ",apart,,")) == [(4, "row_unreadable")]


def test_an_opening_balance_without_a_column_of_balances_is_left_to_a_person():
    assert problems(between("2024-01-02,Opening balance,100.00,")) == [(3, "balance_restated")]


def test_a_debit_and_a_credit_in_one_row_are_a_problem():
    text = "Date,Text,Debit,Credit\n2024-01-01,a,1.50,\n2024-01-02,b,2.00,3.00\n2024-01-03,c,,4.50\n"
    assert problems(text) == [(3, "debit_and_credit")]


def test_a_flag_that_nobody_knows_is_a_problem():
    text = "Date,Text,Amount,D/C\n" + "2024-01-01,a,1.50,D\n" * 5 + "2024-01-02,b,2.00,X\n"
    assert problems(text) == [(7, "flag_unknown")]


@pytest.mark.parametrize(
    ("cell", "currency", "found"),
    [
        ("EUR", "EUR", []),
        ("eur", "EUR", []),
        ("€", "EUR", []),
        ("", "EUR", []),
        ("USD", "EUR", [(3, "other_currency")]),
        ("£", "EUR", [(3, "other_currency")]),
        ("USD", "", []),
    ],
)
def test_a_row_in_another_currency_is_a_problem_where_the_account_has_one(cell, currency, found):
    text = f"Date,Text,Amount,Currency\n2024-01-01,a,1.50,EUR\n2024-01-02,b,2.00,{cell}\n"
    assert problems(text, currency=currency) == found


def test_the_section_has_the_currency_that_all_rows_have():
    text = "Date,Text,Amount,Currency\n2024-01-01,a,1.50,EUR\n2024-01-02,b,2.00,{}\n"
    assert items(text.format("EUR"))[0] == Section(currency="EUR")
    assert items(text.format("USD"))[0] == Section(currency="")
    assert items(text.format("USD"), currency="EUR")[0] == Section(currency="EUR")


def test_each_account_of_a_file_is_a_section_with_its_own_balance():
    text = (
        "Account number,Date,Text,Amount,Balance\n"
        "A1,2024-01-01,a,1.00,11.00\nA1,2024-01-02,b,2.00,13.00\nA1,2024-01-03,c,1.00,14.00\n"
        "B2,2024-01-01,d,5.00,55.00\nB2,2024-01-02,e,6.00,61.00\n,2024-01-03,f,1.00,62.00\n"
    )
    assert [item.account for item in items(text) if isinstance(item, Section)] == ["A1", "B2"]
    assert problems(text) == []
    assert [str(item.amount) for item in items(text) if hasattr(item, "kind") and not isinstance(item, Line)] == [
        *("10.00", "14.00", "50.00", "62.00"),
    ]
    assert balances(text) == {"opening": money("50.00")[0], "closing": money("62.00")[0]}


def test_a_section_comes_first_even_where_nothing_else_can_be_read():
    text = "Account number,Date,Text,Amount\nA1,2024-01-01,a,x\nA1,2024-01-02,b,1.50\n"
    first = items(text)
    assert [type(item) for item in first[:2]] == [Section, Problem]
    assert first[0] == Section(account="A1")


def test_three_equal_coffees_are_three_lines():
    text = HEAD + "2024-01-01,coffee,-2.50,\n" * 3
    assert amounts(text) == money("-2.50", "-2.50", "-2.50")


def test_formulas_are_text():
    assert lines(between("2024-01-02,=cmd|' /C calc'!A0,5.00,"))[1].description == "=cmd|' /C calc'!A0"
