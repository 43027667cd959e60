"""A sheet as a workbook of Excel: numbers are numbers, totals are formulas over them, the head stays in sight.

A cell holds a binary number, which is exact to fifteen digits; an amount with more stands as text, and its totals as
the numbers that the books have. A number is shown with the decimals of its amount. No text becomes a formula.
"""

import io
from decimal import Decimal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from organizations.clock import now
from reports.sheets import Line, Sheet

FIRST_ROW = 4  # rows above the lines: title, organization, period, heads
MOST_DIGITS = 15


def xlsx_file(sheet: Sheet) -> bytes:
    """The bytes of the workbook."""
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(kept, options)
    book.set_properties({"title": sheet.title, "author": sheet.organization, "created": now().replace(tzinfo=None)})
    page = book.add_worksheet("".join(letter for letter in sheet.title if letter not in "[]:*?/\\")[:31])
    looks = _looks(book, {_decimals(amount) for amount in _figures(sheet)})
    page.write_string(0, 0, sheet.title, looks["title"])
    page.write_string(1, 0, sheet.organization)
    page.write_string(2, 0, sheet.subtitle)
    for place, name in enumerate(["Code", "Account", *sheet.columns]):
        page.write_string(FIRST_ROW - 1, place, name, looks["head" if place < 2 else "head_right"])
    exactly = all(map(_fits, _figures(sheet)))
    for place, line in enumerate(sheet.lines):
        _write(page, FIRST_ROW + place, line, looks, exactly=exactly)
    page.freeze_panes(FIRST_ROW, 2)
    page.set_column(0, 0, 10)
    page.set_column(1, 1, 44)
    page.set_column(2, 1 + len(sheet.columns), 18)
    page.repeat_rows(FIRST_ROW - 1)
    page.fit_to_pages(1, 0)
    book.close()
    return kept.getvalue()


def _looks(book, decimals: set[int]) -> dict:
    strong = {"bold": True, "top": 1}
    found = {
        "title": {"bold": True, "font_size": 14},
        "head": {"bold": True, "bottom": 1},
        "head_right": {"bold": True, "bottom": 1, "align": "right"},
        "heading": {"bold": True},
        "row": {},
        "total": strong,
        "result": strong | {"bottom": 6},
    }
    looks = {name: book.add_format(each) for name, each in found.items()}
    for each in sorted(decimals):
        figure = "#,##0" + ("." + "0" * each if each else "")
        numbers = {"num_format": f"{figure};-{figure}", "align": "right"}
        looks |= {f"{name}_{each}": book.add_format(found[name] | numbers) for name in ("row", "total", "result")}
    return looks | {f"level_{level}": book.add_format({"indent": min(level, 15)}) for level in range(16)}


def _write(page, row: int, line: Line, looks: dict, *, exactly: bool) -> None:
    page.write_string(row, 0, line.code, looks[line.kind])
    page.write_string(row, 1, line.text, looks[f"level_{min(line.level, 15)}" if line.kind == "row" else line.kind])
    for place, amount in enumerate(line.amounts):
        look = looks[f"{line.kind}_{_decimals(amount)}"]
        if not _fits(amount):
            page.write_string(row, 2 + place, format(amount, "f"), look)
        elif line.kind == "row" or not exactly or not line.adds:
            page.write_number(row, 2 + place, amount, look)
        else:
            page.write_formula(row, 2 + place, _formula(line, xl_col_to_name(2 + place)), look, amount)


def _formula(line: Line, column: str) -> str:
    """A total sums a block of rows; a result adds and takes off single cells."""
    places = [place for _, place in line.adds]
    if line.kind == "total":
        return f"=SUM({column}{FIRST_ROW + places[0] + 1}:{column}{FIRST_ROW + places[-1] + 1})"
    parts = [f"{'+' if sign > 0 else '-'}{column}{FIRST_ROW + place + 1}" for sign, place in line.adds]
    return "=" + "".join(parts).removeprefix("+")


def _figures(sheet: Sheet) -> list[Decimal]:
    return [amount for line in sheet.lines for amount in line.amounts]


def _decimals(amount: Decimal) -> int:
    return max(0, -amount.as_tuple().exponent)


def _fits(amount: Decimal) -> bool:
    return len(amount.as_tuple().digits) <= MOST_DIGITS
