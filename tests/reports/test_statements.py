"""Balance sheet and income statement: figures worked by hand (``worked.py``), and their files."""

import io
import re
import zipfile
from decimal import Decimal

import pytest

from tests.cast import Api, Books
from tests.reports.worked import figures_of, open_shop, rows, section


@pytest.fixture
def books(db) -> Books:
    return open_shop()


@pytest.fixture
def committed(committed_db) -> Books:
    return open_shop()


def test_the_balance_sheet_of_the_worked_year(books):
    sheet = books.api.get("/reports/balance-sheet?as_of=2026-02-28&compare=1")
    assert [column["label"] for column in sheet["columns"]] == ["2026-02-28", "2026-01-31"]
    assert rows(sheet, "assets") == {"1001": [12650, 13800], "1101": [800, 800], "1201": [1000, 1000]}
    assert rows(sheet, "liabilities") == {"2001": [2000, 3000]}
    assert rows(sheet, "equity") == {
        "3001": [10000, 10000],
        "Earnings of earlier years, not closed": [1800, 1800],
        "Earnings of this fiscal year": [650, 800],
    }
    assert (sheet["total_assets"], sheet["total_liabilities"], sheet["total_equity"]) == (14450, 2000, 12450)
    assert (sheet["current_earnings"], sheet["is_balanced"]) == (650, True)
    assert section(sheet, "liabilities_and_equity")["totals"] == section(sheet, "assets")["totals"]


def test_the_income_statement_of_the_worked_year(books):
    statement = books.api.get("/reports/income-statement?start_date=2025-01-01&end_date=2025-12-31")
    assert statement["columns"][0]["label"] == "2025"
    names = [part["name"] for part in statement["sections"]]
    assert names == ["revenue", "cost_of_sales", "gross_profit", "operating_expenses", "operating_result", "net_income"]
    assert rows(statement, "revenue") == {"4001": [5000]} and rows(statement, "cost_of_sales") == {"5001": [2000]}
    assert (statement["total_revenue"], statement["total_expenses"], statement["net_income"]) == (5000, 3200, 1800)
    assert (statement["gross_profit"], statement["operating_result"]) == (3000, 1800)
    assert statement["margins"] == {"gross": 60, "operating": 36, "net": 36}
    early = books.api.get("/reports/income-statement?start_date=2026-01-01&end_date=2026-02-28&compare=previous_year")
    assert [column["label"] for column in early["columns"]] == ["2026-01-01 to 2026-02-28", "2025-01-01 to 2025-02-28"]
    assert section(early, "net_income")["totals"] == [650, 0] and early["margins"]["net"] == Decimal("81.25")


def test_closing_a_year_moves_its_earnings_and_changes_no_statement(books):
    before = books.api.get("/reports/income-statement?start_date=2025-01-01&end_date=2025-12-31")
    assert books.api.post("/fiscal-years/2025/close").status in (200, 201)
    after = books.api.get("/reports/income-statement?start_date=2025-01-01&end_date=2025-12-31")
    assert figures_of(after) == figures_of(before) and after["net_income"] == 1800
    sheet = books.api.get("/reports/balance-sheet?as_of=2026-02-28")
    assert rows(sheet, "equity") == {"3001": [10000], "3101": [1800], "Earnings of this fiscal year": [650]}
    on_the_day = books.api.get("/reports/balance-sheet?as_of=2025-12-31")
    assert rows(on_the_day, "equity") == {"3001": [10000], "3101": [1800], "Earnings of this fiscal year": [0]}
    assert on_the_day["is_balanced"] and on_the_day["total_equity"] == 11800


def test_every_figure_leads_to_its_entries(committed):
    books = committed
    statement = books.api.get("/reports/income-statement?start_date=2025-01-01&end_date=2025-12-31")
    for name, sign in (("revenue", -1), ("cost_of_sales", 1), ("operating_expenses", 1)):
        for row in section(statement, name)["rows"]:
            entries = Api(books.key).get(f"/{row['entries_query']}").data
            found = sum(one["amount"] if one["entry_type"] == "debit" else -one["amount"] for one in entries)
            assert found * sign == row["amount"]


def test_what_was_known_then_is_shown_again_to_the_byte(committed):
    books = committed
    first = books.api.get("/reports/balance-sheet?as_of=2026-02-28&compare=3")
    books.api.post("/transactions", books.sale("99.00", transaction_date="2026-02-10"))
    assert books.api.get("/reports/balance-sheet?as_of=2026-02-28")["total_assets"] == 14549
    assert books.api.get(f"/reports/balance-sheet?known_at={first['receipt']}").body == first.body
    statement = books.api.get(f"/reports/income-statement?end_date=2026-02-28&known_at={first['receipt']}")
    assert statement["net_income"] == 650 and statement["start_date"] == "2026-01-01"


