"""Sheets on paper: whatever the number of columns, nothing is printed over anything else."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from ledger.stationery.typefaces import BOLD, fonts
from reports.outputs.pdf_files import layout_of, pdf_file
from reports.sheets import Line, Sheet

WIDTH = 728  # of the table on a page that lies on its side
NAMES = [f"2026-{number % 12 + 1:02}-01 to 2026-{number % 12 + 1:02}-17" for number in range(25)]


def sheet_of(columns: int, amount: str, code: str = "1001") -> Sheet:
    amounts = (Decimal(amount), *[Decimal("-10.00")] * (columns - 1))
    lines = [Line("heading", "Assets"), Line("row", "Cash", code, amounts=amounts),
             Line("total", "Total", amounts=amounts)]  # fmt: skip
    return Sheet("Balance sheet", "Worked Ltd", "2026, in USD", NAMES[:columns], lines)


@pytest.mark.parametrize("amount", ["12.00", "-123456.78", "-1234567890123456789.00"])
@pytest.mark.parametrize("columns", [1, 2, 4, 5, 12, 25])
def test_every_figure_and_every_word_of_a_heading_fits_its_column(columns, amount):
    fonts()
    sheet = sheet_of(columns, amount)
    layout = layout_of(sheet, WIDTH)
    written = [f"({abs(each):,})" if each < 0 else f"{each:,}" for each in sheet.lines[1].amounts]
    words = [word for name in sheet.columns for word in name.split()]
    assert max(stringWidth(text, BOLD, layout.size) for text in [*written, *words]) < layout.figure
    assert layout.figure * layout.together <= WIDTH * 0.75
    parts = list(layout.parts(sheet))
    assert [name for part, _ in parts for name in part.columns] == sheet.columns
    assert sum((part.lines[1].amounts for part, _ in parts), ()) == sheet.lines[1].amounts
    assert all([line.text for line in part.lines] == ["Assets", "Cash", "Total"] for part, _ in parts)
    assert pdf_file(sheet).count(b"/Type /Page\n") == len(parts)


def test_what_does_not_fit_beside_each_other_stands_on_several_pages():
    assert [layout_of(sheet_of(columns, "123456.78"), WIDTH).together for columns in (1, 4, 12, 25)] == [1, 4, 6, 9]
    subtitles = [subtitle for _, subtitle in layout_of(sheet_of(25, "1.00"), WIDTH).parts(sheet_of(25, "1.00"))]
    assert subtitles[0].startswith("2026, in USD; columns 1 to ") and subtitles[-1].endswith(" to 25 of 25")
    [(_, alone)] = layout_of(sheet_of(2, "1.00"), WIDTH).parts(sheet_of(2, "1.00"))
    assert alone == "2026, in USD"


def test_pages_are_turned_where_figures_are_many_or_long():
    def box(sheet: Sheet) -> bytes:
        return re.search(rb"/MediaBox \[ 0 0 (\d+)", pdf_file(sheet))[1]

    upright, turned = b"595", b"841"
    assert box(sheet_of(4, "1.00")) == upright and box(sheet_of(5, "1.00")) == turned
    assert box(sheet_of(4, "-1234567890123456789.00")) == turned


def test_long_references_and_names_make_a_line_higher_and_never_wider():
    """A reference of a hundred characters, a heading without a blank, an amount as whole number read from JSON."""
    sheet = sheet_of(2, "5.00", code="R" * 100)
    sheet = replace(sheet, columns=["B" * 100, "2026"], organization="O" * 300)
    sheet.lines.append(Line("result", "In yen", amounts=(-1000, 0)))
    assert pdf_file(sheet).startswith(b"%PDF")
