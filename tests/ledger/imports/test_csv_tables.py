"""CSV read strictly: every trouble has a line and a name, and reading goes on around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.csv_tables import LONGEST_LINE, Table


def read(data: bytes, **options):
    """The rows as (line, cells) and the problems as (line, column, code) of a table ``a,b`` with ``c`` optional."""
    table = Table(data, ("a", "b"), ("c",), **options)
    rows = [(row.line, row.cells) for row in table.rows()]
    return rows, [(problem.line, problem.column, problem.code) for problem in table.problems]


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n",
        b"a,b\n1,2",
        b"a,b\r\n1,2\r\n",
        b"a,b\r1,2\r",
        b"\xef\xbb\xbfa,b\n1,2\n",
        b'"A", B \n "1" ,2\n'.replace(b' "1" ', b'"1"'),
    ],
    ids=["lines", "no last line end", "Windows", "old Mac", "byte order mark", "quotes, blanks and capitals"],
)
def test_the_same_table_in_every_dress(data):
    assert read(data) == ([(2, {"a": "1", "b": "2"})], [])


def test_columns_stand_in_any_order_and_optional_ones_may_be_left_out():
    assert read(b"c,b,a\n3,2,1\n") == ([(2, {"a": "1", "b": "2", "c": "3"})], [])
    table = Table(b"a,b\n1,2\n", ("a", "b"), ("c",))
    assert [row["c"] for row in table.rows()] == [""]


def test_a_row_is_named_by_the_line_it_begins_on():
    rows, problems = read(b'\na,b\n\n"one\ntwo",2\n,\n3,4\n')
    assert rows == [(4, {"a": "one\ntwo", "b": "2"}), (7, {"a": "3", "b": "4"})]
    assert problems == []


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (b"", [(1, "", "file_empty")]),
        (b"\n\n", [(1, "", "file_empty")]),
        (b"\xef\xbb\xbf", [(1, "", "file_empty")]),
        (b"a,b\n", [(1, "", "file_empty")]),
        (b"x,a\n1,2\n", [(1, "x", "column_unknown"), (1, "b", "column_missing")]),
        (b"a,a,b\n1,2,3\n", [(1, "a", "column_twice")]),
        (b"a;b\n1;2\n", [(1, "", "wrong_separator")]),
        (b"a\tb\n1\t2\n", [(1, "", "wrong_separator")]),
        (b"a,b\n1\n1,2,3\n", [(2, "", "wrong_number_of_cells"), (3, "", "wrong_number_of_cells")]),
        (b'a,b\n"1"x,2\n1,2\n', [(2, "", "malformed_csv")]),
        (b'a,b\n1,2\n"1,2\n3,4\n', [(3, "", "malformed_csv")]),
        (b"a,b\n1\0,2\n3,\0\n", [(2, "", "nul_character"), (3, "", "nul_character")]),
        (b"a,b\nCaf\xe9,2\nCaf\xe9,2\n", [(2, "", "not_utf8")]),
        ("a,b\n1,2\n".encode("utf-16"), [(1, "", "not_utf8")]),
        ("a,b\n1,2\n".encode("utf-16-le"), [(1, "", "not_utf8")]),
        ("a,b\n1,2\n".encode("utf-16-be"), [(1, "", "not_utf8")]),
    ],
)
def test_every_trouble_has_a_line_and_a_name(data, problems):
    assert read(data)[1] == problems


def test_reading_goes_on_after_a_row_that_cannot_be_read():
    rows, problems = read(b'a,b\n"1"x,2\n5\n3,4\n')
    assert rows == [(2, {}), (3, {}), (4, {"a": "3", "b": "4"})]
    assert len(problems) == 2


@pytest.mark.parametrize(
    ("data", "limit", "code"),
    [
        (b"a,b\n" + b"1,2\n" * 5, 5, "too_many_lines"),
        (b"a,b\n1,2\n1," + b"2" * LONGEST_LINE + b"\n1,2\n", 100, "line_too_long"),
    ],
)
def test_reading_stops_at_its_limits(data, limit, code):
    table = Table(data, ("a", "b"), max_lines=limit)
    assert all(row.cells == {"a": "1", "b": "2"} for row in table.rows())
    assert table.cut_off
    assert [problem.code for problem in table.problems] == [code]


def test_a_file_of_exactly_the_limit_is_read():
    assert read(b"a,b\n1,2\n3,4\n", max_lines=3)[1] == []


@given(st.binary(max_size=200) | st.text(alphabet='a,b"\r\n\0 ;é', max_size=60).map(str.encode))
def test_no_bytes_make_it_fail(data):
    rows, problems = read(data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert all(1 <= line <= lines for line, *_ in rows + problems)
    assert rows or problems