def test_depth_carries_what_is_below(books):
    made = books.api.post(
        "/accounts",
        {"code": "1002", "name": "Till", "type": "asset", "parent_account_id": books.account("1001")},
    )
    assert made.status == 201
    books.refresh()
    books.api.post("/transactions", books.sale("7.00", transaction_date="2026-02-10") | {
        "entries": [books.entry("1002", "debit", "7.00"), books.entry("4001", "credit", "7.00")]})  # fmt: skip
    whole = books.api.get("/reports/balance-sheet?as_of=2026-02-28")
    assert rows(whole, "assets")["1002"] == [7] and rows(whole, "assets")["1001"] == [12650]
    top = books.api.get("/reports/balance-sheet?as_of=2026-02-28&depth=1")
    assert "1002" not in rows(top, "assets") and rows(top, "assets")["1001"] == [12657]
    assert top["total_assets"] == whole["total_assets"] == 14457


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("balance-sheet?as_of=yesterday", "as_of"),
        ("balance-sheet?compare=25", "compare"),
        ("balance-sheet?compare=last", "compare"),
        ("balance-sheet?depth=0", "depth"),
        ("balance-sheet?format=docx", "format"),
        ("balance-sheet?start_date=2026-01-01", "start_date"),
        ("income-statement?start_date=2026-02-01&end_date=2026-01-01", "end_date"),
        ("income-statement?known_at=2099-01-01T00:00:00Z", "known_at"),
    ],
)
def test_what_cannot_be_asked_says_why(books, query, field):
    refused = books.api.get(f"/reports/{query}")
    assert refused.status == 400 and field in refused.error["details"]["fields"], refused.body


def file(books: Books, query: str):
    return books.api.client.get(f"{books.api.base}/reports/{query}", headers={"authorization": f"Bearer {books.key}"})


def test_csv_has_a_line_for_each_line_and_no_formula(books):
    books.api.put(f"/accounts/{books.account('1001')}", {"name": "=HYPERLINK(1)"})
    answer = file(books, "balance-sheet?as_of=2026-02-28&format=csv")
    lines = answer.content.decode().split("\r\n")
    assert lines[0] == "kind,code,name,level,2026-02-28"
    assert "row,1001,'=HYPERLINK(1),0,12650.00" in lines and "total,,Total assets,0,14450.00" in lines
    assert answer.headers["Content-Disposition"] == 'attachment; filename="balance-sheet-2026-02-28.csv"'


def test_the_workbook_has_numbers_and_totals_that_add_up(books):
    content = file(books, "income-statement?start_date=2025-01-01&end_date=2025-12-31&compare=1&format=xlsx").content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    values, formulas = {}, {}
    for cell, inside in re.findall(r'<c r="([A-Z]+\d+)"[^>]*>(.*?)</c>', page):
        if value := re.search(r"<v>(.*?)</v>", inside):
            values[cell] = value[1]
        if formula := re.search(r"<f>(.*?)</f>", inside):
            formulas[cell] = formula[1]
    assert len(formulas) == 2 * 6 and "ySplit" in page
    for cell, formula in formulas.items():
        assert evaluated(formula, values) == Decimal(values[cell]), (cell, formula)
    assert "1800.00" in values.values()


def evaluated(formula: str, values: dict[str, str]) -> Decimal:
    """What a sum of a block, or of single cells, comes to."""
    if block := re.fullmatch(r"SUM\(([A-Z]+)(\d+):[A-Z]+(\d+)\)", formula):
        column, first, last = block.groups()
        return sum((Decimal(values[f"{column}{row}"]) for row in range(int(first), int(last) + 1)), Decimal(0))
    signed = re.findall(r"([+-]?)([A-Z]+\d+)", formula)
    return sum((Decimal(values[cell]) * (-1 if sign == "-" else 1) for sign, cell in signed), Decimal(0))


def test_paper_is_the_same_to_the_byte_and_turns_for_many_columns(books):
    query = "balance-sheet?as_of=2026-02-28&format=pdf"
    upright, again, wide = file(books, query), file(books, query), file(books, f"{query}&compare=11")
    assert upright.headers["Content-Type"] == "application/pdf" and upright.content == again.content
    boxes = [re.search(rb"/MediaBox \[ ?0 0 (\d+)", each.content)[1] for each in (upright, wide)]
    assert int(boxes[0]) < int(boxes[1])
