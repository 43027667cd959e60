"""CSV as RFC 4180 has it, exact, and without formulas."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.wire.csv_lines import cell, lines


def read(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline="")))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (7, "7"),
        (Decimal("-5.00"), "-5.00"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("9999999999999999999.99"), "9999999999999999999.99"),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC), "2024-02-29T12:00:00Z"),
        ("plain", "plain"),
        ("a = b", "a = b"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
    ],
)
def test_cells(value, written):
    assert cell(value) == written


@pytest.mark.parametrize("value", [1.5, b"x", object(), [1]])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        cell(value)


def test_lines_end_in_cr_lf_and_quote_what_needs_it():
    written = b"".join(lines(["a", "b"], [['say "hi", then', "two\r\nlines"], ["", Decimal("1.50")]]))
    assert written == b'a,b\r\n"say ""hi"", then","two\r\nlines"\r\n,1.50\r\n'


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))))
def test_every_text_comes_back_but_for_the_guard(rows):
    back = read(b"".join(lines(["a", "b"], rows)))
    assert back[1:] == [[cell(one), cell(other)] for one, other in rows]
    assert not any(text.startswith(tuple("=+-@\t\r\n")) for row in back[1:] for text in row)


def test_the_header_comes_before_the_first_row_is_asked_for():
    def rows():
        raise AssertionError("not yet")
        yield

    assert next(lines(["a"], rows())) == b"a\r\n"


def test_a_long_file_comes_in_pieces():
    pieces = list(lines(["a"], (["x" * 100] for _ in range(10_000))))
    assert 10 < len(pieces) < 20
    assert max(map(len, pieces)) < 70_000
