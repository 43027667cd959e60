"""Rows out of bytes: line ends, quotation marks whole and broken, the limits, and memory that does not grow."""

import tracemalloc

import pytest

from reconciliation.parsers.csv_reading import read
from reconciliation.parsers.csv_records import LONGEST_FIELD, MOST_COLUMNS, MOST_ROWS, Table
from tests.reconciliation.parsers.csv_cases import amounts, items, lines, money, problems, refusal

HEAD = "Date,Text,Amount\n"


def rows(text: str, delimiter: str = ",") -> list[tuple[int, list[str]]]:
    return list(Table(text.encode(), "utf-8", delimiter).rows())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_lines_end_as_on_any_system(end):
    statement = f"Date,Text,Amount{end}2024-01-15,a,1.50{end}2024-01-16,b,2.50{end}"
    assert [(line.place, line.amount) for line in lines(statement)] == [(2, money("1.50")[0]), (3, money("2.50")[0])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_even_among_others(delimiter):
    text = "a,b;c|d\te"
    row = delimiter.join(["2024-01-15", f'"{text}"', '"-1,50"'])
    statement = delimiter.join(["Date", "Text", "Amount"]) + f"\n{row}\n"
    assert [(line.amount, line.description) for line in lines(statement)] == [(money("-1.50")[0], "a,b;c|d e")]


def test_a_quoted_line_break_belongs_to_its_cell_and_places_go_on_counting():
    statement = HEAD + '2024-01-15,"a\nb ""c""",1.50\n2024-01-16,d,2.50\n'
    assert [(line.place, line.description) for line in lines(statement)] == [(2, 'a b "c"'), (4, "d")]


def test_a_stray_quotation_mark_swallows_nothing():
    statement = HEAD + '2024-01-15,"a,1.50\n2024-01-16,b,2.50\n2024-01-17,c,3.50\n'
    assert problems(statement) == [(2, "amount_missing")]
    assert amounts(statement) == money("2.50", "3.50")


def test_two_stray_quotation_marks_swallow_nothing():
    statement = HEAD + '2024-01-15,"a,1.50\n2024-01-16,b,2.50\n2024-01-17,"c,3.50\n2024-01-18,d,4.50\n'
    assert problems(statement) == [(2, "amount_missing"), (4, "amount_missing")]
    assert amounts(statement) == money("2.50", "4.50")


def test_marks_within_a_cell_that_nobody_doubled_are_read_as_they_stand():
    assert rows('a,"b "c" d",e\nf,g "h",i\n') == [(1, ["a", 'b c" d"', "e"]), (2, ["f", 'g "h"', "i"])]


def test_blanks_before_a_quotation_mark_do_not_count():
    assert rows('a, "b, c", d\n') == [(1, ["a", "b, c", "d"])]


def test_an_empty_line_is_a_row_without_cells():
    assert rows("a\n\nb\n") == [(1, ["a"]), (2, []), (3, ["b"])]


def test_too_long_a_cell_is_refused():
    assert refusal(HEAD + f"2024-01-15,{'x' * LONGEST_FIELD},1.50\n") == ""
    assert refusal(HEAD + f"2024-01-15,{'x' * (LONGEST_FIELD + 1)},1.50\n") == "field_too_long"
    assert refusal(HEAD + f'2024-01-15,"{"x" * 200_000}",1.50\n') == "field_too_long"
    assert refusal(HEAD + "2024-01-15,a,1.50\n" + '2024-01-15,"' + "x\n" * 100_000 + '",1.50\n') == "field_too_long"


def test_a_long_row_of_short_cells_is_no_long_cell():
    cell = "x" * 1000
    assert rows(",".join([cell] * 150)) == [(1, [cell] * 150)]


def test_too_many_columns_are_refused():
    assert refusal("Date,Text,Amount" + "," * (MOST_COLUMNS - 3) + "\n2024-01-15,a,1.50\n") == ""
    assert refusal("Date,Text,Amount" + "," * MOST_COLUMNS + "\n2024-01-15,a,1.50\n") == "too_many_columns"


def test_too_many_rows_are_refused():
    data = b"Date,Text,Amount\n" + b"2024-01-15,a,1.50\n" * 1000 + b"\n" * MOST_ROWS
    assert refusal(data) == "too_many_rows"


def test_memory_does_not_grow_with_the_file():
    row = "2024-01-{day:02d},Payment no {number} to somebody,{number}.50,\n"
    body = "".join(row.format(day=number % 28 + 1, number=number) for number in range(20_000))
    data = ("Date,Text,Amount,Balance\n" + body).encode()
    tracemalloc.start()
    try:
        count = sum(1 for _ in read(data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_001
    assert peak < 6_000_000, "The rows are being kept."


def test_a_header_alone_is_a_statement_without_lines():
    assert len(items("Date,Description,Amount,Balance\n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "hello\n",
        "a,b,c\nd,e,f\n",
        "<html><body>Please log in</body></html>",
        "%PDF-1.7 2024-01-01, 5.00",
        "Date,Text,Amount\n" + "nothing,like,that\n" * 20,
        "2024-01-15;one;1,50\n" + "some other text\n" * 100,
    ],
)
def test_what_is_no_statement_is_refused(text):
    assert refusal(text) == "no_statement"
